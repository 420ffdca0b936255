"""The Debian packages that the lab's node is made of, and their installation where apt is there."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Final

from lab.configs import CNI_FOLDERS
from lab.errors import CommandError
from lab.paths import cache

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


def missing() -> list[str]:
    """Return the Debian packages that bring what is not there."""
    lacking = {package for command, package in PACKAGES.items() if not shutil.which(command, path=SEARCH)}
    if not any((folder / "ptp").exists() for folder in CNI_FOLDERS):
        lacking.add("containernetworking-plugins")
    return sorted(lacking)


def install(packages: Sequence[str], report: Callable[[str], None]) -> None:
    """Install packages.

    Raises:
        CommandError: apt could not.
    """
    report(f"installing Debian packages: {' '.join(packages)}")
    log = cache() / "apt.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Another apt at work (a machine's first minutes, a second lab) is waited for.
    apt = ["apt-get", "--option=DPkg::Lock::Timeout=120"]
    with log.open("w") as stream:
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            done = subprocess.run([*apt, *command], check=False, stdout=stream, stderr=stream, env=environment)
            if done.returncode and command[0] == "install":
                raise CommandError(f"apt-get install {' '.join(packages)} failed", log)
