"""Which process is a slot's node, and what is its."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import cgroups, links, nodes, procfs
from lab.paths import NodePaths


def identify(paths: NodePaths, **content: object) -> None:
    paths.identity.write_text(json.dumps(content))


@pytest.fixture
def lookalike(paths: NodePaths) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is called as the slot's node would be, in the host's namespaces."""
    command = [sys.executable, "-c", "input()", "-m", "lab.node", str(paths.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        while list(procfs.argv(process.pid)) != command:
            pass
        yield process
        process.kill()


def test_the_process_of_the_identity_is_the_node(paths: NodePaths) -> None:
    identify(paths, pid=os.getpid(), started=procfs.start_time(os.getpid()))
    assert nodes.running(paths) == os.getpid()


def test_another_process_with_the_same_id_is_not_the_node(paths: NodePaths) -> None:
    identify(paths, pid=os.getpid(), started="1")
    assert nodes.running(paths) is None


def test_an_ended_process_is_not_the_node(paths: NodePaths) -> None:
    identify(paths, pid=2**31 - 1, started=None)
    assert nodes.running(paths) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}'])
def test_half_an_identity_is_none(paths: NodePaths, content: str) -> None:
    paths.identity.write_text(content)
    assert nodes.running(paths) is None


def test_a_node_whose_start_was_killed_half_way_is_not_complete(paths: NodePaths) -> None:
    identify(paths, pid=os.getpid(), started=procfs.start_time(os.getpid()))
    assert not nodes.complete(paths)


def test_a_node_is_found_also_without_its_identity(paths: NodePaths, lookalike: subprocess.Popen[bytes]) -> None:
    assert paths == NodePaths.of(3) and nodes.members(3) == [lookalike.pid]


@pytest.mark.usefixtures("lookalike")
def test_a_node_that_is_still_in_the_hosts_namespaces_does_not_make_the_host_its_own() -> None:
    assert os.getpid() not in nodes.members(3)


def test_another_slots_node_is_not_a_member(lookalike: subprocess.Popen[bytes]) -> None:
    assert lookalike.pid not in nodes.members(4)


def test_ending_kills_the_node_and_removes_its_folder(
    paths: NodePaths, lookalike: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "disconnect", lambda _: False)
    monkeypatch.setattr(cgroups, "remove", lambda _: None)
    nodes.end(paths, 3)
    assert not paths.folder.exists() and lookalike.wait(5) < 0


@pytest.fixture
def cni(paths: NodePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = paths.folder.parent / "cni"
    folder.mkdir()
    monkeypatch.setattr(nodes, "CNI_CACHE", folder)
    monkeypatch.setattr(links, "disconnect", lambda _: False)
    monkeypatch.setattr(cgroups, "remove", lambda _: None)
    monkeypatch.setattr(links, "of_any_node", list)


@pytest.mark.usefixtures("cni")
def test_the_last_node_takes_the_common_folder_along(paths: NodePaths) -> None:
    nodes.end(paths, 3)
    assert not nodes.CNI_CACHE.exists()


@pytest.mark.usefixtures("cni")
def test_another_slots_node_keeps_the_common_folder(paths: NodePaths) -> None:
    NodePaths.of(4).folder.mkdir()
    nodes.end(paths, 3)
    assert nodes.CNI_CACHE.exists()


@pytest.mark.usefixtures("cni")
def test_a_node_with_its_data_elsewhere_keeps_the_common_folder(
    paths: NodePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "of_any_node", lambda: ["istio-lab9"])
    nodes.end(paths, 3)
    assert nodes.CNI_CACHE.exists()


def test_the_node_gets_no_web_proxy() -> None:
    environment = nodes._environment({"HTTPS_PROXY": "http://x", "no_proxy": "y", "HOME": "/root"}, Path("/tools"))
    assert not [name for name in environment if name.lower().endswith("proxy")]


def test_the_nodes_path_begins_with_the_toolchain() -> None:
    assert nodes._environment({"PATH": "/bin"}, Path("/tools"))["PATH"].startswith("/tools:/bin")
