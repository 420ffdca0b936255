"""The files of a render: one object each, under a name that only the object decides.

Owns their layout and what is taken off the objects. A file has exactly what would be
applied, less two things: annotations `pulumi.com/*`, which tell Pulumi what to wait for and
mean nothing to anybody else, and objects with a secret in them, which are left out whole.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from render.problem import RenderError

MARKER: Final = ".render"
MARKER_TEXT: Final = """Written by `make render`, which removes the folders beside this file and writes them anew.
What kubectl applies first, and waits for, is in cluster/:
  kubectl apply -R -f cluster && kubectl wait crd --all --for condition=Established && kubectl apply -R -f namespaces
"""
# Namespaces and definitions come before what needs them, also in a plain listing.
CLUSTER, NAMESPACES = "cluster", "namespaces"


def check_target(out: Path) -> None:
    """Refuse a folder that has something in it which no render has written."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise RenderError(f"{out} is no folder\n  fix: make render OUT=build/render/NAME")
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise RenderError(
            f"{out} is not empty, and what is in it is no earlier render (it has no {MARKER}); nothing was written\n"
            "  fix: make render OUT=build/render/NAME, or empty the folder"
        )


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the objects of every YAML file below a folder."""
    return [
        document
        for file in sorted(folder.rglob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text())
        if document is not None
    ]


def write(objects: Iterable[dict[str, Any]], out: Path) -> list[Path]:
    """Write the objects, in place of an earlier render's; return the files, relative to the folder."""
    content: dict[Path, str] = {}
    for found in objects:
        name = path_of(found)
        if name in content:
            raise RenderError(f"the program declares {describe(found)} twice; nothing was written")
        content[name] = yaml.safe_dump(without_noise(found), sort_keys=True, width=120, allow_unicode=True)
    if not content:
        raise RenderError("the program declares no object; nothing was written")
    out.mkdir(parents=True, exist_ok=True)
    # First the mark: what comes after it may be interrupted, and is then an earlier render all the same.
    (out / MARKER).write_text(MARKER_TEXT)
    for part in (CLUSTER, NAMESPACES):
        shutil.rmtree(out / part, ignore_errors=True)
    for name, text in content.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text)
    return sorted(content)


def path_of(found: dict[str, Any]) -> Path:
    """Return an object's file: its scope's folder, and its name as `kubectl get -o name` has it."""
    group = found["apiVersion"].rpartition("/")[0]
    kind = f"{found['kind']}.{group}" if group else found["kind"]
    metadata = found["metadata"]
    folder = Path(NAMESPACES, metadata["namespace"]) if metadata.get("namespace") else Path(CLUSTER)
    # Names of roles may have a colon, which not every file system takes.
    return folder / f"{kind.lower()}-{metadata['name'].replace(':', '_')}.yaml"


def identity(found: dict[str, Any]) -> tuple[str, str, str]:
    """Return kind, namespace and name."""
    return found["kind"], found["metadata"].get("namespace") or "", found["metadata"]["name"]


def describe(found: dict[str, Any]) -> str:
    """Name an object for a person."""
    kind, namespace, name = identity(found)
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


def without_noise(found: dict[str, Any]) -> dict[str, Any]:
    """Return an object without the annotations that only Pulumi reads."""
    metadata = dict(found["metadata"])
    annotations = {
        key: value for key, value in (metadata.pop("annotations", None) or {}).items() if not _only_pulumis(key)
    }
    return {**found, "metadata": {**metadata, **({"annotations": annotations} if annotations else {})}}


def _only_pulumis(annotation: str) -> bool:
    return annotation.startswith("pulumi.com/")
