"""What the base layer is made from, what is left out, and what happens when debootstrap fails."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab.images import base_layer
from lab.images.base_layer import BaseLayer, debootstrap, mirror, remaining
from lab.images.errors import ImagesError


@pytest.mark.parametrize(
    "other",
    [BaseLayer("trixie"), BaseLayer("bookworm", packages=()), BaseLayer("bookworm", dropped=())],
)
def test_a_layer_made_from_something_else_has_another_key(other: BaseLayer) -> None:
    assert other.key != BaseLayer("bookworm").key


def test_a_layer_in_the_cache_is_taken_without_debootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_layer, "debootstrap", lambda *_: pytest.fail("debootstrap ran"))
    kept = BaseLayer("bookworm").path(tmp_path)
    kept.touch()
    assert BaseLayer("bookworm").make(tmp_path, tmp_path / "scratch", print) == kept


def test_what_is_dropped_takes_its_content_along(tmp_path: Path) -> None:
    for path in ("usr/share/doc/x", "usr/bin", "dev/null"):
        (tmp_path / path).mkdir(parents=True)
    kept = [path.relative_to(tmp_path).as_posix() for path in remaining(tmp_path, ("usr/share/doc", "dev/*"))]
    assert kept == ["dev", "usr", "usr/bin", "usr/share"]


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "usr").mkdir()
    (tmp_path / "usr" / "x").touch()
    (tmp_path / "bin").symlink_to("usr")
    assert tmp_path / "bin" / "x" not in set(remaining(tmp_path, ()))


def apt(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Let apt list these mirrors."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    done = subprocess.CompletedProcess([], 0, stdout=answer)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)


def test_the_mirror_is_the_one_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    apt(monkeypatch, "http://mirror.example/debian/\nhttp://other.example/debian/\n")
    assert mirror("bookworm") == "http://mirror.example/debian/"


@pytest.mark.parametrize("answer", ["", "tor+http://mirror.example/debian/\n"])
def test_a_mirror_that_debootstrap_cannot_use_leaves_it_its_own(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    apt(monkeypatch, answer)
    assert mirror("bookworm") is None


def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let debootstrap say something and fail."""

    def run(command: list[str], **options: Any) -> None:
        options["stdout"].write("E: no such mirror\n")
        options["stdout"].flush()
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(base_layer, "mirror", lambda _: None)
    monkeypatch.setattr(subprocess, "run", run)


def test_a_failure_shows_the_end_of_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch)
    with pytest.raises(ImagesError, match="E: no such mirror"):
        debootstrap("bookworm", (), tmp_path / "root", tmp_path / "log")


def test_a_failure_names_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch)
    with pytest.raises(ImagesError, match=str(tmp_path / "log")):
        debootstrap("bookworm", (), tmp_path / "root", tmp_path / "log")
