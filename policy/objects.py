"""A Kubernetes object as the rules see it: what is declared, and where that stands.

Owns the way through an object's parts; a part that is missing, or of another type than
Kubernetes has there, counts as empty, since the API server is who refuses it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One object.

    Attributes:
        body: the object, with the field names of its YAML.
        source: where it was read: a file of a render, a resource of a preview.
    """

    body: Mapping[str, Any]
    source: str

    @property
    def kind(self) -> str:
        """The kind, without its API group."""
        return str(self.body["kind"])

    @property
    def group(self) -> str:
        """The API group; empty for the core's."""
        return str(self.body["apiVersion"]).rpartition("/")[0]

    @property
    def namespace(self) -> str:
        """The namespace; empty where the object names none."""
        return str(at(self.body, "metadata", "namespace") or "")

    @property
    def name(self) -> str:
        """The name; the source's where a preview does not know it yet."""
        return str(at(self.body, "metadata", "name") or self.source)

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def at(value: object, *path: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Return what stands at a path, None where there is nothing."""
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def mapping(value: object, *path: str) -> Mapping[str, Any]:
    """Return the mapping at a path, an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, Mapping) else {}


def items(value: object, *path: str) -> list[Any]:
    """Return the list at a path, an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def pods(declared: Declared) -> Iterator[Mapping[str, Any]]:
    """Yield the pod that an object is, or those that it makes, with `metadata` and `spec`."""
    body = declared.body
    if declared.kind == "Pod":
        yield body
    elif declared.kind == "CronJob":
        yield mapping(body, "spec", "jobTemplate", "spec", "template")
    elif isinstance(at(body, "spec", "template", "spec"), Mapping):
        yield mapping(body, "spec", "template")


def containers(pod: Mapping[str, Any]) -> list[Any]:
    """Return a pod's containers, those that start before the others too (a sidecar can be one)."""
    return [*items(pod, "spec", "initContainers"), *items(pod, "spec", "containers")]
