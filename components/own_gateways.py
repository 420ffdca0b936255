"""Gateways of the stack's own, beside a control plane that is there.

Owns an ingress and an egress gateway, and their namespace unless one is given. It touches nothing
of the Istio that programs them: no CRD, no webhook, no object of its namespace.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.gateway import GatewayProxy, GatewayProxyArgs
from components.gateway_identity import GatewayIdentity
from settings.existing_istio import GATEWAY_MARK
from settings.istio import GatewaySettings
from settings.istiod import Istiod
from settings.occupied import owner


@dataclass(frozen=True, kw_only=True)
class OwnGatewaysArgs:
    """Who programs them, what they run, and how they are reached and scaled."""

    istiod: Istiod
    image: str
    gateway: GatewaySettings


class OwnGateways(pulumi.ComponentResource):
    """Two gateways whose pods no Gateway selects but the stack's: their label `istio` has a value of its own.

    Attributes:
        ingress: selected by the label ``istio: <name>-ingressgateway``.
        egress: selected by the label ``istio: <name>-egressgateway``.
    """

    ingress: GatewayProxy
    egress: GatewayProxy

    def __init__(self, name: str, args: OwnGatewaysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the gateways; istiod and, where one is given, the namespace are there."""
        super().__init__("incremental-istio:istio:OwnGateways", name, None, opts)
        self._args = args
        namespace = self._namespace(name)
        self.ingress = self._gateway("ingress", args.gateway.service_type, namespace)
        # Only workloads of the cluster have business with the egress gateway.
        self.egress = self._gateway("egress", "ClusterIP", namespace)
        self.register_outputs({"ingress": self.ingress.host})

    def _namespace(self, name: str) -> list[pulumi.Resource]:
        if self._args.gateway.namespace is not None:
            return []
        metadata: kubernetes.meta.v1.ObjectMetaArgsDict = {
            "name": self._args.gateway.own_namespace,
            # By the mark a second stack is refused the name, and this one is not.
            "annotations": {GATEWAY_MARK: owner()},
        }
        mine = pulumi.ResourceOptions(parent=self)
        return [kubernetes.core.v1.Namespace(f"{name}-namespace", metadata=metadata, opts=mine)]

    def _gateway(self, role: str, service_type: str, after: list[pulumi.Resource]) -> GatewayProxy:
        args = self._args
        name = f"{args.gateway.own_name}-{role}gateway"
        return GatewayProxy(
            name,
            GatewayProxyArgs(
                role=name,
                namespace=args.gateway.own_namespace,
                image=args.image,
                discovery_address=args.istiod.address,
                identity=GatewayIdentity(istiod=args.istiod),
                service_type=service_type,
                source_ranges=args.gateway.source_ranges if service_type == "LoadBalancer" else (),
                replicas=args.gateway.replicas,
                max_replicas=args.gateway.max_replicas,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=after),
        )
