"""The node's table at work, with real short processes in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import node
from lab.paths import NodePaths

PROJECT = Path(__file__).parents[3]
PROGRAM = Path(__file__).parent / "node_program.py"
Run = Callable[..., dict[str, Any]]


def process(name: str, script: str, **more: object) -> dict[str, object]:
    return {"name": name, "argv": ["/bin/sh", "-c", script], "after": "start", **more}


@pytest.fixture(scope="module")
def program() -> Iterator[subprocess.Popen[str]]:
    """One for all tests: it forks for each, since its imports cost more than what is tested."""
    command = [sys.executable, str(PROGRAM)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process


@pytest.fixture
def run(paths: NodePaths, program: subprocess.Popen[str]) -> Run:
    def run(*table: dict[str, object], seconds: float = 3) -> dict[str, Any]:
        assert program.stdin and program.stdout
        program.stdin.write(json.dumps({"folder": str(paths.folder), "seconds": seconds, "rows": table}) + "\n")
        program.stdin.flush()
        answer: dict[str, Any] = json.loads(program.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer

    return run


def test_an_ended_process_is_started_again(run: Run) -> None:
    assert run(process("etcd", "exit 3", until=3))["state"]["etcd"]["starts"] == 3


def test_the_last_exit_code_is_kept_while_it_runs_again(run: Run) -> None:
    assert run(process("etcd", "exit 3", until=2))["state"]["etcd"]["exit"] == 3


def test_what_ends_by_itself_is_not_started_again(run: Run) -> None:
    state = run(process("images", "exit 0", once=True, until=2), seconds=0.3)["state"]
    assert state["images"] == {"starts": 1, "pid": None, "exit": 0}


def test_what_should_end_by_itself_and_fails_is_started_again(run: Run) -> None:
    assert run(process("images", "exit 1", once=True, until=2))["state"]["images"]["starts"] == 2


def test_orphans_are_reaped(run: Run) -> None:
    # The shell leaves a child behind that ends on its own; a zombie would stay in the list.
    answer = run(process("shim", "(sleep 0.1 &); sleep 1", until=2), seconds=0.5)
    assert len(answer["children"]) == 1


def test_output_of_both_kinds_is_in_the_processs_log(run: Run, paths: NodePaths) -> None:
    run(process("etcd", "echo out; echo err >&2", until=2))
    assert (paths.logs / "etcd.log").read_text().splitlines()[:2] == ["out", "err"]


def test_a_program_that_cannot_be_started_does_not_end_the_node(run: Run) -> None:
    broken: dict[str, object] = {"name": "etcd", "argv": ["/nowhere/etcd"], "after": "start", "until": 2}
    assert run(broken)["state"]["etcd"]["exit"] == node.CANNOT_START


def test_a_program_that_cannot_be_started_has_the_reason_in_its_log(run: Run, paths: NodePaths) -> None:
    run({"name": "etcd", "argv": ["/nowhere/etcd"], "after": "start", "until": 2})
    assert "/nowhere/etcd cannot be started: No such file" in (paths.logs / "etcd.log").read_text()


def test_the_import_waits_for_containerds_socket(run: Run, paths: NodePaths) -> None:
    opens = process("containerd", f"sleep 0.1; touch {paths.containerd}; sleep 1")
    state = run(opens, process("images", f"test -e {paths.containerd}", after="containerd", once=True))["state"]
    assert state["images"]["starts"] == 1


def test_what_waits_for_the_api_server_is_listed_before_it_starts(run: Run, paths: NodePaths) -> None:
    paths.containerd.touch()
    state = run(process("etcd", "sleep 1", until=2), process("kubelet", "exit 0", after="api"), seconds=0.2)["state"]
    assert state["kubelet"] == {"starts": 0, "pid": None, "exit": None}


def test_what_waits_for_the_api_server_starts_once_that_is_ready(run: Run, paths: NodePaths) -> None:
    paths.containerd.touch()
    api = process("kube-apiserver", f"sleep 0.1; touch {paths.folder / 'api'}; sleep 1")
    assert run(api, process("kubelet", "sleep 1", after="api"))["state"]["kubelet"]["starts"] == 1
