"""What the lab needs of the machine, checked before anything is changed.

Owns the list of needs. Which Debian packages, and their installation, is in ``packages``.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lab import cgroups, packages
from lab.errors import MachineError
from lab.paths import NodePaths, cache

GIB: Final = 1024**3
# Measured: modules 2.4 GB and the compiler's cache 7 to 8 GB while it builds, 0.9 GB of binaries after.
BUILD_DISK: Final = 11 * GIB
# Measured: images 0.4 GB in the cache and as much unpacked, and a node's data.
RUN_DISK: Final = 2 * GIB
# The longest path that a Unix socket can have, less what containerd appends to its own.
SOCKET_PATH: Final = 107 - len(".ttrpc")


@dataclass(frozen=True, kw_only=True)
class Room:
    """Disk that is needed in a folder, and the variable that puts it elsewhere."""

    folder: Path
    size: int
    variable: str


def check(paths: NodePaths, *, build: bool, report: Callable[[str], None]) -> None:
    """Check the machine for a node, and install missing Debian packages where apt is there.

    Args:
        paths: where the node will be.
        build: whether the toolchain has still to be built, which takes more disk.
        report: is told what is being installed.

    Raises:
        MachineError: with everything that is missing and the fix of each.
    """
    _check_platform()
    rooms = [
        Room(folder=cache(), size=BUILD_DISK if build else RUN_DISK, variable="INCREMENTAL_ISTIO_CACHE"),
        Room(folder=paths.folder.parent, size=RUN_DISK, variable="INCREMENTAL_ISTIO_LAB"),
    ]
    problems = [*_root(), *_folders(rooms), *_socket(paths), *_kernel()]
    missing = packages.missing()
    if missing and not (shutil.which("apt-get") and os.geteuid() == 0):
        names = " ".join(missing)
        problems.append(
            f"missing packages (Debian's names): {names}. Fix: install them, on Debian with: apt-get install {names}"
        )
    if problems:
        raise MachineError(problems)
    if missing:
        packages.install(missing, report)


def check_build() -> None:
    """Check the machine for the build of the toolchain, which needs neither root nor packages.

    Raises:
        MachineError: with everything that is missing and the fix of each.
    """
    _check_platform()
    problems = _folders([Room(folder=cache(), size=BUILD_DISK, variable="INCREMENTAL_ISTIO_CACHE")])
    if problems:
        raise MachineError(problems)


def snapshotter(folder: Path) -> str:
    """Return how containerd stacks image layers there: `overlayfs`, or `native` where the disk cannot.

    A folder that is on an overlay itself (inside another container) cannot hold a second one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as trial:
        layers = {name: Path(trial) / name for name in ("lower", "upper", "work", "merged")}
        for layer in layers.values():
            layer.mkdir()
        options = f"lowerdir={layers['lower']},upperdir={layers['upper']},workdir={layers['work']}"
        mount = ["mount", "-t", "overlay", "overlay", "-o", options, str(layers["merged"])]
        # In a mount namespace of its own, which takes the mount with it.
        tried = subprocess.run(["unshare", "--mount", *mount], check=False, capture_output=True)
    return "overlayfs" if tried.returncode == 0 else "native"


def _check_platform() -> None:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        here = f"{sys.platform} on {platform.machine()}"
        raise MachineError(
            [f"this is {here}; the lab needs Linux on x86_64. Fix: use a cluster of yours: make up CONTEXT=NAME"]
        )


def _root() -> list[str]:
    if os.geteuid() == 0:
        return []
    return ["you are not root; the lab makes namespaces, mounts and routes. Fix: run it as root, e.g. with sudo -E"]


def _folders(rooms: Sequence[Room]) -> list[str]:
    """Check that each folder is one or can be made, and that its disk has the room for all that goes there."""
    problems = []
    disks: dict[int, list[Room]] = {}
    for room in rooms:
        existing = _existing(room.folder)
        if existing.is_dir():
            disks.setdefault(existing.stat().st_dev, []).append(room)
        else:
            problems.append(
                f"{existing} is not a folder, and {room.folder} should be one. "
                f"Fix: move it away, or choose another: export {room.variable}=/another/folder"
            )
    for sharing in disks.values():
        folder, need = _existing(sharing[0].folder), sum(room.size for room in sharing)
        free = shutil.disk_usage(folder).free
        if free < need:
            variables = " ".join(f"{room.variable}=/a/bigger/disk" for room in sharing)
            problems.append(
                f"the disk of {folder} has {free / GIB:.1f} GiB free and the lab needs {need / GIB:.0f} GiB there. "
                f"Fix: free some, or put it elsewhere: export {variables}"
            )
    return problems


def _existing(folder: Path) -> Path:
    """Return the folder, or what there is on the way to it."""
    return next(parent for parent in (folder, *folder.parents) if parent.exists())


def _socket(paths: NodePaths) -> list[str]:
    if len(os.fsencode(paths.containerd)) <= SOCKET_PATH:
        return []
    fix = "Fix: choose a shorter folder: export INCREMENTAL_ISTIO_LAB=/a/folder"
    return [f"the path {paths.containerd} is too long for a socket. {fix}"]


def _kernel() -> list[str]:
    problems = []
    if os.geteuid() == 0 and shutil.which("unshare", path=packages.SEARCH):
        trial = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "true"]
        tried = subprocess.run(trial, check=False, capture_output=True, text=True)
        if tried.returncode:
            problems.append(
                f"namespaces cannot be made here ({tried.stderr.strip()}). "
                "Fix: run the lab on a machine of its own; or, in a container, start that with --privileged"
            )
    lacking = sorted({"cpu", "memory", "pids"} - cgroups.controllers())
    if lacking:
        problems.append(
            f"cgroup controllers missing: {', '.join(lacking)}. "
            f"Fix: boot with cgroup_enable=memory, or mount {cgroups.ROOT}"
        )
    return problems
