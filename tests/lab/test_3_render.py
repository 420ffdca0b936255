"""The render of the stack is what the stack declares, and keeps the project's rules."""

import json
import subprocess
import sys
from collections.abc import Iterator
from filecmp import dircmp
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy.sources import from_preview, from_render
from tests.lab.conftest import COMMAND_SECONDS, PROJECT, Stack


def module(stack: Stack, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *map(str, arguments)]
    # Nothing here may look for the cluster.
    environment = {**stack.lab.environment, "KUBECONFIG": "/nonexistent"}
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
    )


def render(stack: Stack, out: Path) -> Path:
    done = module(stack, "render", "local", "--project", stack.folder, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(name="rendered", scope="module")
def _rendered(project: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(project, tmp_path_factory.mktemp("render") / "local")


@pytest.fixture(name="doctored")
def _doctored(rendered: Path) -> Iterator[Path]:
    """The render with a weight that was changed by hand."""
    file = rendered / "namespaces" / "default" / "virtualservice.networking.istio.io-reviews.yaml"
    text = file.read_text()
    virtual_service = yaml.safe_load(text)
    virtual_service["spec"]["http"][0]["route"][0]["weight"] = 60
    file.write_text(yaml.safe_dump(virtual_service))
    yield rendered
    file.write_text(text)


def named(found: Any) -> set[tuple[str, str, str, str]]:
    return {(one.group, one.kind, one.namespace, one.name) for one in found}


def preview(stack: Stack) -> str:
    return stack.pulumi("preview", "--json", "--show-sames").stdout


def test_the_render_has_exactly_the_objects_that_the_running_stack_declares(stack: Stack, rendered: Path) -> None:
    assert named(from_render(rendered)) == named(from_preview(preview(stack)))


def test_the_render_says_of_each_object_what_the_running_stack_says(stack: Stack, rendered: Path) -> None:
    def specs(found: Any) -> dict[str, Any]:
        return {str(one): one.body.get("spec") for one in found if one.kind != "CustomResourceDefinition"}

    assert specs(from_render(rendered)) == specs(from_preview(preview(stack)))


def test_a_second_render_is_identical(project: Stack, rendered: Path, tmp_path: Path) -> None:
    def differences(comparison: Any) -> list[str]:
        here = [*comparison.left_only, *comparison.right_only, *comparison.diff_files, *comparison.funny_files]
        return here + [name for inner in comparison.subdirs.values() for name in differences(inner)]

    assert differences(dircmp(rendered, render(project, tmp_path / "again"))) == []


def test_a_render_leaves_the_stack_as_it_was(project: Stack, rendered: Path) -> None:
    assert rendered.is_dir()
    assert [stack["name"] for stack in json.loads(project.pulumi("stack", "ls", "--json").stdout)] == ["local"]


def test_a_changed_split_changes_one_file(project: Stack, rendered: Path, tmp_path: Path) -> None:
    project.set(v1=90, v2=10)
    try:
        changed = render(project, tmp_path / "changed")
    finally:
        project.set(v1=50, v2=50)
    differing = [
        file.name
        for file in sorted(rendered.rglob("*.yaml"))
        if file.read_text() != (changed / file.relative_to(rendered)).read_text()
    ]
    assert differing == ["virtualservice.networking.istio.io-reviews.yaml"]


def test_a_render_can_be_applied(stack: Stack, rendered: Path) -> None:
    said = stack.lab.run("kubectl", "apply", "--dry-run=server", "--validate=strict", "-R", "-f", str(rendered))
    assert len(said.stdout.splitlines()) == len(from_render(rendered))


def test_the_render_keeps_the_projects_rules(project: Stack, rendered: Path) -> None:
    done = module(project, "policy", "--render", rendered)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_preview_keeps_the_projects_rules(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "preview.json").write_text(preview(stack))
    done = module(stack, "policy", "--preview", tmp_path / "preview.json")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_doctored_render_is_found_out(project: Stack, doctored: Path) -> None:
    done = module(project, "policy", "--render", doctored)
    assert done.returncode == 1 and "sum to 110 (v1 60, v2 50)" in done.stdout, done.stdout + done.stderr
