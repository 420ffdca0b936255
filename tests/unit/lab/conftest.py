"""What the tests of the lab share: a node's folder, a console that is not a terminal, a `go` that only pretends."""

import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.network import Addresses
from lab.paths import NodePaths

FAKE_GO = Path(__file__).with_name("fake_go.py")


@dataclass
class Recorder:
    """Notes what it is told of a build."""

    steps: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: list[tuple[int, int]] = field(default_factory=list)

    def say(self, message: str) -> None:
        self.steps.append(message)

    def note(self, message: str) -> None:
        self.notes.append(message)

    def count(self, what: str, done: int, total: int) -> None:
        del what
        self.counts.append((done, total))


@pytest.fixture
def progress() -> Recorder:
    return Recorder()


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


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pretending `go`, alone in the only folder on the PATH."""
    command = tmp_path / "bin/go"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S -E {shlex.quote(str(FAKE_GO))} "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent))
    monkeypatch.setenv("FAKE_GO_CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("FAKE_GO_MODULES", str(tmp_path / "modules"))
    return command
