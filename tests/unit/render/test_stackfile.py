"""The copy of a stack's config."""

from pathlib import Path

import pytest

from render.problem import RenderError
from render.stackfile import plain_config


def written(folder: Path, text: str) -> Path:
    (folder / "Pulumi.dev.yaml").write_text(text)
    return folder


def test_the_plain_config_is_copied_as_it_is(tmp_path: Path) -> None:
    project = written(
        tmp_path, "config:\n  incremental-istio:routes: {reviews: {split: {v1: 90, v2: 10}}}\nencryptionsalt: v1:a\n"
    )
    assert plain_config(project, "dev") == {"incremental-istio:routes": {"reviews": {"split": {"v1": 90, "v2": 10}}}}


def test_another_providers_secret_is_left_out(tmp_path: Path) -> None:
    project = written(tmp_path, "config:\n  gcp:credentials: {secure: AAAB}\n  gcp:project: my-project\n")
    assert plain_config(project, "dev") == {"gcp:project": "my-project"}


@pytest.mark.parametrize("value", ["{secure: AAAB}", "{owner: {secure: AAAB}}", "{labels: [{secure: AAAB}]}"])
def test_a_secret_of_the_projects_own_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(RenderError, match="incremental-istio:gke is a secret"):
        plain_config(written(tmp_path, f"config:\n  incremental-istio:gke: {value}\n"), "dev")


@pytest.mark.parametrize("text", ["", "config:\n", "encryptionsalt: v1:a\n"])
def test_a_stack_without_config_has_the_defaults(tmp_path: Path, text: str) -> None:
    assert plain_config(written(tmp_path, text), "dev") == {}


def test_a_stack_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"no Pulumi\.prod\.yaml.*\(there is: dev\)"):
        plain_config(written(tmp_path, ""), "prod")


@pytest.mark.parametrize("text", ["a: [", "- a", "config: text"])
def test_a_file_that_is_no_config_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(RenderError, match="no stack's config"):
        plain_config(written(tmp_path, text), "dev")
