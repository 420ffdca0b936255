"""A cluster as the rules see it: objects by path; what is not here is not there."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from settings.api_client import ApiClient

# What nobody may ask.
DENIED = None


class FakeApi(ApiClient):
    """Answers from a mapping of path to object; a list's objects are told with their labels beside the path."""

    def __init__(self, objects: Mapping[str, Any] | None = None) -> None:
        self.objects: dict[str, Any] = dict(objects or {})

    def get(self, path: str) -> dict[str, Any] | None:
        """Return what is there."""
        found: dict[str, Any] | None = self.objects.get(path, {})
        return found


def listed(path: str, items: Sequence[Mapping[str, Any]] | None, **labels: str) -> dict[str, Any]:
    """Return a list of objects under its path; None where nobody may list them."""
    selector = ",".join(f"{name}={value}" for name, value in labels.items())
    query = f"?{urlencode({'labelSelector': selector})}" if labels else ""
    return {f"{path}{query}": None if items is None else {"items": list(items)}}


def namespace(
    name: str, labels: Mapping[str, str] | None = None, annotations: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a namespace."""
    return {"metadata": {"name": name, "labels": labels, "annotations": annotations}}


def istiod(
    namespace: str = "istio-system",
    name: str = "istiod",
    revision: str = "default",
    image: str = "docker.io/istio/pilot:1.29.2",
    **environment: str,
) -> dict[str, Any]:
    """Return the Deployment of an istiod."""
    container = {
        "name": "discovery",
        "image": image,
        "env": [
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            *({"name": key, "value": value} for key, value in environment.items()),
        ],
    }
    metadata = {"namespace": namespace, "name": name, "labels": {"app": "istiod", "istio.io/rev": revision}}
    return {"metadata": metadata, "spec": {"template": {"spec": {"containers": [container]}}}}
