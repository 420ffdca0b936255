"""The cache of bundles: made once, made anew when an input changes, never left half."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.images import archive, sources
from lab.images.base_layer import BaseLayer
from lab.images.bundle import build
from lab.images.errors import ImagesError

Build = Callable[[], Path]


@pytest.fixture
def toolchain(tmp_path: Path) -> Path:
    """A toolchain of three tiny files."""
    folder = tmp_path / "toolchain"
    folder.mkdir()
    for name in ("pilot-discovery", "pilot-agent", "envoy_bootstrap.json"):
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache that has the base layer already."""
    folder = tmp_path / "cache"
    folder.mkdir()
    BaseLayer.of_host().path(folder).write_bytes(b"base")
    return folder


@pytest.fixture
def make(toolchain: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Build from tiny programs."""
    for name in ("busybox", "envoy"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(sources, "BUSYBOX", tmp_path / "busybox")
    monkeypatch.setattr(sources, "envoy", lambda: tmp_path / "envoy")
    return lambda: build(toolchain=toolchain, cache=cache, report=lambda _: None)


def test_the_second_build_takes_what_the_first_made(make: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make()
    monkeypatch.setattr(archive, "write", lambda *_: pytest.fail("built again"))
    assert make() == first


def test_a_changed_program_makes_another_bundle(make: Build, toolchain: Path) -> None:
    first = make()
    (toolchain / "pilot-agent").write_text("newer")
    assert make() != first


def test_the_older_bundle_goes(make: Build, toolchain: Path, cache: Path) -> None:
    make()
    (toolchain / "pilot-agent").write_text("newer")
    assert [make()] == list(cache.glob("images-*.tar"))


def test_the_base_layer_stays(make: Build, cache: Path) -> None:
    make()
    assert BaseLayer.of_host().path(cache).exists()


def test_a_build_that_fails_leaves_no_bundle(make: Build, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(destination: Path, *_: object) -> None:
        destination.write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(archive, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make()
    assert not [path for path in cache.iterdir() if path.name.startswith(("images-", "unfinished-"))]


def test_what_a_killed_build_left_is_taken_away(make: Build, cache: Path) -> None:
    (cache / "unfinished-x" / "root").mkdir(parents=True)
    make()
    assert not list(cache.glob("unfinished-*"))


def test_missing_programs_are_one_error_with_the_fix(make: Build, toolchain: Path) -> None:
    (toolchain / "pilot-agent").unlink()
    with pytest.raises(ImagesError, match=r"pilot-agent is missing[^!]*Fix: python -m lab toolchain"):
        make()
