"""The way out: one service outside the cluster, behind the egress gateway.

Owns the name that callers in the cluster use for it (a Service), a ServiceEntry, a Gateway, a VirtualService and, for
HTTPS, a DestinationRule. It keeps nobody from going out without the gateway: that takes a NetworkPolicy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components import istio_object
from components.awaiting import NOT_AWAITED
from settings.egress import EgressSettings
from settings.names import CLUSTER_DOMAIN

# Otherwise istiod gives the host an address of the mesh, for sidecars to catch.
NO_ADDRESS_OF_THE_MESH: Final = {"networking.istio.io/enable-autoallocate-ip": "false"}
# Addresses of pods, which Envoy adds for who serves a request, and which are nobody's business outside.
OF_THE_CALLER: Final = ("x-forwarded-for", "x-envoy-external-address", "x-envoy-internal")


@dataclass(frozen=True, kw_only=True)
class EgressRouteArgs:
    """Where it goes (`egress`), and by which gateway: its host inside the cluster, SERVICE.NAMESPACE, and its label."""

    egress: EgressSettings
    gateway_host: str
    gateway_selector: Mapping[str, str]


class EgressRoute(pulumi.ComponentResource):
    """A name in the cluster that leads out of it. The objects are called by that name; the Gateway `<name>-gateway`."""

    def __init__(self, name: str, args: EgressRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the objects; ``opts`` must depend on the CRDs."""
        super().__init__("incremental-istio:istio:EgressRoute", name, None, opts)
        self._name, self._namespace = name, args.egress.namespace
        # For the gateway alone: a sidecar that knew them would encrypt what its own application has encrypted.
        seen_by = {"exportTo": [args.gateway_host.partition(".")[2]]}
        entry = {**service_entry(args.egress), **seen_by}
        self._declare("service-entry", "ServiceEntry", name, entry, NO_ADDRESS_OF_THE_MESH)
        # `./`: only the VirtualServices of this namespace.
        plain = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["./*"]}
        gateway = f"{name}-gateway"
        self._declare("gateway", "Gateway", gateway, {"selector": dict(args.gateway_selector), "servers": [plain]})
        if args.egress.protocol == "HTTPS":
            self._declare("destination-rule", "DestinationRule", name, {**destination_rule(args.egress), **seen_by})
        self._declare("virtual-service", "VirtualService", name, virtual_service(name, args.egress, gateway))
        kubernetes.core.v1.Service(
            f"{name}-service",
            metadata={"name": name, "namespace": self._namespace, "annotations": NOT_AWAITED},
            spec={"type": "ExternalName", "external_name": f"{args.gateway_host}.svc.{CLUSTER_DOMAIN}"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"url": f"http://{name}.{self._namespace}"})

    def _declare(
        self, role: str, kind: str, name: str, spec: dict[str, Any], labels: Mapping[str, str] | None = None
    ) -> None:
        metadata = {"name": name, "namespace": self._namespace, **({"labels": dict(labels)} if labels else {})}
        istio_object.declare(f"{self._name}-{role}", kind, metadata, spec, self)


def service_entry(egress: EgressSettings) -> dict[str, Any]:
    """Return the spec by which the gateway knows the host: by its addresses, or by DNS."""
    where: dict[str, Any] = {"resolution": "DNS"}
    if egress.addresses:
        where = {"resolution": "STATIC", "endpoints": [{"address": address} for address in egress.addresses]}
    # HTTP in any case: that is what arrives at the gateway, which encrypts it by the DestinationRule.
    port = {"number": egress.port, "name": "http", "protocol": "HTTP"}
    return {"hosts": [egress.host], "location": "MESH_EXTERNAL", "ports": [port], **where}


def virtual_service(name: str, egress: EgressSettings, gateway: str) -> dict[str, Any]:
    """Return the spec that leads from each of the service's names to its host."""
    namespace = egress.namespace
    names = [name, f"{name}.{namespace}", f"{name}.{namespace}.svc", f"{name}.{namespace}.svc.{CLUSTER_DOMAIN}"]
    return {
        # istiod would complete a bare name among the hosts, and callers ask for the bare one.
        "hosts": ["*"],
        "gateways": [gateway],
        "http": [
            {
                "match": [{"authority": {"exact": one}} for one in [*names, egress.host]],
                "rewrite": {"authority": egress.authority},
                "headers": {"request": {"remove": list(OF_THE_CALLER)}},
                "route": [{"destination": {"host": egress.host, "port": {"number": egress.port}}}],
            }
        ],
    }


def destination_rule(egress: EgressSettings) -> dict[str, Any]:
    """Return the spec that has the gateway encrypt, and believe only a certificate for the host."""
    authority = {"credentialName": egress.credential_name} if egress.credential_name else {}
    # Without the names, any certificate that the CA has signed would do.
    tls = {"mode": "SIMPLE", "sni": egress.host, "subjectAltNames": [egress.host], **authority}
    return {"host": egress.host, "trafficPolicy": {"tls": tls}}
