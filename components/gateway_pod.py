"""The pod of a gateway: Envoy under pilot-agent, as the sidecar injector would have written it.

Owns the container, its hardening and its volumes. How many there are, and how they are
reached, is the gateway's business.
"""

import json
from dataclasses import dataclass
from typing import Final

from pulumi_kubernetes.core.v1 import (
    ContainerArgsDict,
    ContainerPortArgsDict,
    DownwardAPIVolumeFileArgsDict,
    EnvVarArgsDict,
    HTTPGetActionArgsDict,
    PodSpecArgsDict,
    PodTemplateSpecArgsDict,
    ServiceAccountTokenProjectionArgsDict,
)

from components.gateway_identity import GatewayIdentity
from settings.names import CLUSTER_DOMAIN

# Ports of the Service and where the pod listens: unprivileged, so that Envoy needs no capability.
SERVICE_PORTS: Final = {"status-port": (15021, 15021), "http2": (80, 8080), "https": (443, 8443)}
METRICS_PORT: Final = 15090
PROXY_USER: Final = 1337
# Headers for tracing and debugging, which nothing here reads; each costs every request (docs/figures.md).
UNUSED_HEADERS: Final = ("attemptCount", "envoyDebugHeaders", "requestId")


@dataclass(frozen=True, kw_only=True)
class GatewayPod:
    """What one pod of a gateway is made of; `name` is the gateway's, and its account's."""

    name: str
    labels: dict[str, str]
    image: str
    discovery_address: str
    identity: GatewayIdentity | None = None

    def template(self) -> PodTemplateSpecArgsDict:
        """Return the Deployment's pod template; the label keeps any injector's hands off."""
        return {"metadata": {"labels": {**self.labels, "sidecar.istio.io/inject": "false"}}, "spec": self._spec()}

    def _spec(self) -> PodSpecArgsDict:
        return {
            "service_account_name": self.name,
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
                {"name": "podinfo", "downward_api": {"items": [_pod_info("labels"), _pod_info("annotations")]}},
                {"name": "istio-token", "projected": {"sources": [{"service_account_token": _token()}]}},
                *(self.identity.volumes() if self.identity else ()),
            ],
        }

    def _container(self) -> ContainerArgsDict:
        ready: HTTPGetActionArgsDict = {"path": "/healthz/ready", "port": SERVICE_PORTS["status-port"][1]}
        return {
            "name": "istio-proxy",
            "image": self.image,
            "image_pull_policy": "IfNotPresent",
            "args": [
                "proxy",
                "router",
                f"--domain=$(POD_NAMESPACE).svc.{CLUSTER_DOMAIN}",
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
            "env": self._environment(),
            "ports": [
                *(_port(name, target) for name, (_, target) in SERVICE_PORTS.items()),
                _port("http-envoy-prom", METRICS_PORT),
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
                {"name": "istio-token", "mount_path": "/var/run/secrets/tokens", "read_only": True},
                *(self.identity.mounts() if self.identity else ()),
            ],
        }

    def _environment(self) -> list[EnvVarArgsDict]:
        return [
            _from_field("POD_NAME", "metadata.name"),
            _from_field("POD_NAMESPACE", "metadata.namespace"),
            _from_field("INSTANCE_IP", "status.podIP"),
            _from_field("SERVICE_ACCOUNT", "spec.serviceAccountName"),
            {
                "name": "ISTIO_CPU_LIMIT",
                "value_from": {"resource_field_ref": {"resource": "limits.cpu", "divisor": "1"}},
            },
            {"name": "ISTIO_META_CLUSTER_ID", "value": self.identity.cluster_id if self.identity else "Kubernetes"},
            {"name": "ISTIO_META_WORKLOAD_NAME", "value": self.name},
            # istiod opens no listener below 1024 for a pod that may not bind one.
            {"name": "ISTIO_META_UNPRIVILEGED_POD", "value": "true"},
            *(self.identity.environment() if self.identity else self._of_the_stacks_istiod()),
        ]

    def _of_the_stacks_istiod(self) -> list[EnvVarArgsDict]:
        proxy_config = {
            "discoveryAddress": self.discovery_address,
            "controlPlaneAuthPolicy": "NONE",
            "proxyHeaders": {header: {"disabled": True} for header in UNUSED_HEADERS},
        }
        return [
            # There is no CA: without this the agent asks for a certificate for ever.
            {"name": "FILE_MOUNTED_CERTS", "value": "true"},
            {"name": "PROXY_CONFIG", "value": json.dumps(proxy_config)},
        ]


def _port(name: str, number: int) -> ContainerPortArgsDict:
    return {"name": name, "container_port": number}


def _from_field(name: str, path: str) -> EnvVarArgsDict:
    return {"name": name, "value_from": {"field_ref": {"field_path": path}}}


def _token() -> ServiceAccountTokenProjectionArgsDict:
    """Return the token that tells istiod which gateway asks; of this audience, the API server takes it from nobody."""
    return {"path": "istio-token", "audience": "istio-ca", "expiration_seconds": 43200}


def _pod_info(part: str) -> DownwardAPIVolumeFileArgsDict:
    return {"path": part, "field_ref": {"field_path": f"metadata.{part}"}}
