"""The node's cgroup, on folders that stand in for the kernel's."""

import os
from pathlib import Path

import pytest

from lab import cgroups
from lab.errors import LabError

GROUP = "/lab-3"


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Version 1: a folder for each controller."""
    for controller in ("cpuset", "memory"):
        (tmp_path / controller).mkdir()
        (tmp_path / controller / "cgroup.procs").touch()
    (tmp_path / "cpu").symlink_to("cpuset")
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Version 2: one tree; the group is there, since only the kernel would fill a new one."""
    for folder in (tmp_path, tmp_path / "lab-3"):
        folder.mkdir(exist_ok=True)
        (folder / "cgroup.procs").touch()
        (folder / "cgroup.controllers").write_text("cpu io memory\n")
        (folder / "cgroup.subtree_control").write_text("cpu\n")
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    return tmp_path


def test_a_group_is_made_for_every_controller(first: Path) -> None:
    cgroups.make(GROUP)
    assert (first / "cpuset/lab-3").is_dir() and (first / "memory/lab-3").is_dir()


@pytest.mark.usefixtures("first")
def test_making_a_group_twice_is_fine() -> None:
    cgroups.make(GROUP)
    cgroups.make(GROUP)


def test_removal_takes_what_is_below_the_group(first: Path) -> None:
    (first / "memory/lab-3/kubepods/pod").mkdir(parents=True)
    cgroups.remove(GROUP)
    assert not (first / "memory/lab-3").exists()


def test_removal_leaves_other_groups(first: Path) -> None:
    (first / "memory/lab-33").mkdir()
    cgroups.remove(GROUP)
    assert (first / "memory/lab-33").exists()


def test_a_group_in_use_is_told(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (first / "memory/lab-3").mkdir()
    (first / "memory/lab-3/a-process").touch()
    monkeypatch.setattr(cgroups, "REMOVE_SECONDS", 0.05)
    with pytest.raises(LabError, match=r"still in use: .*memory/lab-3"):
        cgroups.remove(GROUP)


@pytest.mark.usefixtures("second")
def test_version_2_enables_each_controller_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(Path, "write_text", lambda _, text: written.append(text))
    cgroups.make(GROUP)
    assert written == ["+io", "+memory"] * 2


def refusing(controller: str) -> object:
    def write(path: Path, text: str) -> None:
        if text == f"+{controller}":
            raise OSError(16, os.strerror(16), str(path))

    return write


@pytest.mark.usefixtures("second")
def test_version_2_without_a_controller_that_the_kubelet_needs_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "write_text", refusing("memory"))
    with pytest.raises(LabError, match=r"busy for the controller memory.*Fix: "):
        cgroups.make(GROUP)


@pytest.mark.usefixtures("second")
def test_version_2_without_a_controller_that_nobody_needs_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "write_text", refusing("io"))
    cgroups.make(GROUP)


@pytest.mark.usefixtures("second")
def test_version_2_names_its_controllers() -> None:
    assert cgroups.controllers() == {"cpu", "io", "memory"}


def test_a_machine_without_cgroups_has_no_controllers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "ROOT", tmp_path / "nothing")
    assert cgroups.controllers() == set()
