"""The lab by itself: what it brings, what it leaves, and what it mends. Slot 2."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import nodes
from lab.network import Addresses
from lab.paths import NodePaths
from tests.lab.conftest import PROJECT, lab_command

SLOT = 2
PATHS = NodePaths.of(SLOT)
RECOVERS_SECONDS = 60


def _lab(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return lab_command(*arguments, "--slot", str(SLOT), check=check)


def _traces() -> list[str]:
    """Name everything of the slot that is on the machine."""
    mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if f"{PATHS.folder}/" in line]
    routes = subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout.splitlines()
    addresses = Addresses(SLOT)
    return [
        *(f"process {pid}" for pid in nodes.members(SLOT)),
        *(f"mount {mount}" for mount in mounts),
        *(f"route {route}" for route in routes if addresses.link in route),
        *(f"link {link}" for link in Path("/sys/class/net").iterdir() if link.name == addresses.link),
        *(f"cgroup {group}" for group in Path("/sys/fs/cgroup").glob(f"*/incremental-istio-lab-{SLOT}")),
        *(f"folder {folder}" for folder in [PATHS.folder, PATHS.lock] if folder.exists()),
    ]


@pytest.fixture(name="up")
def _up() -> Iterator[None]:
    _lab("up")
    yield
    _lab("down")


def test_down_leaves_no_process_mount_route_link_cgroup_or_folder() -> None:
    _lab("up")
    assert _traces(), "the lab is up"
    _lab("down")
    assert _traces() == []


@pytest.mark.usefixtures("up")
def test_status_says_where_each_image_comes_from() -> None:
    images = json.loads(_lab("status", "--json").stdout)["images"]
    assert set(images.values()) <= {"genuine", "lab build", "stand-in"} and len(images) == 10


@pytest.mark.usefixtures("up")
def test_a_second_up_keeps_the_node() -> None:
    before = nodes.running(PATHS)
    _lab("up")
    assert nodes.running(PATHS) == before


@pytest.mark.usefixtures("up")
def test_an_ended_kubelet_is_started_again() -> None:
    kubelet = json.loads(PATHS.state.read_text())["kubelet"]
    inside = nodes.running(PATHS)
    subprocess.run(["nsenter", "-t", str(_child(inside)), "-p", "-m", "kill", "-9", str(kubelet["pid"])], check=True)
    deadline = time.monotonic() + RECOVERS_SECONDS
    while json.loads(PATHS.state.read_text())["kubelet"]["starts"] < 2:
        assert time.monotonic() < deadline, "the kubelet was not started again"
        time.sleep(0.2)


@pytest.mark.usefixtures("up")
def test_up_mends_a_node_whose_every_process_was_killed() -> None:
    for process in nodes.members(SLOT):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    _lab("up")
    assert json.loads(_lab("status", "--json").stdout)["ready"]


@pytest.mark.parametrize("seconds", [1, 3, 5])
def test_down_takes_away_what_a_killed_up_left(seconds: int) -> None:
    command = [sys.executable, "-m", "lab", "up", "--slot", str(SLOT)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as interrupted:
        time.sleep(seconds)
        interrupted.kill()
    _lab("down")
    assert _traces() == []


def _child(pid: int | None) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
