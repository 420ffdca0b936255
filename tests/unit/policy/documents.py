"""Objects as the project declares them, to be spoilt one part at a time."""

from collections.abc import Mapping
from typing import Any

from policy.objects import Declared
from policy.violation import Violation


def declared(body: Mapping[str, Any], source: str = "a file") -> Declared:
    return Declared(body=body, source=source)


def namespace(**labels: str) -> Declared:
    return declared({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}})


def pod(labels: Mapping[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"labels": dict(labels or {})},
        "spec": {"containers": [{"name": "app", "image": "app:1"}], **spec},
    }


def workload(template: Mapping[str, Any], kind: str = "Deployment") -> Declared:
    metadata = {"name": "reviews", "namespace": "default"}
    return declared({"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": {"template": template}})


def proxy(*args: str, name: str = "istio-proxy", image: str = "docker.io/istio/proxyv2:1.29.2") -> dict[str, Any]:
    return {"name": name, "image": image, "args": list(args)}


def to(subset: str | None = None, weight: int | None = None, host: str = "reviews") -> dict[str, Any]:
    destination = {"host": host, **({"subset": subset} if subset else {})}
    return {"destination": destination, **({"weight": weight} if weight is not None else {})}


def virtual_service(*routes: Any, namespace: str = "default", **spec: Any) -> Declared:
    return declared(
        {
            "apiVersion": "networking.istio.io/v1",
            "kind": "VirtualService",
            "metadata": {"name": "reviews", "namespace": namespace},
            "spec": {"hosts": ["*"], "http": [{"route": list(route)} for route in routes], **spec},
        }
    )


def destination_rule(*subsets: str, host: str = "reviews", namespace: str = "default") -> Declared:
    return declared(
        {
            "apiVersion": "networking.istio.io/v1",
            "kind": "DestinationRule",
            "metadata": {"name": "reviews", "namespace": namespace},
            "spec": {"host": host, "subsets": [{"name": subset} for subset in subsets]},
        }
    )


def service(annotations: Mapping[str, str] | None = None, **spec: Any) -> Declared:
    metadata = {"name": "istio-ingressgateway", "namespace": "istio-system", "annotations": dict(annotations or {})}
    return declared({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})


def facts(violations: Any) -> list[str]:
    found: list[Violation] = list(violations)
    return [violation.fact for violation in found]
