"""The gateway that is there, for `istio.install: nothing`: its pods, and the Service before them.

Owns the look for them, and the problem that there are none. Nothing here is declared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from settings.api_client import ApiClient
from settings.existing_istio import PODS
from settings.paths import set_command
from settings.problem import Problem

SERVICES: Final = "/api/v1/namespaces/{}/services"
HTTP_PORT: Final = 80


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """A gateway that is there.

    Attributes:
        namespace: of its pods; empty where they were not found.
        host: DNS name inside the cluster; empty where no Service was found.
        address: IP or host name outside; empty where the Service has none.
    """

    selector: Mapping[str, str]
    namespace: str = ""
    host: str = ""
    address: str = ""


def find(api: ApiClient, selector: Mapping[str, str]) -> Entrance | None:
    """Return the gateway whose pods have some labels; None where there are no such pods."""
    pods = api.items(PODS, **selector)
    if pods == []:
        return None
    if pods is None:
        return Entrance(selector=selector)
    namespace = pods[0]["metadata"]["namespace"]
    found = list(_services(api, pods[0]))
    if not found:
        return Entrance(selector=selector, namespace=namespace)
    metadata = found[0]["metadata"]
    ingress = ((found[0].get("status") or {}).get("loadBalancer") or {}).get("ingress") or [{}]
    return Entrance(
        selector=selector,
        namespace=namespace,
        host=f"{metadata['name']}.{metadata['namespace']}",
        address=ingress[0].get("ip") or ingress[0].get("hostname") or "",
    )


def absent(selector: Mapping[str, str]) -> Problem:
    """Return the problem of a gateway that is not there."""
    shown = ",".join(f"{name}={value}" for name, value in selector.items())
    rule = "its cluster has no pods with these labels, so nobody would serve the routes"
    fix = f"{set_command('gateway.selector.istio', 'VALUE')}  # see: kubectl get pods -A --show-labels"
    return Problem(key="gateway.selector", value=shown, rule=rule, fix=fix)


def _services(api: ApiClient, pod: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the Services that lead to a pod's port for HTTP."""
    metadata = pod["metadata"]
    labels = metadata.get("labels") or {}
    for one in api.items(SERVICES.format(metadata["namespace"])) or ():
        selector = one["spec"].get("selector") or {}
        ports = {port["port"] for port in one["spec"].get("ports") or ()}
        if selector and selector.items() <= labels.items() and HTTP_PORT in ports:
            yield one
