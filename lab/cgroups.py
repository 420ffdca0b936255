"""The cgroup of a node: below it are all pods.

Owns its making, with what the kubelet expects to find, and its removal; both versions of cgroups.
"""

import contextlib
import os
import time
from pathlib import Path
from typing import Final

from lab.errors import LabError

ROOT: Final = Path("/sys/fs/cgroup")
# Of these, the kubelet demands every one that the machine has (its cgroup manager's "supported controllers").
KUBELET_NEEDS: Final = frozenset({"cpu", "cpuset", "hugetlb", "memory", "pids"})
REMOVE_SECONDS: Final = 5.0


def make(group: str) -> None:
    """Make a cgroup in every hierarchy.

    Raises:
        LabError: the kernel refuses, as it does in many containers.
    """
    try:
        for hierarchy in _hierarchies():
            folder = hierarchy / group.lstrip("/")
            folder.mkdir(exist_ok=True)
            if not _is_unified():
                _copy_cpuset(hierarchy, folder)
        if _is_unified():
            _enable_controllers(group)
    except OSError as error:
        raise LabError(
            f"the node's cgroup cannot be made: {error.strerror}: {error.filename}. Fix: run the lab on a machine of "
            "its own; or, in a container, start that with: --privileged --cgroupns=host"
        ) from error


def remove(group: str) -> None:
    """Remove a cgroup and those below it; no process may be left in them.

    Raises:
        LabError: the kernel keeps one.
    """
    deadline = time.monotonic() + REMOVE_SECONDS
    while left := [top for hierarchy in _hierarchies() if (top := hierarchy / group.lstrip("/")).is_dir()]:
        if time.monotonic() > deadline:
            raise LabError(f"these cgroups are still in use: {', '.join(map(str, left))}. See their cgroup.procs")
        for top in left:
            for folder, _, _ in os.walk(top, topdown=False):
                # Busy for a moment after its last process has ended.
                with contextlib.suppress(OSError):
                    os.rmdir(folder)  # noqa: PTH106 - os.walk gives strings
        time.sleep(0.02)


def controllers() -> set[str]:
    """Return the controllers that the machine has."""
    if _is_unified():
        return set((ROOT / "cgroup.controllers").read_text().split())
    try:
        rows = [line.split() for line in Path("/proc/cgroups").read_text().splitlines()[1:]]
    except OSError:
        return set()
    return {row[0] for row in rows if row[3] == "1" and (ROOT / row[0]).is_dir()}


def _is_unified() -> bool:
    """Tell whether this is version 2; both at once, with all controllers in version 1, counts as version 1."""
    return (ROOT / "cgroup.controllers").exists()


def _hierarchies() -> list[Path]:
    if _is_unified():
        return [ROOT]
    if not ROOT.is_dir():
        return []
    return [folder for folder in ROOT.iterdir() if not folder.is_symlink() and (folder / "cgroup.procs").exists()]


def _copy_cpuset(hierarchy: Path, folder: Path) -> None:
    """Give a version 1 cpuset what its parent has: it starts out empty, and then takes no process."""
    for setting in ("cpuset.cpus", "cpuset.mems"):
        if (folder / setting).exists():
            (folder / setting).write_text((hierarchy / setting).read_text())


def _enable_controllers(group: str) -> None:
    """Hand the controllers on to the cgroup and to what is below it."""
    for folder in (ROOT, ROOT / group.lstrip("/")):
        enabled = set((folder / "cgroup.subtree_control").read_text().split())
        available = set((folder / "cgroup.controllers").read_text().split())
        # One at a time: in a joint write one that cannot be had takes the others with it.
        for controller in sorted(available - enabled):
            try:
                (folder / "cgroup.subtree_control").write_text(f"+{controller}")
            except OSError as error:
                if controller in KUBELET_NEEDS:
                    reason = f"{error.strerror} for the controller {controller}"
                    raise OSError(error.errno, reason, str(folder / "cgroup.subtree_control")) from error
