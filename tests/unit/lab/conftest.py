"""What the tests of the lab share: a node's folder, and a console that is not a terminal."""

from pathlib import Path

import pytest

from lab.network import Addresses
from lab.paths import NodePaths


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NodePaths:
    """The node of slot 3, in a temporary folder that is there already."""
    monkeypatch.setenv("INCREMENTAL_ISTIO_LAB", str(tmp_path / "labs"))
    monkeypatch.setenv("INCREMENTAL_ISTIO_CACHE", str(tmp_path / "cache"))
    found = NodePaths.of(3)
    for folder in (found.logs, found.config, found.data):
        folder.mkdir(parents=True)
    return found


@pytest.fixture
def addresses() -> Addresses:
    return Addresses(3)
