"""Pulumi's command line, which is all that reaches a backend.

Owns how a command is run, which folder it runs in, and which backend it takes where nobody
has logged in. It does not own what a command's failure means.
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
    if "PULUMI_BACKEND_URL" not in environment and not _logged_in(environment):
        # As `make up` has it: a folder of the project, without a passphrase.
        state = folder / ".state"
        state.mkdir(exist_ok=True)
        environment["PULUMI_BACKEND_URL"] = state.as_uri()
        environment.setdefault("PULUMI_CONFIG_PASSPHRASE", "")
    environment.setdefault("PULUMI_SKIP_UPDATE_CHECK", "true")
    return Pulumi(folder=folder, environment=environment)


def _logged_in(environment: Mapping[str, str]) -> bool:
    home = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        credentials = json.loads((home / "credentials.json").read_text())
    except (OSError, json.JSONDecodeError):
        return False
    return bool(credentials.get("current"))
