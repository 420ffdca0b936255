"""A backend that is a folder of this machine: where it is, and what a killed pulumi leaves in it.

Owns the layout of such a folder, as pulumi 3.61 and later write it. From any other backend it
has nothing.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import yaml

from environments.cli import PROJECT_FILE, Pulumi


def mend(pulumi: Pulumi) -> list[str]:
    """Take away the files that a kill left empty, and return what was done, in words.

    Beside each file stands one with its attributes, which is not replaced at once but written anew. Killed
    in between, pulumi leaves it empty, and from then on answers every command with "EOF". A file without
    attributes is as good as one with them.
    """
    root = _root(pulumi)
    if root is None:
        return []
    empty = [file for file in sorted(root.glob("**/*.attrs")) if file.stat().st_size == 0]
    for file in empty:
        file.unlink(missing_ok=True)
    return [f"took away {file}, which a killed run left empty" for file in empty]


def locks(pulumi: Pulumi, name: str) -> list[dict[str, Any]]:
    """Return what the lock files of a stack say: pid, username, hostname, timestamp."""
    root = _root(pulumi)
    if root is None:
        return []
    project = yaml.safe_load((pulumi.folder / PROJECT_FILE).read_text())["name"]
    return [
        json.loads(file.read_text()) for file in sorted((root / "locks/organization" / project / name).glob("*.json"))
    ]


def _root(pulumi: Pulumi) -> Path | None:
    url = pulumi.environment.get("PULUMI_BACKEND_URL") or pulumi.json("whoami", "--verbose")["url"]
    backend = urlparse(url)
    if backend.scheme != "file":
        return None
    return pulumi.folder / Path(unquote(f"{backend.netloc}{backend.path}")).expanduser() / ".pulumi"
