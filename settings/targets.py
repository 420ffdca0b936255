"""Whether what routes lead to is there: their Services, and the Gateways that they name.

Owns the look, no rule of a route. A Service may come later than its route, so a lack of it is a
warning; a Gateway that is not there, where the stack brings no control plane, is a problem.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from settings.api_client import ApiClient
from settings.brought import OF_BOOKINFO
from settings.overlap import own_gateways
from settings.paths import member, unset_command
from settings.problem import Problem
from settings.route import RouteSettings

SERVICE: Final = "/api/v1/namespaces/{}/services/{}"
GATEWAY: Final = "/apis/networking.istio.io/v1/namespaces/{}/gateways/{}"


def service_warnings(api: ApiClient, routes: Mapping[str, RouteSettings], declared: str | None) -> Iterator[str]:
    """Yield the routes whose Service is not there, or has another port.

    Args:
        api: the cluster.
        routes: by name.
        declared: the namespace of the Services that the stack itself declares; None where it declares none.
    """
    for name, route in routes.items():
        if route.namespace == declared and route.service in OF_BOOKINFO:
            continue
        service = api.get(SERVICE.format(route.namespace, route.service))
        if service is None:
            continue
        where = f"{member('routes', name)}: the Service {route.service} of namespace {route.namespace}"
        ports = [port["port"] for port in (service.get("spec") or {}).get("ports") or ()]
        if not service:
            yield f"{where} is not there; its share is answered with 503 until it is there"
        elif ports and route.port not in ports:
            has = ", ".join(map(str, ports))
            yield f"{where} has no port {route.port} (it has {has}); its share is answered with 503 until it has"


def gateway_problems(api: ApiClient, routes: Mapping[str, RouteSettings]) -> Iterator[Problem]:
    """Yield the routes that name a Gateway which is not there, nor another route's."""
    of_routes = own_gateways(routes)
    for name, route in routes.items():
        if route.gateway is None or route.gateway in of_routes or _gateway(api, route.gateway) != {}:
            continue
        key = f"{member('routes', name)}.gateway"
        fix = f"{unset_command(key)}  # a Gateway of the route's own; those that are there: kubectl get gateways -A"
        yield Problem(key=key, value=route.gateway, rule="its cluster has no such Gateway", fix=fix)


def selector(api: ApiClient, route: RouteSettings) -> dict[str, str] | None:
    """Return the labels of the pods that serve the Gateway which a route names; None where it names none."""
    found = _gateway(api, route.gateway) if route.gateway else None
    labels: dict[str, str] | None = ((found or {}).get("spec") or {}).get("selector")
    return labels


def _gateway(api: ApiClient, name: str) -> dict[str, Any] | None:
    return api.get(GATEWAY.format(*name.split("/", 1)))
