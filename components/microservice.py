"""A plain microservice: ServiceAccount, Service and one Deployment per version.

Owns the three objects in the shape of Istio's samples. It knows nothing of Istio: no
sidecar, no label or annotation of an injector.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.core.v1 import (
    ContainerArgsDict,
    ContainerPortArgsDict,
    EnvVarArgsDict,
    PodSpecArgsDict,
    SecurityContextArgsDict,
    VolumeArgsDict,
)

from components.awaiting import NOT_AWAITED

UNPRIVILEGED: Final[SecurityContextArgsDict] = {
    "allow_privilege_escalation": False,
    "run_as_non_root": True,
    "capabilities": {"drop": ["ALL"]},
}


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What tells one Deployment of a Service from the other."""

    image: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A volume of the pod, and where its containers see it."""

    path: str
    volume: VolumeArgsDict


@dataclass(frozen=True, kw_only=True)
class MicroserviceArgs:
    """One Service and the Deployments behind it.

    Attributes:
        deployments: name of each Deployment to the image and the extra labels of its pods.
    """

    service: str
    namespace: str
    port: int
    account: str
    account_labels: Mapping[str, str] = field(default_factory=dict)
    deployments: Mapping[str, Workload]
    command: Sequence[str] = ()
    container_ports: Sequence[ContainerPortArgsDict] = ()
    env: Sequence[EnvVarArgsDict] = ()
    mounts: Sequence[Mount] = ()
    security: SecurityContextArgsDict = field(default_factory=lambda: UNPRIVILEGED)
    grace_seconds: int | None = None


class Microservice(pulumi.ComponentResource):
    """A Service with its Deployments, as a team without Istio would declare it."""

    def __init__(self, name: str, args: MicroserviceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the objects; children are called after the objects."""
        super().__init__("incremental-istio:apps:Microservice", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        kubernetes.core.v1.ServiceAccount(
            f"{name}-account",
            metadata={"name": args.account, "namespace": args.namespace, "labels": args.account_labels},
            opts=mine,
        )
        kubernetes.core.v1.Service(
            f"{name}-service",
            metadata={
                "name": args.service,
                "namespace": args.namespace,
                "labels": {"app": args.service, "service": args.service},
                "annotations": NOT_AWAITED,
            },
            spec={
                "selector": {"app": args.service},
                # The name tells Istio the protocol; without it the port would be opaque TCP.
                "ports": [{"name": "http", "port": args.port}],
            },
            opts=mine,
        )
        for deployment, workload in args.deployments.items():
            labels = {"app": args.service, **workload.labels}
            kubernetes.apps.v1.Deployment(
                deployment,
                metadata={"name": deployment, "namespace": args.namespace, "labels": labels},
                spec={
                    "replicas": 1,
                    "selector": {"match_labels": labels},
                    "template": {"metadata": {"labels": labels}, "spec": _pod(workload, args)},
                },
                opts=mine,
            )
        self.register_outputs({"service": args.service})


def _pod(workload: Workload, args: MicroserviceArgs) -> PodSpecArgsDict:
    container: ContainerArgsDict = {
        "name": args.service,
        "image": workload.image,
        "image_pull_policy": "IfNotPresent",
        "security_context": args.security,
    }
    pod: PodSpecArgsDict = {"service_account_name": args.account, "containers": [container]}
    if args.command:
        container["command"] = list(args.command)
    if args.container_ports:
        container["ports"] = args.container_ports
    if args.env:
        container["env"] = args.env
    if args.mounts:
        container["volume_mounts"] = [{"name": mount.volume["name"], "mount_path": mount.path} for mount in args.mounts]
        pod["volumes"] = [mount.volume for mount in args.mounts]
    if args.grace_seconds is not None:
        pod["termination_grace_period_seconds"] = args.grace_seconds
    return pod
