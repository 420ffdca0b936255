"""A route: one service behind the ingress gateway, and what happens to its requests.

Owns a Gateway (unless the route names one that is there), a VirtualService, a DestinationRule, and
what the route says about callers inside the cluster. It does not own the service, nor the
gateway's pods: it only selects them by their label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components import destination_rule, istio_object, virtual_service
from components.aliases import Aliases, AliasesArgs
from components.only_through_gateway import admit_only_the_gateway
from settings.route import RouteSettings


@dataclass(frozen=True, kw_only=True)
class GatewayRouteArgs:
    """What is routed (`route`), and which gateway's pods, in which namespace, serve it."""

    route: RouteSettings
    gateway_selector: Mapping[str, str]
    gateway_namespace: str


class GatewayRoute(pulumi.ComponentResource):
    """The post's `reviews-gateway`, VirtualService and DestinationRule, for any service.

    The objects are called after the service and live beside it; the Gateway is `<service>-gateway`. istiod
    does not check what the API server accepted, so every rule is checked in ``settings``.
    """

    def __init__(self, name: str, args: GatewayRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the objects; ``opts`` must depend on the CRDs."""
        super().__init__("incremental-istio:istio:GatewayRoute", name, None, opts)
        self._name, self._route = name, args.route
        gateway = args.route.gateway or f"{args.route.service}-gateway"
        if args.route.gateway is None:
            spec = {"selector": dict(args.gateway_selector), "servers": servers(args.route)}
            self._declare("gateway", "Gateway", gateway, spec)
        if destination_rule.is_needed(args.route):
            spec = destination_rule.spec(args.route)
            self._declare("destination-rule", "DestinationRule", args.route.service, spec)
        spec = virtual_service.spec(args.route, [gateway])
        self._declare("virtual-service", "VirtualService", args.route.service, spec)
        mine = pulumi.ResourceOptions(parent=self)
        selector, namespace = args.gateway_selector, args.gateway_namespace
        if args.route.aliases:
            aliases = AliasesArgs(route=args.route, gateway_selector=selector, gateway_namespace=namespace)
            Aliases(f"{name}-aliases", aliases, mine)
        if args.route.only_through_gateway:
            admit_only_the_gateway(name, args.route, selector, namespace, mine)
        self.register_outputs({"gateway": gateway, "split": args.route.split})

    def _declare(self, role: str, kind: str, name: str, spec: dict[str, Any]) -> None:
        metadata = {"name": name, "namespace": self._route.namespace}
        istio_object.declare(f"{self._name}-{role}", kind, metadata, spec, self)


def servers(route: RouteSettings) -> list[dict[str, Any]]:
    """Return the servers of a route's own Gateway: plain HTTP, and HTTPS where the route has a certificate."""
    # `./`: a team that may write VirtualServices of its own must not claim requests of this Gateway.
    hosts = [f"./{host}" for host in route.hosts]
    plain: dict[str, Any] = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": hosts}
    if route.tls is None:
        return [plain]
    if route.tls.https_redirect:
        plain["tls"] = {"httpsRedirect": True}
    encrypted = {
        "port": {"number": 443, "name": f"https-{route.namespace}-{route.service}", "protocol": "HTTPS"},
        "hosts": hosts,
        "tls": {"mode": "SIMPLE", "credentialName": route.tls.credential_name},
    }
    return [plain, encrypted]
