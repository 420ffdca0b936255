"""What the lab needs of the machine: everything that is wrong is told at once, each with its fix."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab import cgroups, machine, packages
from lab.errors import MachineError
from lab.paths import NodePaths

Check = Callable[..., str]


@pytest.fixture(autouse=True)
def _fitting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has all; each test takes something away."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0, stderr=""))
    monkeypatch.setattr(cgroups, "controllers", lambda: {"cpu", "memory", "pids"})
    monkeypatch.setattr(packages, "missing", list)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100 * machine.GIB))


@pytest.fixture
def refusal(paths: NodePaths) -> Check:
    def refusal(*, build: bool = False) -> str:
        with pytest.raises(MachineError) as error:
            machine.check(paths, build=build, report=pytest.fail)
        return str(error.value)

    return refusal


def free(monkeypatch: pytest.MonkeyPatch, gib: float) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=gib * machine.GIB))


def test_a_machine_that_has_all_passes(paths: NodePaths) -> None:
    machine.check(paths, build=True, report=pytest.fail)


def test_everything_is_told_at_once(refusal: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(cgroups, "controllers", set)
    monkeypatch.setattr(packages, "missing", lambda: ["runc"])
    free(monkeypatch, 0)
    assert refusal().count("\n  - ") == 4


def test_each_problem_has_its_fix(refusal: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(cgroups, "controllers", set)
    monkeypatch.setattr(packages, "missing", lambda: ["runc"])
    free(monkeypatch, 0)
    assert all("Fix: " in problem for problem in refusal().split("\n  - ")[1:])


@pytest.mark.parametrize(("system", "processor"), [("darwin", "x86_64"), ("linux", "aarch64")])
def test_another_platform_is_pointed_to_a_cluster_of_its_own(
    refusal: Check, monkeypatch: pytest.MonkeyPatch, system: str, processor: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: processor)
    assert "make up CONTEXT=NAME" in refusal()


def test_cache_and_data_on_one_disk_need_the_room_of_both(refusal: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 12)
    assert "the lab needs 13 GiB there" in refusal(build=True)


def test_a_built_toolchain_needs_less(paths: NodePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 5)
    machine.check(paths, build=False, report=pytest.fail)


def test_the_disk_that_is_looked_at_is_the_nodes(paths: NodePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[Path] = []

    def look(folder: Path) -> SimpleNamespace:
        looked_at.append(folder)
        return SimpleNamespace(free=100 * machine.GIB)

    monkeypatch.setattr(shutil, "disk_usage", look)
    monkeypatch.setenv("INCREMENTAL_ISTIO_CACHE", "/proc/1")
    machine.check(paths, build=False, report=pytest.fail)
    assert paths.folder.parent in looked_at


def test_a_file_where_the_folder_should_be_is_told_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match=r"file is not a folder[^!]*export INCREMENTAL_ISTIO_LAB="):
        machine.check(NodePaths(tmp_path / "file" / "lab-0"), build=False, report=pytest.fail)


def test_a_path_too_long_for_a_socket_is_told(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="too long for a socket"):
        machine.check(NodePaths(tmp_path / ("x" * 100)), build=False, report=pytest.fail)


def test_a_container_without_privileges_is_told(refusal: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = SimpleNamespace(returncode=1, stderr="unshare failed: Operation not permitted")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: refused)
    assert "Operation not permitted" in refusal()


def test_missing_packages_are_installed_where_apt_is(paths: NodePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(packages, "missing", lambda: ["runc"])
    monkeypatch.setattr(packages, "install", lambda names, _: installed.extend(names))
    monkeypatch.setattr(shutil, "which", lambda *_, **__: "/usr/bin/apt-get")
    machine.check(paths, build=False, report=lambda _: None)
    assert installed == ["runc"]


def test_nothing_is_installed_on_a_machine_that_lacks_something_else(
    refusal: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "missing", lambda: ["runc"])
    monkeypatch.setattr(packages, "install", lambda *_: pytest.fail("installed"))
    monkeypatch.setattr(cgroups, "controllers", set)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: "/usr/bin/apt-get")
    assert "cgroup controllers missing" in refusal()


def test_a_build_needs_no_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.check_build()


def test_the_snapshotter_is_native_where_overlays_cannot_be_mounted(
    paths: NodePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    assert machine.snapshotter(paths.folder) == "native"


def test_the_trial_of_the_snapshotter_leaves_nothing(paths: NodePaths) -> None:
    before = sorted(paths.folder.iterdir())
    machine.snapshotter(paths.folder)
    assert sorted(paths.folder.iterdir()) == before
