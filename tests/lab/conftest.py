"""A lab and a stack of the tests' own: slot 1 by default, a copy of the project, a state in a temporary folder."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from environments.backend import folder_url

PROJECT = Path(__file__).parents[2]
SLOT = int(os.environ.get("INCREMENTAL_ISTIO_TEST_SLOT", "1"))
PROGRAM = ("__main__.py", "Pulumi.yaml", "Pulumi.local.yaml", "components", "settings")
COMMAND_SECONDS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the lab; the items may be of other folders, too."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.lab)


@dataclass(frozen=True)
class Lab:
    """A running node and the environment of a shell that works with it."""

    environment: dict[str, str]

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of the toolchain; a failure shows its output."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )
        if check and done.returncode:
            pytest.fail(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def objects(self, kinds: str) -> list[dict[str, Any]]:
        """Return every object of some kinds, of all namespaces."""
        items: list[dict[str, Any]] = json.loads(self.run("kubectl", "get", kinds, "-A", "-o", "json").stdout)["items"]
        return items


@dataclass(frozen=True)
class Stack:
    """The project's stack `local`, in a copy of the project, so that no config of yours is changed."""

    lab: Lab
    folder: Path

    def pulumi(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run pulumi on the stack."""
        return self.lab.run("pulumi", f"--cwd={self.folder}", *arguments, check=check)

    def up(self, *more: str) -> None:
        """Bring the stack up."""
        self.pulumi("up", "--yes", "--skip-preview", *more)

    def set(self, **weights: int) -> None:
        """Set weights of the split."""
        for subset, weight in weights.items():
            self.pulumi("config", "set", "--path", f"incremental-istio:routes.reviews.split.{subset}", str(weight))

    def destroy(self) -> None:
        """Take the stack down."""
        self.pulumi("destroy", "--yes")

    def checks(self, *more: str) -> dict[str, Any]:
        """Run the post's two checks; they end with 0 or the test fails."""
        outputs = self.folder / "outputs.json"
        outputs.write_text(self.pulumi("stack", "output", "--json", "--show-secrets").stdout)
        command = [sys.executable, "-m", "checks", "--outputs", str(outputs), "--json", *more]
        done = subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )
        assert done.returncode == 0, f"a verdict does not hold:\n{done.stdout}{done.stderr}"
        report: dict[str, Any] = json.loads(done.stdout)
        return report


def lab_command(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `python -m lab`."""
    command = [sys.executable, "-m", "lab", *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=2400, check=False)
    if check and done.returncode:
        pytest.fail(f"lab {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def environment_of(slot: int) -> dict[str, str]:
    """Return what `lab env` gives a shell."""
    exports = lab_command("env", "--slot", str(slot)).stdout
    printed = subprocess.run(
        ["bash", "-c", f"{exports}\nenv -0"], env=dict(os.environ), capture_output=True, text=True, check=True
    ).stdout
    return dict(entry.split("=", 1) for entry in printed.split("\0") if entry)


@pytest.fixture(name="lab", scope="session")
def _lab() -> Iterator[Lab]:
    lab_command("down", "--slot", str(SLOT))
    lab_command("up", "--slot", str(SLOT))
    yield Lab(environment_of(SLOT))
    lab_command("down", "--slot", str(SLOT))


@pytest.fixture(name="project", scope="session")
def _project(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The stack, selected but not up."""
    folder = tmp_path_factory.mktemp("project")
    for name in PROGRAM:
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    state = tmp_path_factory.mktemp("state")
    backend = {"PULUMI_BACKEND_URL": folder_url(state), "PULUMI_CONFIG_PASSPHRASE": ""}
    environment = {**lab.environment, **backend, "GOGC": "400"}
    stack = Stack(Lab(environment), folder)
    stack.pulumi("stack", "select", "--create", "local")
    return stack


@pytest.fixture(name="stack")
def _stack(project: Stack) -> Stack:
    """The stack, up; free of charge when it is up already."""
    if not resources(project):
        project.up()
    return project


def resources(stack: Stack) -> Sequence[dict[str, Any]]:
    """Return what the stack's state holds."""
    exported = json.loads(stack.pulumi("stack", "export").stdout)
    found: list[dict[str, Any]] = exported["deployment"].get("resources", [])
    return [resource for resource in found if resource.get("custom")]
