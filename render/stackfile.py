"""A stack's config, copied for a render: what is plain of it, and nothing that is secret.

Owns the reading of `Pulumi.<stack>.yaml`. It does not own the keys: `settings` checks them.
"""

from pathlib import Path
from typing import Any

import yaml

from render.problem import RenderError
from settings.paths import PROJECT, unset_command


def plain_config(project: Path, stack: str) -> dict[str, Any]:
    """Return a stack's config without what only its own secrets provider can read.

    Args:
        project: folder of the project.
        stack: name of the stack, without organisation and project.

    Raises:
        RenderError: where there is no such stack, or one of the project's own keys is secret.
    """
    file = project / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        known = ", ".join(sorted(found.name.split(".")[1] for found in project.glob("Pulumi.*.yaml"))) or "none"
        raise RenderError(f"there is no {file.name}, which has the config of stack {stack} (there is: {known})")
    try:
        config = (yaml.safe_load(file.read_text()) or {}).get("config") or {}
        items = list(config.items())
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError) as error:
        raise RenderError(f"{file} is no stack's config: {error}") from error
    for key, value in items:
        if key.startswith(f"{PROJECT}:") and _is_secret(value):
            raise RenderError(
                f"{key} is a secret, and a render is read by people and stored in Git\n"
                f"  fix: {unset_command(key.removeprefix(f'{PROJECT}:'))}, then set it again without --secret"
            )
    # Whatever else is secret is another provider's credential, and no provider is asked for anything.
    return {key: value for key, value in items if not _is_secret(value)}


def _is_secret(value: object) -> bool:
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(_is_secret(inner) for inner in value.values())
    return isinstance(value, list) and any(_is_secret(inner) for inner in value)
