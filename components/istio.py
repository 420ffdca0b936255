"""Minimal Istio: istiod and two gateways, nothing else.

Owns the namespace, the charts `base` and `istiod` with the values that leave only
traffic management, the gateways, and the NetworkPolicy around plaintext XDS. It does
not own any route, and it declares no admission webhook and no sidecar injector.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.meta.v1 import LabelSelectorArgsDict

from components.chart_objects import adapted
from components.gateway import GatewayProxy, GatewayProxyArgs
from components.rendering import provider
from settings import occupied
from settings.istio import GatewaySettings, IstioSettings

XDS_PORT: Final = 15010

# Traffic management needs four of the fourteen kinds. istiod runs without the others,
# and the stack's state, which is written after every step, shrinks by a third.
UNUSED_CRDS: Final = (
    "authorizationpolicies.security.istio.io",
    "envoyfilters.networking.istio.io",
    "peerauthentications.security.istio.io",
    "proxyconfigs.networking.istio.io",
    "requestauthentications.security.istio.io",
    "sidecars.networking.istio.io",
    "telemetries.telemetry.istio.io",
    "wasmplugins.extensions.istio.io",
    "workloadentries.networking.istio.io",
    "workloadgroups.networking.istio.io",
)


@dataclass(frozen=True, kw_only=True)
class MinimalIstioArgs:
    """What is installed, and how its gateways are reached and scaled."""

    istio: IstioSettings
    gateway: GatewaySettings


class MinimalIstio(pulumi.ComponentResource):
    """The control plane and the gateways of the post, in one namespace.

    Attributes:
        ingress: the ingress gateway, selected by the label ``istio: ingressgateway``.
        egress: the egress gateway, selected by the label ``istio: egressgateway``.
        head_start: created while istiod is being started. What istiod does not need waits for it, since
            istiod is what everything else waits for.
        crds: what a Gateway, VirtualService or DestinationRule must depend on.
    """

    ingress: GatewayProxy
    egress: GatewayProxy
    head_start: pulumi.Resource
    crds: pulumi.Resource

    def __init__(self, name: str, args: MinimalIstioArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare everything; the provider is the one of ``opts``."""
        super().__init__("incremental-istio:istio:MinimalIstio", name, None, opts)
        namespace = kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            # By the mark a second stack on this cluster is refused, and this one is not.
            metadata={"name": args.istio.namespace, "annotations": {occupied.MARK: occupied.owner()}},
            opts=pulumi.ResourceOptions(parent=self),
        )
        # Charts are rendered without a cluster: one that is not there yet would preview as a single empty line.
        self._renderer = provider(f"{name}-charts", "charts-are-not-written", pulumi.ResourceOptions(parent=self))
        istiod = self._chart(name, "istiod", args.istio, istiod_values(args.istio), namespace)
        self.ingress = self._gateway("ingress", args, args.gateway.service_type, namespace, istiod)
        # Only workloads of the cluster have business with the egress gateway.
        self.egress = self._gateway("egress", args, "ClusterIP", namespace, istiod)
        self.head_start = self.egress.service
        # istiod starts without the CRDs and waits for them. They are most of the state, which is written
        # after every step, so they come late.
        self.crds = self._chart(name, "base", args.istio, base_values(), self.head_start)
        self._xds_policy(name, args.istio.namespace, namespace)
        self.register_outputs({"namespace": namespace.metadata.name, "ingress": self.ingress.host})

    def _chart(
        self, name: str, chart: str, istio: IstioSettings, values: Mapping[str, Any], after: pulumi.Resource
    ) -> kubernetes.helm.v4.Chart:
        source: dict[str, Any] = (
            {"chart": f"{istio.charts}/{chart}"}
            if istio.charts_are_local
            else {"chart": chart, "version": istio.version, "repository_opts": {"repo": istio.charts}}
        )
        return kubernetes.helm.v4.Chart(
            f"{name}-{chart}",
            name=chart,
            namespace=istio.namespace,
            values=dict(values),
            **source,
            opts=pulumi.ResourceOptions(
                parent=self,
                provider=self._renderer,
                depends_on=[after],
                transforms=[adapted(self.get_provider("kubernetes:helm.sh/v4:Chart"))],
            ),
        )

    def _gateway(
        self,
        role: str,
        args: MinimalIstioArgs,
        service_type: str,
        namespace: pulumi.Resource,
        istiod: pulumi.Resource,
    ) -> GatewayProxy:
        return GatewayProxy(
            f"istio-{role}gateway",
            GatewayProxyArgs(
                role=f"{role}gateway",
                namespace=args.istio.namespace,
                image=f"{args.istio.hub}/proxyv2:{args.istio.version}",
                discovery_address=discovery_address(args.istio.namespace),
                service_type=service_type,
                source_ranges=args.gateway.source_ranges if service_type == "LoadBalancer" else (),
                replicas=args.gateway.replicas,
                max_replicas=args.gateway.max_replicas,
                control_plane=istiod,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[namespace]),
        )

    def _xds_policy(self, name: str, namespace: str, after: pulumi.Resource) -> None:
        """Let only the gateways reach istiod: with the CA off, XDS is not encrypted."""
        gateways: LabelSelectorArgsDict = {
            "match_expressions": [{"key": "istio", "operator": "In", "values": ["ingressgateway", "egressgateway"]}]
        }
        kubernetes.networking.v1.NetworkPolicy(
            f"{name}-xds-from-gateways-only",
            metadata={"name": "istiod-xds-from-gateways-only", "namespace": namespace},
            spec={
                "pod_selector": {"match_labels": {"app": "istiod"}},
                "policy_types": ["Ingress"],
                "ingress": [
                    {
                        "from_": [{"pod_selector": gateways}],
                        "ports": [{"protocol": "TCP", "port": XDS_PORT}],
                    }
                ],
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[after]),
        )


def discovery_address(namespace: str) -> str:
    """Return where the gateways find istiod: plaintext XDS, since there is no CA to sign for TLS."""
    return f"istiod.{namespace}.svc:{XDS_PORT}"


def base_values() -> dict[str, Any]:
    """Return the values of chart `base`: no default validator, only the CRDs of traffic management."""
    return {"defaultRevision": "", "base": {"excludedCRDs": list(UNUSED_CRDS)}}


def istiod_values(istio: IstioSettings) -> dict[str, Any]:
    """Return the values of chart `istiod`: the post's ``--set ...=false`` flags in today's words.

    All of them are known before the cluster is: a chart with an unknown value previews as
    a deletion of everything.
    """
    return {
        "global": {
            "hub": istio.hub,
            "tag": istio.version,
            "istioNamespace": istio.namespace,
            "configValidation": False,
            "operatorManageWebhooks": True,
            "omitSidecarInjectorConfigMap": True,
        },
        "telemetry": {"enabled": False},
        "autoscaleEnabled": False,
        "resources": {"requests": {"cpu": "10m", "memory": "100Mi"}},
        "env": {
            "ENABLE_CA_SERVER": "false",
            # On the plaintext port too, whoever asks shows the token of a service account: istiod gives the
            # certificate of a Secret to a proxy that it knows, and to no other.
            "XDS_AUTH_PLAINTEXT": "true",
            "PILOT_ENABLE_METADATA_EXCHANGE": "false",
            "PILOT_ENABLE_ALPN_FILTER": "false",
            # A gateway gets the clusters of its routes, not those of every Service of the cluster.
            "PILOT_FILTER_GATEWAY_CLUSTER_CONFIG": "true",
            "PILOT_ENABLE_GATEWAY_API": "false",
            "PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER": "false",
        },
        "meshConfig": {
            "enableAutoMtls": False,
            # There is nobody to trace for, and Envoy decides about a trace for every request.
            "enableTracing": False,
            "ingressControllerMode": "OFF",
            "defaultConfig": {
                "discoveryAddress": discovery_address(istio.namespace),
                "controlPlaneAuthPolicy": "NONE",
            },
        },
    }
