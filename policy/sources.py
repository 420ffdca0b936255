"""From a preview's JSON, or a render's folder, to the objects that are declared.

Owns what counts as input that nothing can be said about: a preview that failed or leaves
out what stays as it is, a folder without objects, a file that is no YAML.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from policy.objects import Declared, items, mapping

PREVIEW_COMMAND: Final = "pulumi preview --json --show-sames"
CHART: Final = "kubernetes:helm.sh/v4:Chart"
# Steps after which the object is gone, or is what it was before its replacement.
GONE: Final = ("delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace", "read-discard")


class InputError(Exception):
    """Nothing could be checked."""


def from_preview(text: str) -> list[Declared]:
    """Return the objects that there will be after the update of a preview.

    Args:
        text: what `pulumi preview --json --show-sames` printed.
    """
    try:
        preview = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"it is no JSON ({error}); expected is the output of `{PREVIEW_COMMAND}`") from error
    errors = [
        str(found.get("message", "")).strip()
        for found in items(preview, "diagnostics")
        if isinstance(found, Mapping) and found.get("severity") == "error"
    ]
    if errors:
        raise InputError("the preview failed: " + "\n".join(errors))
    steps = [step for step in items(preview, "steps") if isinstance(step, Mapping)]
    if not steps:
        raise InputError(f"there is no step of a preview in it; expected is the output of `{PREVIEW_COMMAND}`")
    unchanged = mapping(preview, "changeSummary").get("same", 0)
    shown = sum(step.get("op") == "same" for step in steps)
    if shown < unchanged:
        raise InputError(f"it leaves out {unchanged - shown} resources that stay as they are; run `{PREVIEW_COMMAND}`")
    after = {str(step["urn"]): mapping(step, "newState") for step in steps if step.get("op") not in GONE}
    _check_charts(after)
    return _some(
        Declared(body=state["inputs"], source=urn.rpartition("::")[2])
        for urn, state in after.items()
        if str(state.get("type", "")).startswith("kubernetes:") and _is_object(state.get("inputs"))
    )


def from_render(folder: Path) -> list[Declared]:
    """Return the objects of every YAML file below a folder."""
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}; `make render` writes one")
    return _some(
        Declared(body=body, source=str(file.relative_to(folder)))
        for file in sorted({*folder.rglob("*.yaml"), *folder.rglob("*.yml")})
        for body in _documents(file)
    )


def _check_charts(after: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a preview in which a chart is one empty line: its objects are half of what there is to check."""
    parents = {state.get("parent") for state in after.values()}
    for urn, state in after.items():
        if state.get("type") == CHART and urn not in parents:
            raise InputError(
                f"the objects of chart {urn.rpartition('::')[2]} are not in the preview, since its cluster is not "
                "there yet; check the render: make render, then python -m policy --render FOLDER"
            )


def _documents(file: Path) -> Iterator[Mapping[str, Any]]:
    try:
        documents = list(yaml.safe_load_all(file.read_text()))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{file} cannot be read: {error}") from error
    for document in documents:
        if document is None:
            continue
        for body in document["items"] if isinstance(document, dict) and "items" in document else [document]:
            if not _is_object(body):
                raise InputError(f"{file} has something in it that is no Kubernetes object (no apiVersion or no kind)")
            yield body


def _is_object(body: object) -> bool:
    return isinstance(body, Mapping) and isinstance(body.get("kind"), str) and isinstance(body.get("apiVersion"), str)


def _some(declared: Iterator[Declared]) -> list[Declared]:
    found = list(declared)
    if not found:
        raise InputError("there is no Kubernetes object in it")
    return found
