"""Pulumi's command line, which is all that reaches a backend.

Owns how a command is run, and which folder it runs in. It does not own what a command's
failure means.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments import backend
from environments.errors import EnvironmentsError, PulumiError

HERE = Path(__file__).parents[1]
PROJECT_FILE = "Pulumi.yaml"


@dataclass(frozen=True, kw_only=True)
class Pulumi:
    """The `pulumi` on the PATH, in a project's folder."""

    folder: Path
    environment: Mapping[str, str] = field(repr=False)

    def run(self, *arguments: str) -> str:
        """Run a command and return its output.

        Raises:
            PulumiError: it failed.
        """
        command = ("pulumi", *arguments)
        done = subprocess.run(
            [*command, "--non-interactive"],
            cwd=self.folder, env=dict(self.environment), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise PulumiError(command, done.returncode, done.stderr or done.stdout)
        return done.stdout

    def json(self, *arguments: str) -> Any:  # noqa: ANN401 - whatever the command prints
        """Run a command and return the JSON that it prints."""
        return json.loads(self.run(*arguments, "--json") or "null")

    def show(self, *arguments: str, more: Mapping[str, str] | None = None) -> str:
        """Run a command that takes long, show its output on standard error as it comes, and return it.

        Args:
            arguments: of the command.
            more: variables for its environment.

        Raises:
            PulumiError: it failed.
        """
        command = ("pulumi", *arguments)
        with subprocess.Popen(
            [*command, "--non-interactive"],
            cwd=self.folder, env={**self.environment, **(more or {})},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            said = []
            for line in process.stdout:
                sys.stderr.write(line)
                said.append(line)
        if process.returncode:
            raise PulumiError(command, process.returncode, "".join(said[-40:]))
        return "".join(said)


def find() -> Pulumi:
    """Return the pulumi to work with: of the project in the current folder, else of this one.

    Raises:
        EnvironmentsError: there is none.
    """
    environment = dict(os.environ)
    folder = Path.cwd() if Path(PROJECT_FILE).is_file() else HERE
    if shutil.which("pulumi") is None:
        raise EnvironmentsError(
            "there is no `pulumi` on the PATH, and the backend is reached through it.\n"
            '    fix: eval "$(.venv/bin/python -m lab env)"  # or https://www.pulumi.com/docs/install/'
        )
    environment |= backend.unless_chosen(folder, environment)
    environment.setdefault("PULUMI_SKIP_UPDATE_CHECK", "true")
    environment.setdefault("PULUMI_PARALLEL", "64")  # by default four steps per core, which Deployments wait in
    return Pulumi(folder=folder, environment=environment)
