"""Genuine images, from a registry that a script plays."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lab import pulls
from lab.images import images
from lab.paths import NodePaths

Registry = Callable[[str], None]
PAUSE = "registry.k8s.io/pause:3.10"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Make a shell script of `ctr`; "$5" is the reference."""

    def registry(script: str) -> None:
        ctr = tmp_path / "ctr"
        ctr.write_text(f"#!/bin/sh\n{script}\n")
        ctr.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return registry


def test_without_a_registry_no_image_is_genuine(registry: Registry, paths: NodePaths) -> None:
    registry("echo ctr: no such host >&2; exit 1")
    pulls.pull(paths)
    assert "genuine" not in pulls.origin(paths).values()


def test_without_a_registry_the_reason_is_recorded(registry: Registry, paths: NodePaths) -> None:
    registry("echo ctr: no such host >&2; exit 1")
    pulls.pull(paths)
    assert pulls.recorded(paths).stopped == f"{PAUSE}: ctr: no such host"


def test_without_a_registry_only_the_trial_is_made(registry: Registry, paths: NodePaths, tmp_path: Path) -> None:
    registry(f"echo x >> {tmp_path}/calls; exit 1")
    pulls.pull(paths)
    assert (tmp_path / "calls").read_text() == "x\n"


def test_with_a_registry_every_image_is_genuine(registry: Registry, paths: NodePaths) -> None:
    registry("exit 0")
    pulls.pull(paths)
    assert set(pulls.origin(paths).values()) == {"genuine"}


def test_an_image_that_cannot_be_had_ends_it_there(registry: Registry, paths: NodePaths) -> None:
    registry('case "$5" in *proxyv2*) exit 1;; esac')
    pulls.pull(paths)
    assert list(pulls.origin(paths).values())[:3] == ["genuine", "genuine", "lab build"]


def test_a_registry_that_hangs_is_given_up(
    registry: Registry, paths: NodePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulls, "TRIAL_SECONDS", 0.1)
    registry("exec sleep 60")
    pulls.pull(paths)
    assert pulls.recorded(paths).stopped == f"{PAUSE}: no answer within 0.1 s"


def test_a_registry_that_hangs_leaves_no_process(
    registry: Registry, paths: NodePaths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pulls, "TRIAL_SECONDS", 0.3)
    registry(f"echo $$ > {tmp_path}/pid; exec sleep 60")
    pulls.pull(paths)
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_a_download_ends_with_the_command_that_started_it(paths: NodePaths) -> None:
    assert pulls._command(paths.containerd, PAUSE)[:3] == ["setpriv", "--pdeathsig", "KILL"]


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"genuine": 1, "stopped": ""})])
def test_a_record_that_is_not_whole_says_nothing(paths: NodePaths, content: str) -> None:
    paths.pulls.write_text(content)
    assert pulls.recorded(paths) == pulls.Pulled()


def test_before_any_pull_each_image_is_what_the_lab_made(paths: NodePaths) -> None:
    assert pulls.origin(paths) == {image.reference: image.kind for image in images()}
