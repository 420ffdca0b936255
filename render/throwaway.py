"""The program, run for a stack that lives as long as the render.

Owns a copy of the stack's config, a state and a project of its own, all in a temporary
folder. It touches neither the real stack nor its backend, and it needs no account.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from render.problem import RenderError
from render.stackfile import plain_config
from settings.rendering import VARIABLE

SECONDS: Final = 300
# How Pulumi marks a secret in a state:
# https://www.pulumi.com/docs/iac/concepts/secrets/#how-secrets-relate-to-outputs
SECRET_MARK: Final = ("4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270")


@dataclass(frozen=True)
class Throwaway:
    """What the program declared.

    Attributes:
        folder: has a file for each object, as the provider names them.
        secret: objects with a secret in them, as (kind, namespace, name).
    """

    folder: Path
    secret: frozenset[tuple[str, str, str]]


def run(project: Path, stack: str, scratch: Path) -> Throwaway:
    """Run the program so that its objects are written, not applied.

    Args:
        project: folder of the project.
        stack: name of the stack whose config is used.
        scratch: an empty folder for all that this leaves.
    """
    config = plain_config(project, stack)
    home, state, objects = (scratch / name for name in ("project", "state", "objects"))
    for folder in (home, state, objects):
        folder.mkdir()
    for entry in project.iterdir():
        # The other stacks' configs stay away, so that nothing can write to them.
        if entry.name == "Pulumi.yaml" or not entry.name.startswith("Pulumi."):
            (home / entry.name).symlink_to(entry)
    (home / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}))

    environment = {
        **{key: value for key, value in os.environ.items() if key != "PULUMI_CONFIG_PASSPHRASE_FILE"},
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        VARIABLE: str(objects),
    }
    here = ["--non-interactive", f"--cwd={home}"]
    _pulumi(["stack", "init", stack, "--no-select", *here], environment)
    _pulumi(["up", "--yes", "--skip-preview", "--suppress-outputs", f"--stack={stack}", *here], environment)
    exported = json.loads(_pulumi(["stack", "export", f"--stack={stack}", *here], environment))
    return Throwaway(objects, secret_objects(exported["deployment"].get("resources", [])))


def secret_objects(resources: list[dict[str, Any]]) -> frozenset[tuple[str, str, str]]:
    """Name the objects of a state that are Secrets or have a secret anywhere in them."""
    found = set()
    for resource in resources:
        inputs = resource.get("inputs", {})
        if not resource["type"].startswith("kubernetes:") or "kind" not in inputs:
            continue
        if inputs["kind"] == "Secret" or _has_secret(inputs):
            # The name may be secret itself, in which case the id has it.
            namespace, _, name = resource["id"].rpartition("/")
            found.add((inputs["kind"], namespace, name))
    return frozenset(found)


def _has_secret(value: object) -> bool:
    if isinstance(value, dict):
        key, mark = SECRET_MARK
        return value.get(key) == mark or any(_has_secret(inner) for inner in value.values())
    return isinstance(value, list) and any(_has_secret(inner) for inner in value)


def _pulumi(arguments: list[str], environment: dict[str, str]) -> str:
    try:
        done = subprocess.run(
            ["pulumi", *arguments], env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError:
        raise RenderError(
            "pulumi is not on PATH\n"
            "  fix: https://www.pulumi.com/docs/install/, or the lab's: "
            'eval "$(.venv/bin/python -m lab env)"'
        ) from None
    except subprocess.TimeoutExpired:
        raise RenderError(f"pulumi {arguments[0]} was not done after {SECONDS} s") from None
    if done.returncode:
        raise RenderError(f"pulumi {arguments[0]} ended with {done.returncode}:\n{_reason(done)}")
    return done.stdout


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Return what pulumi has to say for itself, without its progress."""
    _, found, diagnostics = done.stdout.partition("Diagnostics:\n")
    return (diagnostics.partition("\nResources:")[0] if found else done.stdout + done.stderr).strip("\n")
