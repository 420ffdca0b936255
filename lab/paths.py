"""Where the lab keeps things: what is built once, and what lives as long as a node."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOURCES: Final = Path(__file__).parent
PROJECT: Final = SOURCES.parent


def cache() -> Path:
    """Return the folder of what is built once: toolchains and images. It survives `lab down`."""
    configured = os.environ.get("INCREMENTAL_ISTIO_CACHE")
    if configured:
        return Path(configured).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "incremental-istio"


@dataclass(frozen=True)
class NodePaths:
    """Files of the node in one slot; `lab down` removes the whole folder."""

    folder: Path

    @classmethod
    def of(cls, slot: int) -> "NodePaths":
        """Return the files of a slot; outside the user's folders, since overlayfs wants a plain disk."""
        base = os.environ.get("INCREMENTAL_ISTIO_LAB") or "/var/lib/incremental-istio"
        return cls(Path(base).absolute() / f"lab-{slot}")

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.folder / "kubeconfig"

    @property
    def logs(self) -> Path:
        """One log per process."""
        return self.folder / "logs"

    @property
    def pki(self) -> Path:
        """Certificates, keys, tokens and the components' kubeconfigs."""
        return self.folder / "pki"

    @property
    def config(self) -> Path:
        """The components' configuration files."""
        return self.folder / "config"

    @property
    def data(self) -> Path:
        """What the components write."""
        return self.folder / "data"

    @property
    def containerd(self) -> Path:
        """Socket of containerd."""
        return self.folder / "containerd.sock"

    @property
    def identity(self) -> Path:
        """Which process is the node, and what it was started with."""
        return self.folder / "node.json"

    @property
    def state(self) -> Path:
        """What the node says of its processes."""
        return self.folder / "state.json"

    @property
    def pulls(self) -> Path:
        """Which images are genuine, and why the others are not."""
        return self.folder / "pulls.json"

    @property
    def lock(self) -> Path:
        """Held by the one command that changes the node; beside the folder, which comes and goes."""
        return self.folder.with_suffix(".lock")
