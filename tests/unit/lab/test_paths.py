"""Where the lab keeps things."""

from pathlib import Path

import pytest

from lab.paths import NodePaths, cache


def test_a_relative_folder_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INCREMENTAL_ISTIO_LAB", "here")
    assert NodePaths.of(1).folder == tmp_path / "here/lab-1"


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCREMENTAL_ISTIO_LAB", "")
    assert NodePaths.of(1).folder == Path("/var/lib/incremental-istio/lab-1")


def test_the_cache_follows_the_users_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INCREMENTAL_ISTIO_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache() == Path("/somewhere/incremental-istio")


def test_the_lock_outlives_the_folder(paths: NodePaths) -> None:
    assert not paths.lock.is_relative_to(paths.folder)
