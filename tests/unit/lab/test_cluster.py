"""Whether the node is up, and what is said when it does not get there."""

import json
import os
import time
from pathlib import Path

import pytest

from lab import cluster, procfs
from lab.errors import CommandError
from lab.paths import NodePaths

RUNNING: dict[str, object] = {"starts": 1, "pid": 7, "exit": None}
IMPORTED: dict[str, object] = {"starts": 1, "pid": None, "exit": 0}
HEALTHY: dict[str, dict[str, object]] = {"etcd": RUNNING, "kubelet": RUNNING, "images": IMPORTED}


@pytest.fixture(autouse=True)
def _node(paths: NodePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node whose process is this one, and that Kubernetes calls Ready."""
    paths.identity.write_text(json.dumps({"pid": os.getpid(), "started": procfs.start_time(os.getpid())}))
    paths.containerd.touch()
    monkeypatch.setattr(cluster, "node_is_ready", lambda _: True)


def state(paths: NodePaths, **processes: dict[str, object]) -> None:
    paths.state.write_text(json.dumps({**HEALTHY, **processes}))


def test_a_ready_node_with_all_processes_is_up(paths: NodePaths) -> None:
    state(paths)
    assert cluster.is_up(paths)


def test_a_ready_node_without_one_of_its_processes_is_not(paths: NodePaths) -> None:
    state(paths, etcd={"starts": 5, "pid": None, "exit": 3})
    assert not cluster.is_up(paths)


def test_a_ready_node_that_still_imports_images_is_not(paths: NodePaths) -> None:
    state(paths, images=RUNNING)
    assert not cluster.is_up(paths)


def test_a_node_that_does_not_run_is_not_up(paths: NodePaths) -> None:
    state(paths)
    paths.identity.unlink()
    assert not cluster.is_up(paths)


@pytest.mark.parametrize("content", ["", "{"])
def test_half_a_state_is_none(paths: NodePaths, content: str) -> None:
    paths.state.write_text(content)
    assert cluster.process_state(paths) == {}


def test_waiting_for_a_node_that_is_up_returns(paths: NodePaths) -> None:
    state(paths)
    cluster.wait_until_ready(paths)


def test_a_node_that_ended_is_told_with_the_end_of_its_log(paths: NodePaths) -> None:
    paths.identity.unlink()
    (paths.logs / "node.log").write_text("no eth0\n")
    with pytest.raises(CommandError, match=r"the node ended[^!]*node\.log:\n    no eth0"):
        cluster.wait_until_ready(paths)


def test_a_process_that_keeps_ending_is_told_by_name(paths: NodePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    state(paths)

    def restarts(_: float) -> None:
        state(paths, etcd={"starts": 5, "pid": None, "exit": 3})

    monkeypatch.setattr(cluster, "node_is_ready", lambda _: False)
    monkeypatch.setattr(time, "sleep", restarts)
    with pytest.raises(CommandError, match=r"etcd keeps ending \(exit code 3\)"):
        cluster.wait_until_ready(paths)


def test_restarts_before_the_waiting_do_not_count(paths: NodePaths) -> None:
    state(paths, etcd={"starts": 9, "pid": 7, "exit": -9})
    cluster.wait_until_ready(paths)


@pytest.mark.parametrize(
    ("processes", "log"),
    [
        ({"kubelet": {"starts": 0, "pid": None, "exit": None}}, "kube-apiserver.log"),
        ({"images": {"starts": 1, "pid": 9, "exit": None}}, "images.log"),
        ({}, "kubelet.log"),
    ],
)
def test_after_the_time_the_log_that_is_named_is_that_of_what_is_waited_for(
    paths: NodePaths, monkeypatch: pytest.MonkeyPatch, processes: dict[str, dict[str, object]], log: str
) -> None:
    state(paths, **processes)
    monkeypatch.setattr(cluster, "node_is_ready", lambda _: False)
    with pytest.raises(CommandError, match=log):
        cluster.wait_until_ready(paths, 0.01)


def test_without_a_kubeconfig_no_node_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert not cluster.node_is_ready(NodePaths(Path("/nowhere")))
