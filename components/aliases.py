"""A service's names inside the cluster that callers keep while what they lead to changes.

Owns an ExternalName Service for each alias, and what those that lead to the gateway need: a listener of the
service's own on the gateway's pods, as Gateway, VirtualService and the Service in front of it. It does not own the
route; what happens to the requests is as the route says.

The listener is on a port of its own, since a caller's Host is the alias' short name (`service-a:9080`): istiod
takes a host without a dot for one of the VirtualService's namespace, so only `*` matches it, and on the port that
all routes share `*` cannot tell one service from another. The gateway's own Service does not have the port, so
nobody outside of the cluster reaches it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.apiextensions import CustomResource

from components import istio_object, virtual_service
from components.awaiting import NOT_AWAITED
from settings.http import Rewrite
from settings.names import CLUSTER_DOMAIN
from settings.route import RouteSettings

# istiod takes a Gateway's port 80 for port 80 of whichever Service of the gateway's pods it finds first. A routed
# service with port 80, or 443, would so lead every other route to its own listener.
NO_PORT_OF_A_GATEWAY: Final = {"experimental.istio.io/disable-gateway-port-translation": "true"}


@dataclass(frozen=True, kw_only=True)
class AliasesArgs:
    """Whose aliases they are, and which gateway's pods serve them."""

    route: RouteSettings
    gateway_selector: Mapping[str, str]
    gateway_namespace: str


class Aliases(pulumi.ComponentResource):
    """The aliases of one route.

    The listener is there as soon as there is any alias, wherever it leads: so an alias that is switched finds
    both of its targets ready.
    """

    def __init__(self, name: str, args: AliasesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the objects; they are called after the service and its port."""
        super().__init__("incremental-istio:istio:Aliases", name, None, opts)
        self._name, self._args = name, args
        self._called = f"{args.route.service}-{args.route.port_of_aliases}"
        listener = self._listener()
        targets = {
            "gateway": f"{self._called}.{args.gateway_namespace}.svc.{CLUSTER_DOMAIN}",
            "service": f"{args.route.service}.{args.route.namespace}.svc.{CLUSTER_DOMAIN}",
        }
        for alias, target in args.route.aliases.items():
            namespace, _, service = alias.partition("/")
            kubernetes.core.v1.Service(
                # Not a hyphen, which names have too: a-b/c and a/b-c are two aliases.
                f"{name}:{alias}",
                metadata={"name": service, "namespace": namespace, "annotations": NOT_AWAITED},
                spec={"type": "ExternalName", "external_name": targets[target]},
                opts=pulumi.ResourceOptions(parent=self, depends_on=listener),
            )
        self.register_outputs({"listener": targets["gateway"]})

    def _listener(self) -> list[pulumi.Resource]:
        route, port = self._args.route, self._args.route.port_of_aliases
        server = {"port": {"number": port, "name": "http", "protocol": "HTTP"}, "hosts": ["./*"]}
        gateway = {"selector": dict(self._args.gateway_selector), "servers": [server]}
        front = kubernetes.core.v1.Service(
            f"{self._name}-listener",
            metadata={
                "name": self._called,
                "namespace": self._args.gateway_namespace,
                "labels": NO_PORT_OF_A_GATEWAY,
                "annotations": NOT_AWAITED,
            },
            spec={
                "selector": dict(self._args.gateway_selector),
                "ports": [{"name": "http", "port": route.port, "target_port": port}],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        return [
            self._declare("Gateway", gateway),
            self._declare("VirtualService", virtual_service.spec(as_callers_inside_see(route), [self._called])),
            front,
        ]

    def _declare(self, kind: str, spec: Mapping[str, object]) -> CustomResource:
        metadata = {"name": self._called, "namespace": self._args.route.namespace}
        return istio_object.declare(f"{self._name}-{kind.lower()}", kind, metadata, spec, self)


def as_callers_inside_see(route: RouteSettings) -> RouteSettings:
    """Return the route for callers by an alias, who ask for the service's own paths, and for any of them.

    The route's prefix, and the rewrite that takes it away, are what callers of the gateway need.
    """
    authority = route.rewrite.authority if route.rewrite else None
    rewrite = Rewrite(authority=authority) if authority else None
    return route.model_copy(update={"hosts": ("*",), "prefix": "/", "rewrite": rewrite})
