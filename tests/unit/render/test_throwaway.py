"""The throw-away stack, with a stand-in for pulumi that notes how it was called."""

import stat
from pathlib import Path
from typing import Any

import pytest

from render.problem import RenderError
from render.throwaway import SECRET_MARK, run, secret_objects

STAND_IN = """#!/bin/sh
echo "$@" >> "{log}"
env | grep -E '^(PULUMI|INCREMENTAL)_' | sort > "{log}.env"
case "$1" in
  stack) echo '{{"deployment": {{}}}}' ;;
  up) {up} ;;
esac
"""


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "__main__.py"):
        (project / name).touch()
    return project


def calls(folder: Path, project: Path, monkeypatch: pytest.MonkeyPatch, up: str = "true") -> str:
    program = folder / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(log=folder / "log", up=up))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    (folder / "scratch").mkdir()
    run(project, "dev", folder / "scratch")
    return (folder / "log").read_text()


def test_the_real_stacks_backend_is_not_used(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "gs://the-teams")
    calls(tmp_path, project, monkeypatch)
    assert f"PULUMI_BACKEND_URL=file://{tmp_path}/scratch/state" in (tmp_path / "log.env").read_text()


def test_the_other_stacks_configs_are_out_of_reach(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls(tmp_path, project, monkeypatch)
    names = {entry.name for entry in (tmp_path / "scratch" / "project").iterdir()}
    assert names == {"Pulumi.yaml", "Pulumi.dev.yaml", "__main__.py"}


def test_the_stacks_own_config_is_a_copy(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls(tmp_path, project, monkeypatch)
    assert not (tmp_path / "scratch" / "project" / "Pulumi.dev.yaml").is_symlink()


def test_a_failed_program_is_told_in_its_own_words(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = "printf 'updating\\nDiagnostics:\\n  the weights sum to 140\\n\\nResources:\\n  1 errored\\n'; exit 1"
    with pytest.raises(RenderError, match=r"^pulumi up ended with 1:\n  the weights sum to 140$"):
        calls(tmp_path, project, monkeypatch, up)


def test_without_pulumi_the_fix_is_told(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "scratch").mkdir()
    with pytest.raises(RenderError, match="not on PATH\n  fix:"):
        run(project, "dev", tmp_path / "scratch")


def resource(inputs: dict[str, Any], type_: str = "kubernetes:core/v1:ConfigMap") -> dict[str, Any]:
    return {"type": type_, "id": "default/settings", "inputs": {"kind": "ConfigMap", **inputs}}


def test_an_object_with_a_secret_anywhere_in_it_is_named() -> None:
    key, mark = SECRET_MARK
    found = secret_objects([resource({"data": {"token": {key: mark, "ciphertext": "v1:a"}}})])
    assert found == {("ConfigMap", "default", "settings")}


def test_a_secret_by_kind_is_named_whatever_is_in_it() -> None:
    assert secret_objects([resource({"kind": "Secret"})]) == {("Secret", "default", "settings")}


def test_an_object_without_a_secret_is_not_named() -> None:
    assert secret_objects([resource({"data": {"a": ["b"]}})]) == frozenset()


def test_a_provider_is_no_object() -> None:
    assert secret_objects([resource({}, "pulumi:providers:kubernetes")]) == frozenset()
