"""What a killed run left behind in a backend that is a folder: a lock, and files that are empty."""

import json
import os
import socket
from pathlib import Path

import pytest

from tests.unit.environments.conftest import Run, World

DEAD = 2**22 + 1  # above the kernel's largest process number


@pytest.fixture(name="folder")
def _folder(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backend that is a folder, with a stack."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/state%20of%20mine?metadata=skip")
    world.stack("pr-7", age=1)
    folder = tmp_path / "state of mine/.pulumi"
    folder.mkdir(parents=True)
    return folder


def _lock(folder: Path, pid: int, host: str) -> None:
    file = folder / "locks/organization/incremental-istio/pr-7/1.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"pid": pid, "username": "me", "hostname": host, "timestamp": "2026-11-24T10:00Z"}))


class TestLock:
    """In a folder of this machine."""

    def test_is_taken_away_when_its_process_is_dead(self, run: Run, world: World, folder: Path) -> None:
        _lock(folder, DEAD, socket.gethostname())
        ended = run("heal", "pr-7")
        assert ended.code == 0 and "cancel pr-7" in world.calls
        assert f"took away the lock of a run that is dead (me@{socket.gethostname()}, process {DEAD}" in ended.err

    def test_is_taken_away_when_its_number_is_another_programs_now(self, run: Run, world: World, folder: Path) -> None:
        _lock(folder, os.getpid(), socket.gethostname())
        assert run("heal", "pr-7").code == 0 and "cancel pr-7" in world.calls

    def test_of_another_machine_is_explained_with_the_fix(self, run: Run, world: World, folder: Path) -> None:
        _lock(folder, DEAD, "elsewhere")
        ended = run("heal", "pr-7")
        assert ended.code == 1 and "pulumi cancel --yes --stack pr-7" in ended.err
        assert "cancel pr-7" not in world.calls, "nobody here knows whether that process lives"

    def test_of_a_pulumi_that_lives_is_left(
        self, run: Run, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("environments.locks._is_pulumi", lambda _: True)
        _lock(folder, os.getpid(), socket.gethostname())
        assert run("heal", "pr-7").code == 1 and "cancel pr-7" not in world.calls


def test_a_file_that_a_kill_left_empty_is_taken_away(run: Run, world: World, folder: Path) -> None:
    empty = folder / "stacks/incremental-istio/pr-7.json.attrs"
    empty.parent.mkdir(parents=True)
    empty.touch()
    ended = run("list")
    assert world.stacks and not empty.exists() and str(empty) in ended.err, "with it, every command says EOF"


def test_a_file_with_content_is_left(run: Run, folder: Path) -> None:
    full = folder / "meta.yaml.attrs"
    full.write_text("{}")
    run("list")
    assert full.exists()


def test_a_folder_that_pulumi_is_logged_in_to_is_found_too(
    run: Run, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world.write(url=os.environ["PULUMI_BACKEND_URL"])
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    (tmp_path / "credentials.json").write_text('{"current": "file://x"}')
    _lock(folder, DEAD, socket.gethostname())
    assert run("heal", "pr-7").code == 0 and "cancel pr-7" in world.calls
