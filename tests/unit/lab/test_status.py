"""What `lab status` shows."""

import io

from rich.console import Console

from lab import status
from lab.paths import NodePaths
from lab.status import Report, describe

UP = Report(
    running=True,
    ready=True,
    api="https://10.88.3.2:6443",
    kubeconfig="/labs/lab-3/kubeconfig",
    logs="/labs/lab-3/logs",
    resident=3 * status.MIB,
    processes={
        "etcd": {"starts": 1, "pid": 7, "exit": None},
        "coredns": {"starts": 4, "pid": None, "exit": 3},
        "images": {"starts": 1, "pid": None, "exit": 0},
        "kubelet": {"starts": 0, "pid": None, "exit": None},
    },
    images={"docker.io/istio/pilot:1.29.2": "lab build"},
    pulls="no such host",
)


def shown(report: Report) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=100, highlight=False, markup=False).print(report)
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


def test_the_json_has_the_shape_that_scripts_rely_on(paths: NodePaths) -> None:
    expected = {"running", "ready", "api", "kubeconfig", "logs", "resident", "processes", "images", "pulls"}
    assert set(describe(paths, 3).as_json()) == expected


def test_a_node_that_does_not_run_has_nothing_to_show(paths: NodePaths) -> None:
    report = describe(paths, 3)
    assert not (report.running or report.ready or report.resident or report.processes or report.images)


def test_a_node_that_does_not_run_is_shown_with_the_command_that_starts_it(paths: NodePaths) -> None:
    assert shown(describe(paths, 3)) == ["the lab is down. Start it with: make lab"]


def test_each_process_is_shown_with_its_state() -> None:
    rows = shown(UP)
    expected = ["etcd 1 running", "coredns 4 ended with 3", "images 1 done", "kubelet 0 not started yet"]
    assert all(row in rows for row in expected)


def test_images_are_shown_with_their_origin() -> None:
    assert "docker.io/istio/pilot:1.29.2 lab build" in shown(UP)


def test_the_reason_for_images_that_are_not_genuine_is_shown() -> None:
    assert "no more genuine images: no such host" in shown(UP)
