"""A route: one service behind the ingress gateway, its requests split between subsets.

Owns a Gateway, a VirtualService and a DestinationRule. It does not own the service, nor
the gateway's pods: it only selects them by their label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from settings.route import RouteSettings

API_VERSION: Final = "networking.istio.io/v1"


@dataclass(frozen=True, kw_only=True)
class GatewayRouteArgs:
    """What is routed (`route`), where its objects live, and which gateway's pods serve it."""

    route: RouteSettings
    namespace: str
    gateway_selector: Mapping[str, str]


class GatewayRoute(pulumi.ComponentResource):
    """The post's `reviews-gateway`, VirtualService and DestinationRule, for any service.

    The objects are called after the service; the Gateway is `<service>-gateway`. istiod
    does not check what the API server accepted, so every rule is checked in ``settings``.
    """

    def __init__(self, name: str, args: GatewayRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the three objects; ``opts`` must depend on the CRDs."""
        super().__init__("incremental-istio:istio:GatewayRoute", name, None, opts)
        route = args.route
        gateway = f"{route.host}-gateway"
        mine = pulumi.ResourceOptions(parent=self)
        CustomResource(
            f"{name}-gateway",
            api_version=API_VERSION,
            kind="Gateway",
            metadata={"name": gateway, "namespace": args.namespace},
            spec={
                "selector": dict(args.gateway_selector),
                "servers": [
                    {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["*"]},
                ],
            },
            opts=mine,
        )
        CustomResource(
            f"{name}-destination-rule",
            api_version=API_VERSION,
            kind="DestinationRule",
            metadata={"name": route.host, "namespace": args.namespace},
            spec={
                "host": route.host,
                "subsets": [{"name": subset, "labels": {"version": subset}} for subset in route.subsets],
            },
            opts=mine,
        )
        CustomResource(
            f"{name}-virtual-service",
            api_version=API_VERSION,
            kind="VirtualService",
            metadata={"name": route.host, "namespace": args.namespace},
            spec={
                "hosts": ["*"],
                "gateways": [gateway],
                "http": [
                    {
                        "match": [{"uri": {"prefix": route.prefix}}],
                        "route": [
                            {
                                "destination": {
                                    "host": route.host,
                                    "subset": subset,
                                    "port": {"number": route.port},
                                },
                                "weight": weight,
                            }
                            for subset, weight in route.split.items()
                        ],
                    }
                ],
            },
            opts=mine,
        )
        self.register_outputs({"gateway": gateway, "split": route.split})
