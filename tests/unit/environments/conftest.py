"""A project in a folder of its own, and a `pulumi` on the PATH that reaches no backend."""

import datetime as dt
import io
import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import Any

import pytest

from environments import __main__ as command_line
from environments import cli
from tests.unit.environments import fake_pulumi

FAKE = Path(__file__).with_name("fake_pulumi.py")
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@dataclass(frozen=True)
class World:
    """What the fake pulumi knows, and the folder it works in."""

    folder: Path
    file: Path

    def read(self) -> dict[str, Any]:
        """Return the whole of it."""
        content: dict[str, Any] = json.loads(self.file.read_text())
        return content

    def write(self, **parts: Any) -> None:
        """Replace parts of it."""
        self.file.write_text(json.dumps({**self.read(), **parts}))

    def stack(self, name: str, *, age: int | None = None, resources: int = 5, **more: Any) -> None:
        """Add a stack, made by `create` so many hours ago, or by somebody."""
        tags = {} if age is None else {"environment:created": (NOW - dt.timedelta(hours=age)).isoformat()}
        tags |= {f"environment:{key}": more.pop(key) for key in ("ttl", "owner") if key in more}
        self.write(stacks={**self.read()["stacks"], name: {"tags": tags, "resources": resources, **more}})

    @property
    def calls(self) -> list[str]:
        """The commands that were run, first words and stack."""
        calls: list[str] = self.read().get("calls", [])
        return calls

    @property
    def stacks(self) -> dict[str, Any]:
        """The stacks by name."""
        stacks: dict[str, Any] = self.read()["stacks"]
        return stacks


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command line ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def _run_here(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], **_: Any) -> CompletedProcess[str]:
    return CompletedProcess(command, *fake_pulumi.answer(command[1:], env, cwd))


@contextmanager
def _show_here(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], **_: Any) -> Iterator[SimpleNamespace]:
    code, out, err = fake_pulumi.answer(command[1:], env, cwd)
    yield SimpleNamespace(stdout=io.StringIO(out + err), returncode=code)


# For most tests the fake answers in this process: to start a Python costs more than all that it does.
HERE = SimpleNamespace(run=_run_here, Popen=_show_here, PIPE=subprocess.PIPE, STDOUT=subprocess.STDOUT)


@pytest.fixture(name="installed")
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Install the fake as a program; it is a process of its own wherever `world` is this."""
    programs, project = tmp_path / "bin", tmp_path / "project"
    programs.mkdir()
    project.mkdir()
    pulumi = programs / "pulumi"
    pulumi.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S -E {shlex.quote(str(FAKE))} "$@"\n')
    pulumi.chmod(0o755)
    (project / "Pulumi.yaml").write_text("name: incremental-istio\n")
    world = World(project, tmp_path / "world.json")
    world.file.write_text(json.dumps({"stacks": {}}))
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("FAKE_PULUMI", str(world.file))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    monkeypatch.setattr(command_line, "_now", lambda: NOW)
    monkeypatch.chdir(project)
    return world


@pytest.fixture(name="world")
def _world(installed: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(cli, "subprocess", HERE)
    return installed


@pytest.fixture(name="pulumi")
def _pulumi(world: World) -> cli.Pulumi:
    assert world.folder == Path.cwd(), "the fixture changed into the project's folder"
    return cli.find()


@pytest.fixture(name="run")
def _run(world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `python -m environments` in this process."""

    def run(*arguments: str) -> Ended:
        assert world.folder == Path.cwd(), "the fixture changed into the project's folder"
        monkeypatch.setattr(sys, "argv", ["environments", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        out, err = capfd.readouterr()
        return Ended(code=int(ended.value.code or 0), out=out, err=err)

    return run
