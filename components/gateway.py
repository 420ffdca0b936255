"""A gateway proxy: Envoy under pilot-agent, programmed by istiod over plaintext XDS.

Owns the Deployment, Service, ServiceAccount, Role and RoleBinding for TLS Secrets, and
HPA and PodDisruptionBudget where the replicas allow. It does not own any Istio object:
which ports open and what they route to comes from Gateways and VirtualServices.

Istio's published `gateway` chart is not used: its image is `auto`, which the sidecar
injector would have to fill in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.apps.v1 import DeploymentSpecArgsDict
from pulumi_kubernetes.core.v1 import ServiceSpecArgsDict
from pulumi_kubernetes.core.v1.outputs import ServiceStatus
from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

from components.awaiting import NOT_AWAITED, UNTIL_LOAD_BALANCER_HAS_ADDRESS
from components.gateway_identity import GatewayIdentity
from components.gateway_pod import SERVICE_PORTS, GatewayPod


@dataclass(frozen=True, kw_only=True)
class GatewayProxyArgs:
    """One gateway.

    Attributes:
        role: value of the pods' label `istio`, which a Gateway selects by.
        control_plane: what the pods are started after. They would start without it, but
            Envoy's retries back off to many seconds while there is nobody to answer.
        identity: of a gateway whose control plane is not the stack's.
    """

    role: str
    namespace: str
    image: str
    discovery_address: str
    identity: GatewayIdentity | None = None
    control_plane: pulumi.Resource | None = None
    service_type: str = "ClusterIP"
    source_ranges: tuple[str, ...] = ()
    replicas: int = 1
    max_replicas: int = 1


class GatewayProxy(pulumi.ComponentResource):
    """A gateway of the mesh, ready once istiod has programmed it.

    Attributes:
        host: DNS name and, unless 80, port inside the cluster.
        address: IP or host name outside the cluster; empty where the Service has none.
        service: what stands before its pods.
        namespace: of its pods.
        selector: the pods' label that a Gateway object selects this gateway by.
    """

    host: str
    namespace: str
    address: pulumi.Output[str]
    service: kubernetes.core.v1.Service
    selector: dict[str, str]

    def __init__(self, name: str, args: GatewayProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the gateway; its objects are called `name`."""
        super().__init__("incremental-istio:istio:GatewayProxy", name, None, opts)
        self._name, self._args = name, args
        self.host = f"{name}.{args.namespace}"
        self.namespace = args.namespace
        self.selector = {"istio": args.role}
        self._access()
        self._deployment()
        self.service = self._service()
        self.address = self.service.status.apply(_external_address)
        self._availability()
        self.register_outputs({"host": self.host, "address": self.address})

    @property
    def _labels(self) -> dict[str, str]:
        return {"app": self._name, **self.selector}

    @property
    def _autoscaled(self) -> bool:
        return self._args.max_replicas > self._args.replicas

    def _metadata(self, annotations: Mapping[str, str] | None = None) -> ObjectMetaArgsDict:
        metadata: ObjectMetaArgsDict = {
            "name": self._name,
            "namespace": self._args.namespace,
            "labels": self._labels,
        }
        if annotations:
            metadata["annotations"] = dict(annotations)
        return metadata

    def _access(self) -> None:
        """Declare the identity, which may read the TLS Secrets of its namespace and nothing else."""
        mine = pulumi.ResourceOptions(parent=self)
        kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account", metadata=self._metadata(), automount_service_account_token=False, opts=mine
        )
        kubernetes.rbac.v1.Role(
            f"{self._name}-role",
            metadata=self._metadata(),
            rules=[{"api_groups": [""], "resources": ["secrets"], "verbs": ["get", "watch", "list"]}],
            opts=mine,
        )
        kubernetes.rbac.v1.RoleBinding(
            f"{self._name}-role-binding",
            metadata=self._metadata(),
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": self._name},
            subjects=[{"kind": "ServiceAccount", "name": self._name, "namespace": self._args.namespace}],
            opts=mine,
        )

    def _deployment(self) -> None:
        args = self._args
        pod = GatewayPod(
            name=self._name,
            labels=self._labels,
            image=args.image,
            discovery_address=args.discovery_address,
            identity=args.identity,
        )
        spec: DeploymentSpecArgsDict = {
            "selector": {"match_labels": self._labels},
            "strategy": {"rolling_update": {"max_surge": "100%", "max_unavailable": "25%"}},
            "template": pod.template(),
        }
        if not self._autoscaled:
            # An autoscaler owns the count where there is one.
            spec["replicas"] = args.replicas
        kubernetes.apps.v1.Deployment(
            f"{self._name}-deployment",
            metadata=self._metadata(),
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.control_plane] if args.control_plane else None),
        )

    def _service(self) -> kubernetes.core.v1.Service:
        args = self._args
        balanced = args.service_type == "LoadBalancer"
        spec: ServiceSpecArgsDict = {
            "type": args.service_type,
            "selector": self._labels,
            "ports": [
                {"name": name, "port": port, "target_port": target}
                for name, (port, target) in SERVICE_PORTS.items()
                # Who balances the load asks it whether there is anybody behind.
                if name != "status-port" or args.service_type != "ClusterIP"
            ],
        }
        if args.source_ranges:
            spec["load_balancer_source_ranges"] = list(args.source_ranges)
        return kubernetes.core.v1.Service(
            f"{self._name}-service",
            metadata=self._metadata(UNTIL_LOAD_BALANCER_HAS_ADDRESS if balanced else NOT_AWAITED),
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _availability(self) -> None:
        args = self._args
        mine = pulumi.ResourceOptions(parent=self)
        if self._autoscaled:
            kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
                f"{self._name}-autoscaler",
                metadata=self._metadata(),
                spec={
                    "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": self._name},
                    "min_replicas": args.replicas,
                    "max_replicas": args.max_replicas,
                    "metrics": [
                        {
                            "type": "Resource",
                            "resource": {
                                "name": "cpu",
                                "target": {"type": "Utilization", "average_utilization": 80},
                            },
                        }
                    ],
                },
                opts=mine,
            )
        if args.replicas > 1:
            # With a single replica a budget would only block the drain of its node.
            kubernetes.policy.v1.PodDisruptionBudget(
                f"{self._name}-budget",
                metadata=self._metadata(),
                spec={"min_available": 1, "selector": {"match_labels": self._labels}},
                opts=mine,
            )


def _external_address(status: ServiceStatus | None) -> str:
    """Return the first address that a load balancer gave the Service; empty when there is none."""
    ingress = status.load_balancer.ingress if status and status.load_balancer else None
    return (ingress[0].ip or ingress[0].hostname or "") if ingress else ""
