"""The base layer: a small Debian with Python, curl and CA certificates, shared by all images but pause.

Owns debootstrap, what of its result is left out, and the cached tar. Debian's packages are taken from the
release as it is on the day: the cached tar is kept until the suite or the lists below change.
"""

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.errors import tail
from lab.images.errors import ImagesError, Lack
from lab.images.layer import write_tree

PACKAGES = ("ca-certificates", "curl", "jq", "python3")
"""``python3-minimal`` would lack ``http.server``."""

DROPPED = (
    # What the container runtime provides, and what names this machine or its mirror.
    *("dev/*", "proc/*", "sys/*", "run/*", "tmp/*", "etc/resolv.conf", "etc/hostname", "etc/apt"),
    # Nothing is installed in a running container.
    *(
        "var/cache/*",
        "var/log/*",
        "var/lib/apt",
        "var/lib/dpkg",
        "usr/lib/apt",
        "usr/lib/dpkg",
        "usr/bin/apt*",
    ),
    *("usr/bin/dpkg*", "usr/lib/*/libapt-p*", "var/lib/systemd", "usr/share/debconf", "usr/share/keyrings"),
    # Nobody reads there, in any language but English. The CA certificates are read from /etc/ssl/certs, which
    # links into usr/share/ca-certificates: that stays.
    *("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian"),
    *("usr/share/zoneinfo", "usr/share/bash-completion", "usr/share/zsh", "usr/share/bug", "usr/share/menu"),
    *("usr/share/common-licenses", "usr/lib/*/gconv", "usr/share/i18n"),
    # Perl is there for Debian's own scripts.
    *("usr/bin/perl*", "usr/share/perl*", "usr/lib/*/perl*", "usr/share/debhelper"),
    # Python's own tools.
    *("usr/lib/python3*/lib2to3", "usr/lib/python3*/pydoc_data", "usr/lib/python3*/unittest"),
    *("usr/lib/python3*/distutils", "usr/lib/python3*/idlelib", "usr/lib/python3*/ensurepip"),
)


@dataclass(frozen=True)
class BaseLayer:
    """A base layer by what it is made from."""

    suite: str
    packages: tuple[str, ...] = PACKAGES
    dropped: tuple[str, ...] = DROPPED

    @classmethod
    def of_host(cls) -> "BaseLayer":
        """Take this machine's Debian suite: its keys are here, and its mirror is known to answer."""
        return cls(platform.freedesktop_os_release().get("VERSION_CODENAME", "stable"))

    @property
    def key(self) -> str:
        """The same for two layers made from the same."""
        parts = (self.suite, platform.machine(), *self.packages, "without", *self.dropped)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def path(self, cache: Path) -> Path:
        """Return where the layer's tar is, once it is made."""
        return cache / f"base-{self.key}.tar"

    def make(self, cache: Path, scratch: Path, report: Callable[[str], None]) -> Path:
        """Return the layer's tar; debootstrap runs only when the cache lacks it.

        Args:
            cache: where the tar is kept.
            scratch: an empty folder of the same file system; what is left in it is not to be trusted.
            report: told what is going on.

        """
        kept = self.path(cache)
        if kept.exists():
            return kept
        report(f"making the images' base layer: debootstrap of Debian {self.suite}, once, about a minute and a half")
        root = scratch / "root"
        debootstrap(self.suite, self.packages, root, cache / "debootstrap.log")
        unfinished = scratch / kept.name
        # Python takes its bytecode for stale unless the source has the time of change that it had at install.
        write_tree(unfinished, root, remaining(root, self.dropped), lambda path: path.suffix == ".py")
        unfinished.replace(kept)
        return kept


def lacking() -> list[Lack]:
    """Return what debootstrap needs and this machine does not have."""
    lacks = []
    if not shutil.which("debootstrap"):
        lacks.append(Lack("debootstrap is missing, and the base layer is made by it", "apt-get install debootstrap"))
    if os.geteuid() != 0:
        lacks.append(
            Lack("debootstrap needs root, and this is not root", "run the same command as root, e.g. with sudo -E")
        )
    return lacks


def mirror(suite: str) -> str | None:
    """Return where this machine's apt takes the suite from; None leaves debootstrap its own default."""
    if not shutil.which("apt-get"):
        return None
    filters = ("Created-By: Packages", "Component: main", f"Codename: {suite}")
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", *filters]
    listed = subprocess.run(command, check=False, capture_output=True, text=True).stdout.split()
    # debootstrap does not know apt's other transports (mirror+file, tor+http, ...).
    return next((uri for uri in listed if uri.startswith(("http://", "https://", "file:/"))), None)


def debootstrap(suite: str, packages: tuple[str, ...], root: Path, log: Path) -> None:
    """Install a suite's smallest system and some packages into a folder.

    Raises:
        ImagesError: it failed; the error has the end of the log and its path.

    """
    source = mirror(suite)
    # In namespaces of its own, which end with this process: what debootstrap mounts, and what it
    # starts, is gone however either ends, and the next build can take its folder away.
    command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child"]
    command += ["debootstrap", "--variant=minbase", f"--include={','.join(packages)}", suite, str(root)]
    command += [source] if source else []
    # No fsync per package: a machine that crashes now builds it again.
    environment = os.environ | {"DPKG_FORCE": "unsafe-io", "LC_ALL": "C.UTF-8"}
    with log.open("w") as output:
        try:
            subprocess.run(command, check=True, stdout=output, stderr=subprocess.STDOUT, env=environment)
        except subprocess.CalledProcessError as failed:
            inner = root / "debootstrap" / "debootstrap.log"
            output.write(inner.read_text(errors="replace") if inner.exists() else "")
            output.flush()
            raise ImagesError(
                f"debootstrap of {suite} ended with {failed.returncode}, so there is no base layer. "
                f"Fix: see what it lacked, then run the same command again. The last lines of {log}:\n{tail(log, 20)}"
            ) from failed


def remaining(root: Path, dropped: tuple[str, ...]) -> Iterator[Path]:
    """Yield all under a folder, sorted, parents first, but what matches and what is inside of that."""
    left_out = {path for pattern in dropped for path in root.glob(pattern)}

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path not in left_out:
                yield path
                if path.is_dir() and not path.is_symlink():
                    yield from walk(path)

    yield from walk(root)
