"""Mounts below a folder, in the host's own mount namespace.

The node's mounts are in its namespace and go with it; what is found here somebody else left.
"""

import re
import subprocess
from pathlib import Path


def remove(folder: Path) -> None:
    """Unmount whatever is mounted below a folder, the last mounted first."""
    for mount in reversed(below(folder, Path("/proc/self/mountinfo").read_text())):
        subprocess.run(["umount", "--lazy", str(mount)], check=False, capture_output=True)


def below(folder: Path, mountinfo: str) -> list[Path]:
    """Return the mount points at a folder or below it, in the order in which they were mounted."""
    top = folder.resolve()
    points = (Path(_unescaped(row.split()[4])) for row in mountinfo.splitlines())
    return [point for point in points if point.is_relative_to(top)]


def _unescaped(path: str) -> str:
    """Return a path as it is: the kernel writes spaces and the like as three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), path)
