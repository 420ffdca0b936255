"""Locks between commands; the kernel frees one when its holder ends, however it ends."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from lab.errors import LabError


@contextlib.contextmanager
def held(path: Path, *, waiting: Callable[[str], None] | None = None, remove: bool = False) -> Iterator[None]:
    """Hold a lock.

    Args:
        path: the lock's file.
        waiting: told when another command holds it, which is then waited for; without this it is an error.
        remove: whether the file goes when the lock is given back.

    Raises:
        LabError: another command holds the lock.
    """
    descriptor = _taken(path, waiting)
    try:
        yield
    finally:
        if remove:
            # While it is held: whoever opened it before sees in `_taken` that it is not the file of this name any more.
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _taken(path: Path, waiting: Callable[[str], None] | None) -> int:
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise LabError(
                f"{path} cannot be made: {error.strerror}: {error.filename}. Fix: run as root, e.g. with sudo -E; or "
                "correct INCREMENTAL_ISTIO_LAB or INCREMENTAL_ISTIO_CACHE, which name folders"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, 20).decode() or "unknown"
            if waiting is None:
                os.close(descriptor)
                raise LabError(
                    f"another `lab` command, process {holder}, is at work on the same ({path} is held). "
                    f"Wait for it to end; see what it is with: ps -fp {holder}"
                ) from None
            waiting(f"waiting for another `lab` command, process {holder}")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is(path, descriptor):
            # For the message above only: a full disk must not keep `lab down` from emptying it.
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            return descriptor
        os.close(descriptor)


def _is(path: Path, descriptor: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
