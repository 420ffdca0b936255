"""The steps of a node that comes up, each one recorded instead of taken."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from lab import bringup, machine, nodes, pulls, toolchain
from lab.errors import CommandError
from lab.paths import NodePaths
from lab.pulls import Pulled
from lab.terminal import Steps


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps that were taken, in their order."""
    steps: list[str] = []

    def note(name: str, answer: object = None) -> object:
        def step(*_: object, **__: object) -> object:
            steps.append(name)
            return answer

        return step

    monkeypatch.setattr(toolchain, "is_built", lambda: True)
    monkeypatch.setattr(machine, "snapshotter", lambda _: "native")
    monkeypatch.setattr(machine, "check", note("check"))
    monkeypatch.setattr(toolchain, "ensure", note("toolchain", Path("/tools")))
    monkeypatch.setattr(bringup, "build_images", note("images"))
    monkeypatch.setattr(nodes, "end", note("end"))
    monkeypatch.setattr(nodes, "start", note("start"))
    monkeypatch.setattr(bringup, "wait_until_ready", note("wait"))
    monkeypatch.setattr(pulls, "pull", note("pull", Pulled(stopped="no such host")))
    return steps


def bring_up(paths: NodePaths) -> str:
    console = Console(file=io.StringIO(), width=100)
    with Steps(console) as steps:
        bringup.bring_up(paths, 3, steps)
    written: str = console.file.getvalue()  # type: ignore[attr-defined] # the StringIO of above
    return written


def test_the_machine_is_checked_before_anything_is_changed(paths: NodePaths, taken: list[str]) -> None:
    bring_up(paths)
    assert taken == ["check", "toolchain", "images", "end", "start", "wait", "pull"]


def test_a_node_that_runs_is_waited_for_rather_than_thrown_away(
    paths: NodePaths, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "complete", lambda _: True)
    bring_up(paths)
    assert taken == ["check", "wait", "pull"]


def test_a_node_that_has_its_images_asks_for_none(paths: NodePaths, taken: list[str]) -> None:
    paths.pulls.touch()
    bring_up(paths)
    assert "pull" not in taken


def test_a_node_that_does_not_get_ready_is_replaced(
    paths: NodePaths, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([CommandError("kubelet keeps ending", paths.logs / "kubelet.log"), None])

    def wait(*_: object) -> None:
        if error := next(answers):
            raise error

    monkeypatch.setattr(nodes, "complete", lambda _: True)
    monkeypatch.setattr(bringup, "wait_until_ready", wait)
    bring_up(paths)
    assert taken == ["check", "toolchain", "images", "end", "start", "pull"]


@pytest.mark.usefixtures("taken")
def test_each_step_is_told_with_its_time(paths: NodePaths) -> None:
    steps = [line.rpartition(" ... ")[0] for line in bring_up(paths).splitlines() if " ... " in line]
    assert steps == [
        "taking away what an earlier node left behind",
        "starting the node",
        "waiting until it is Ready and has the images",
        "asking for the genuine images",
    ]
