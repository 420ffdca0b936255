"""Processes as the kernel lists them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import procfs


@pytest.fixture
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_a_process_has_the_same_start_time_each_time() -> None:
    assert procfs.start_time(os.getpid()) == procfs.start_time(os.getpid()) is not None


def test_nobody_has_no_start_time() -> None:
    assert procfs.start_time(2**31 - 1) is None


def test_an_ended_process_that_nobody_reaped_has_no_start_time(sleeping: subprocess.Popen[bytes]) -> None:
    sleeping.kill()
    os.waitid(os.P_PID, sleeping.pid, os.WEXITED | os.WNOWAIT)
    assert procfs.start_time(sleeping.pid) is None


def test_a_command_with_parentheses_does_not_confuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "7").mkdir()
    fields = " ".join(str(number) for number in range(4, 40))
    (tmp_path / "7/stat").write_text(f"7 (a) S 1) S {fields}")
    monkeypatch.setattr(procfs, "PROC", tmp_path)
    assert procfs.start_time(7) == "22"


@pytest.mark.parametrize(
    ("row", "inside"),
    [
        ("4:memory:/lab-1/kubepods/pod", True),
        ("0::/lab-1", True),
        ("0::/lab-10/kubepods", False),
        ("0::/other/lab-1", False),
    ],
)
def test_a_cgroup_counts_with_what_is_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, *, inside: bool
) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7/cgroup").write_text(f"9:name=systemd:/\n{row}\n")
    monkeypatch.setattr(procfs, "PROC", tmp_path)
    assert procfs.in_cgroup(7, "/lab-1") is inside


def test_a_child_is_found(sleeping: subprocess.Popen[bytes]) -> None:
    assert sleeping.pid in procfs.children(os.getpid())


def test_a_process_takes_memory() -> None:
    assert procfs.resident(os.getpid()) > 1 << 20
