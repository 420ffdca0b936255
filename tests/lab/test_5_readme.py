"""The README, followed literally in a fresh copy of the project, on a lab of its own (slot 3)."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.paths import NodePaths
from tests.lab.conftest import PROJECT

SLOT = 3
COMMAND_SECONDS = 900
# Run by CI before any test, or of no use inside a test run.
ELSEWHERE = {"make test", "make unit", "make bench", "make lab", "make help"}


def commands() -> list[str]:
    """Return every command of the README's shell blocks, without its comment."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (PROJECT / "README.md").read_text(), flags=re.MULTILINE | re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [re.sub(r"\s+#.*", "", line) for line in lines if line]


@pytest.fixture(name="clone", scope="module")
def _clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    # The packages were installed by the target `setup` already, or this test would not run.
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    (folder / ".venv/.installed").touch()
    yield folder
    _shell(folder, "make down")


def _shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    removed = {"PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "KUBECONFIG", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    environment = {name: value for name, value in os.environ.items() if name not in removed}
    environment["INCREMENTAL_ISTIO_SLOT"] = str(SLOT)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{script}\nended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done


def test_every_command_of_the_readme_is_run_here_or_by_ci() -> None:
    run_here = {"make up", "make down", "make preview", "make render", "make checks", *EXAMPLE, *CANARY}
    assert set(commands()) == run_here | ELSEWHERE


EXAMPLE = ["make example", "make example-down"]
CANARY = [
    'eval "$(.venv/bin/python -m lab env)"',
    "pulumi config set --stack local --path 'incremental-istio:routes.reviews.split.v1' 90",
    "pulumi config set --stack local --path 'incremental-istio:routes.reviews.split.v2' 10",
    "pulumi up --stack local --yes",
    "make checks",
]


def test_make_up_ends_with_both_checks_passing(clone: Path) -> None:
    assert "Both verdicts hold." in _shell(clone, "make up").stdout


def test_make_up_leaves_the_project_as_it_was(clone: Path) -> None:
    assert (clone / "Pulumi.local.yaml").read_text() == (PROJECT / "Pulumi.local.yaml").read_text()


def test_make_preview_of_a_stack_that_is_up_shows_no_change(clone: Path) -> None:
    assert re.search(r"^ +\d+ unchanged$", _shell(clone, "make preview").stdout, flags=re.MULTILINE)


def test_make_render_writes_the_environment(clone: Path) -> None:
    _shell(clone, "make render")
    assert list((clone / "build/render/local").rglob("virtualservice*.yaml"))


def test_the_canary_of_the_readme_holds(clone: Path) -> None:
    said = _shell(clone, "\n".join(CANARY)).stdout
    assert "Both verdicts hold." in said and "90 %" in said


def test_make_up_works_on_a_context_of_your_own_kubeconfig(clone: Path) -> None:
    """A cluster like any other: reached by kubeconfig and context, the lab's command line not involved."""
    kubeconfig = NodePaths.of(SLOT).kubeconfig
    _shell(clone, 'eval "$(.venv/bin/python -m lab env)"; pulumi destroy --stack local --yes')
    said = _shell(
        clone,
        'eval "$(.venv/bin/python -m lab env)"\n'
        f"export KUBECONFIG={kubeconfig}\nmake up CONTEXT=lab\nmake down CONTEXT=lab",
    ).stdout
    assert "Both verdicts hold." in said


def test_make_down_takes_the_lab_away(clone: Path) -> None:
    _shell(clone, "make down")
    assert not NodePaths.of(SLOT).folder.exists()


def test_the_example_holds_and_leaves_nothing(clone: Path) -> None:
    up, down = EXAMPLE
    assert "Both verdicts hold." in _shell(clone, up).stdout
    _shell(clone, down)
    assert not NodePaths.of(SLOT).folder.exists()
