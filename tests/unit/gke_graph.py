"""Everything that the target `gke` declares, as a file to review: tests/unit/gke_graph.yaml.

`python -m tests.unit.gke_graph` writes it anew; a unit test holds it to the program. What a chart renders is not in
it, for the mocks render none.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.unit.components.conftest import Recorder, Registered
from tests.unit.story import tell_gke

FILE = Path(__file__).with_suffix(".yaml")
COMMAND = "python -m tests.unit.gke_graph"
HEAD = f"# Written by `{COMMAND}`: every resource of the target gke, as the engine is told of it.\n"


class _Readable(yaml.SafeDumper):
    """Without anchors, and with long texts line by line."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class's signature
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Readable.add_representer(str, _Readable.represent_str)


def document(recorder: Recorder) -> str:
    """Return the file for what was recorded, in the order of names: that of registration is chance's."""
    resources = sorted(recorder.resources, key=lambda one: (one.type, one.name))
    graph = {f"{one.type} {one.name}": dict(_facts(one)) for one in resources}
    assert len(graph) == len(resources), "two resources of one type share a name"
    return HEAD + yaml.dump(graph, Dumper=_Readable, sort_keys=False, width=120)


def _facts(resource: Registered) -> Iterator[tuple[str, Any]]:
    """Yield what is set of a resource; its transforms are the story's own, and no fact of it."""
    for name in ("parent", "provider", "deleted_with", "delete_before_replace", "retain_on_delete"):
        if value := getattr(resource, name):
            yield name, value
    for name in ("depends_on", "ignore_changes"):
        if value := getattr(resource, name):
            yield name, sorted(value)
    if resource.inputs:
        yield "inputs", _plain(resource.inputs)


def _plain(value: Any) -> Any:
    """Return an input as one reads it: whole numbers whole, a secret in the open, JSON in a text as what it says."""
    if isinstance(value, Mapping):
        if "value" in value and any(len(key) == 32 for key in value):
            return {"secret": _plain(value["value"])}
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, str) and value.startswith("{"):
        return {"json": json.loads(value)}
    # The engine's protocol knows no integers.
    return int(value) if isinstance(value, float) and value.is_integer() else value


if __name__ == "__main__":
    FILE.write_text(document(tell_gke()))
