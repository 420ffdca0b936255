"""A gateway proxy: Envoy under pilot-agent, programmed by istiod over plaintext XDS.

Owns the Deployment, Service, ServiceAccount, Role and RoleBinding for TLS Secrets, and
HPA and PodDisruptionBudget where the replicas allow. It does not own any Istio object:
which ports open and what they route to comes from Gateways and VirtualServices.

Istio's published `gateway` chart is not used: its image is `auto`, which the sidecar
injector would have to fill in. The pod below follows what that injector makes of it.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.awaiting import NOT_AWAITED, UNTIL_LOAD_BALANCER_HAS_ADDRESS

# Ports of the Service and where the pod listens: unprivileged, so that Envoy needs no capability.
SERVICE_PORTS: Final = {"status-port": (15021, 15021), "http2": (80, 8080), "https": (443, 8443)}
PROXY_USER: Final = 1337


@dataclass(frozen=True, kw_only=True)
class GatewayProxyArgs:
    """One gateway.

    Attributes:
        role: value of the pods' label `istio`, which a Gateway selects by.
        control_plane: what the pods are started after. They would start without it, but
            Envoy's retries back off to many seconds while there is nobody to answer.
    """

    role: str
    namespace: str
    image: str
    discovery_address: str
    control_plane: pulumi.Resource | None = None
    service_type: str = "ClusterIP"
    source_ranges: tuple[str, ...] = field(default=())
    replicas: int = 1
    max_replicas: int = 1


class GatewayProxy(pulumi.ComponentResource):
    """A gateway of the mesh, ready once istiod has programmed it.

    Attributes:
        host: DNS name and, unless 80, port inside the cluster.
        address: IP or host name outside the cluster; empty where the Service has none.
        selector: the pods' label that a Gateway object selects this gateway by.
    """

    host: str
    address: pulumi.Output[str]
    selector: dict[str, str]

    def __init__(self, name: str, args: GatewayProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the gateway; its objects are called `name`."""
        super().__init__("incremental-istio:istio:GatewayProxy", name, None, opts)
        self._name, self._args = name, args
        self.host = f"{name}.{args.namespace}"
        self.selector = {"istio": args.role}
        self._access()
        self._deployment()
        service = self._service()
        self.address = service.status.apply(_external_address)
        self._availability()
        self.register_outputs({"host": self.host, "address": self.address})

    @property
    def _labels(self) -> dict[str, str]:
        return {"app": self._name, **self.selector}

    def _metadata(self, **more: Any) -> dict[str, Any]:
        return {"name": self._name, "namespace": self._args.namespace, "labels": self._labels, **more}

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
        autoscaled = args.max_replicas > args.replicas
        kubernetes.apps.v1.Deployment(
            f"{self._name}-deployment",
            metadata=self._metadata(),
            spec={
                # An autoscaler owns the count where there is one.
                **({} if autoscaled else {"replicas": args.replicas}),
                "selector": {"match_labels": self._labels},
                "strategy": {"rolling_update": {"max_surge": "100%", "max_unavailable": "25%"}},
                "template": {
                    "metadata": {"labels": {**self._labels, "sidecar.istio.io/inject": "false"}},
                    "spec": {
                        "service_account_name": self._name,
                        "automount_service_account_token": False,
                        "security_context": {
                            "run_as_non_root": True,
                            "run_as_user": PROXY_USER,
                            "run_as_group": PROXY_USER,
                            "fs_group": PROXY_USER,
                            "seccomp_profile": {"type": "RuntimeDefault"},
                        },
                        "containers": [self._container()],
                        "volumes": [
                            {"name": "istio-envoy", "empty_dir": {"medium": "Memory"}},
                            {"name": "istio-data", "empty_dir": {}},
                            {"name": "workload-socket", "empty_dir": {}},
                            {"name": "credential-socket", "empty_dir": {}},
                            {"name": "podinfo", "downward_api": {"items": _pod_info()}},
                        ],
                    },
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.control_plane] if args.control_plane else None),
        )

    def _container(self) -> dict[str, Any]:
        args = self._args
        proxy_config = {"discoveryAddress": args.discovery_address, "controlPlaneAuthPolicy": "NONE"}
        ready = {"path": "/healthz/ready", "port": SERVICE_PORTS["status-port"][1]}
        return {
            "name": "istio-proxy",
            "image": args.image,
            "image_pull_policy": "IfNotPresent",
            "args": [
                "proxy",
                "router",
                "--domain=$(POD_NAMESPACE).svc.cluster.local",
                "--proxyLogLevel=warning",
                "--proxyComponentLogLevel=misc:error",
                "--log_output_level=default:info",
            ],
            "security_context": {
                "allow_privilege_escalation": False,
                "privileged": False,
                "read_only_root_filesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "env": [
                *(
                    {"name": name, "value_from": {"field_ref": {"field_path": path}}}
                    for name, path in {
                        "POD_NAME": "metadata.name",
                        "POD_NAMESPACE": "metadata.namespace",
                        "INSTANCE_IP": "status.podIP",
                        "SERVICE_ACCOUNT": "spec.serviceAccountName",
                    }.items()
                ),
                {
                    "name": "ISTIO_CPU_LIMIT",
                    "value_from": {"resource_field_ref": {"resource": "limits.cpu", "divisor": "1"}},
                },
                {"name": "ISTIO_META_CLUSTER_ID", "value": "Kubernetes"},
                {"name": "ISTIO_META_WORKLOAD_NAME", "value": self._name},
                # istiod opens no listener below 1024 for a pod that may not bind one.
                {"name": "ISTIO_META_UNPRIVILEGED_POD", "value": "true"},
                # There is no CA: without this the agent asks for a certificate for ever.
                {"name": "FILE_MOUNTED_CERTS", "value": "true"},
                {"name": "PROXY_CONFIG", "value": json.dumps(proxy_config)},
            ],
            "ports": [
                *({"name": name, "container_port": target} for name, (_, target) in SERVICE_PORTS.items()),
                {"name": "http-envoy-prom", "container_port": 15090},
            ],
            "resources": {
                "requests": {"cpu": "100m", "memory": "128Mi"},
                "limits": {"cpu": "2", "memory": "1Gi"},
            },
            "startup_probe": {"http_get": ready, "period_seconds": 1, "failure_threshold": 60},
            "readiness_probe": {"http_get": ready, "period_seconds": 5, "failure_threshold": 4},
            "volume_mounts": [
                {"name": "istio-envoy", "mount_path": "/etc/istio/proxy"},
                {"name": "istio-data", "mount_path": "/var/lib/istio/data"},
                {"name": "workload-socket", "mount_path": "/var/run/secrets/workload-spiffe-uds"},
                {"name": "credential-socket", "mount_path": "/var/run/secrets/credential-uds"},
                {"name": "podinfo", "mount_path": "/etc/istio/pod"},
            ],
        }

    def _service(self) -> kubernetes.core.v1.Service:
        args = self._args
        balanced = args.service_type == "LoadBalancer"
        annotations = UNTIL_LOAD_BALANCER_HAS_ADDRESS if balanced else NOT_AWAITED
        return kubernetes.core.v1.Service(
            f"{self._name}-service",
            metadata=self._metadata(annotations=dict(annotations)),
            spec={
                "type": args.service_type,
                "selector": self._labels,
                **({"load_balancer_source_ranges": list(args.source_ranges)} if args.source_ranges else {}),
                "ports": [
                    {"name": name, "port": port, "target_port": target}
                    for name, (port, target) in SERVICE_PORTS.items()
                    if balanced or args.service_type == "NodePort" or name != "status-port"
                ],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _availability(self) -> None:
        args = self._args
        mine = pulumi.ResourceOptions(parent=self)
        if args.max_replicas > args.replicas:
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


def _pod_info() -> list[dict[str, Any]]:
    return [{"path": part, "field_ref": {"field_path": f"metadata.{part}"}} for part in ("labels", "annotations")]


def _external_address(status: Any) -> str:
    """Return the first address that a load balancer gave the Service; empty when there is none."""
    ingress = status and status.load_balancer and status.load_balancer.ingress
    return (ingress[0].ip or ingress[0].hostname or "") if ingress else ""
