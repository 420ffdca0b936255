"""A layer: a tar whose bytes depend on its files alone.

Owns the tar's determinism (order, owner, time). Does not own which files are in it.
"""

import hashlib
import stat
import tarfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

EPOCH = 0
# Up to this many bytes a fingerprint reads the content. Above, size and time must do: all takes a second.
SMALL = 1 << 20


@dataclass(frozen=True)
class File:
    """A file of this machine and where it goes in the image."""

    source: Path
    target: str
    mode: int = 0o644

    @property
    def fingerprint(self) -> str:
        """What changes when the file does."""
        status = self.source.stat()
        if status.st_size <= SMALL:
            content = hashlib.sha256(self.source.read_bytes()).hexdigest()
        else:
            content = f"{status.st_size} bytes of {status.st_mtime_ns}"
        return f"{self.target} {self.mode:o} {content}"


def write_files(destination: Path, files: Sequence[File]) -> None:
    """Write a layer of single files, all owned by root."""
    with tarfile.open(destination, "w", format=tarfile.PAX_FORMAT) as tar:
        for file in sorted(files, key=lambda file: file.target):
            entry = tarfile.TarInfo(file.target.removeprefix("/"))
            entry.size = file.source.stat().st_size
            entry.mode = file.mode
            with file.source.open("rb") as content:
                tar.addfile(entry, content)


def write_tree(destination: Path, root: Path, paths: Iterable[Path], keeps_time: Callable[[Path], bool]) -> None:
    """Write a layer from paths under a root folder: owned by root, without setuid or setgid.

    Args:
        destination: the tar to write.
        root: the folder that becomes ``/``.
        paths: what to take, in the order of the tar; a folder does not bring its content.
        keeps_time: which files keep their time of change; the others get a fixed one.

    """
    with tarfile.open(destination, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in paths:
            entry = tar.gettarinfo(path, path.relative_to(root).as_posix())
            entry.mode &= ~(stat.S_ISUID | stat.S_ISGID)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = int(entry.mtime) if keeps_time(path) else EPOCH
            if entry.isreg():
                with path.open("rb") as content:
                    tar.addfile(entry, content)
            else:
                tar.addfile(entry)
