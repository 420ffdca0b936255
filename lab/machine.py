"""What the lab needs of the machine, checked before anything is changed.

Owns the list of needs and, where apt is there, the installation of Debian packages.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lab.configs import CNI_FOLDERS
from lab.errors import CommandError, MachineError
from lab.paths import cache

GIB: Final = 1024**3
# Measured: modules 2.4 GB and the compiler's cache 7 to 8 GB while it builds, 0.9 GB of binaries after.
BUILD_DISK: Final = 11 * GIB
# Measured: images 0.4 GB in the cache and as much unpacked, and a node's data.
RUN_DISK: Final = 2 * GIB

# Command to the Debian package that brings it.
PACKAGES: Final = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "nft": "nftables",
    "ip": "iproute2",
    "debootstrap": "debootstrap",
    "busybox": "busybox-static",
    "zstd": "zstd",
    "unshare": "util-linux",
    "mount": "mount",
}
SEARCH: Final = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))


def check(*, build: bool, report: Callable[[str], None]) -> None:
    """Check the machine, and install missing Debian packages where apt is there.

    Args:
        build: whether the toolchain has still to be built, which takes more disk.
        report: is told what is being installed.

    Raises:
        MachineError: with everything that is missing and the fix of each.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        here = f"{sys.platform} on {platform.machine()}"
        raise MachineError(
            [f"this is {here}; the lab needs Linux on x86_64. Use a cluster of yours: make up CONTEXT=NAME"]
        )
    problems = [*_root(), *_disk(build=build), *_kernel()]
    missing = missing_packages()
    can_install = shutil.which("apt-get") and os.geteuid() == 0
    if missing and not can_install:
        problems.append(
            f"missing packages (Debian's names): {' '.join(missing)}. Fix: install them, on Debian with: apt-get install {' '.join(missing)}"
        )
    if problems:
        raise MachineError(problems)
    if missing:
        _install(missing, report)


def missing_packages() -> list[str]:
    """Return the Debian packages that bring what is not there."""
    missing = {package for command, package in PACKAGES.items() if not shutil.which(command, path=SEARCH)}
    if not any((folder / "ptp").exists() for folder in CNI_FOLDERS):
        missing.add("containernetworking-plugins")
    return sorted(missing)


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
        mount = f"mount -t overlay overlay -o {options} {layers['merged']} && umount {layers['merged']}"
        # In a mount namespace of its own, so that an interruption leaves nothing mounted.
        tried = subprocess.run(["unshare", "--mount", "sh", "-c", mount], check=False, capture_output=True)  # noqa: S603, S607
    return "overlayfs" if tried.returncode == 0 else "native"


def _root() -> list[str]:
    if os.geteuid() == 0:
        return []
    return ["you are not root; the lab makes namespaces, mounts and routes. Fix: run it as root, e.g. with sudo -E"]


def _disk(*, build: bool) -> list[str]:
    problems = []
    needs = {cache(): BUILD_DISK if build else RUN_DISK, Path("/var/lib"): RUN_DISK}
    for folder, need in needs.items():
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(existing).free
        if free < need:
            variable = "INCREMENTAL_ISTIO_LAB" if folder == Path("/var/lib") else "INCREMENTAL_ISTIO_CACHE"
            problems.append(
                f"{existing} has {free / GIB:.1f} GiB free and the lab needs {need / GIB:.0f} GiB there. "
                f"Fix: free some, or put it elsewhere: export {variable}=/a/bigger/disk"
            )
    return problems


def _kernel() -> list[str]:
    problems = []
    for namespace in ("mnt", "net", "pid"):
        if not Path(f"/proc/self/ns/{namespace}").exists():
            problems.append(f"the kernel has no {namespace} namespaces. Fix: boot a distribution's own kernel")
    controllers = _controllers()
    lacking = sorted({"cpu", "memory", "pids"} - controllers)
    if lacking:
        problems.append(
            f"cgroup controllers missing: {', '.join(lacking)}. "
            "Fix: boot with cgroup_enable=memory, or mount /sys/fs/cgroup"
        )
    return problems


def _controllers() -> set[str]:
    unified = Path("/sys/fs/cgroup/cgroup.controllers")
    if unified.exists():
        return set(unified.read_text().split())
    rows = [line.split() for line in Path("/proc/cgroups").read_text().splitlines()[1:]]
    return {row[0] for row in rows if row[3] == "1" and (Path("/sys/fs/cgroup") / row[0]).is_dir()}


def _install(packages: list[str], report: Callable[[str], None]) -> None:
    report(f"installing Debian packages: {' '.join(packages)}")
    log = cache() / "apt.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("w") as stream:
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            done = subprocess.run(["apt-get", *command], check=False, stdout=stream, stderr=stream, env=environment)  # noqa: S603, S607
            if done.returncode and command[0] == "install":
                raise CommandError(f"apt-get install {' '.join(packages)} failed", log)
