"""A plain microservice: ServiceAccount, Service and one Deployment per version.

Owns the three objects in the shape of Istio's samples. It knows nothing of Istio: no
sidecar, no label or annotation of an injector.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.awaiting import NOT_AWAITED

UNPRIVILEGED: Final[Mapping[str, Any]] = {
    "allow_privilege_escalation": False,
    "run_as_non_root": True,
    "capabilities": {"drop": ["ALL"]},
}


@dataclass(frozen=True, kw_only=True)
class MicroserviceArgs:
    """One Service and the Deployments behind it.

    Attributes:
        deployments: name of each Deployment to the image and the extra labels of its pods.
        container: further fields of each container, in the provider's snake case.
        pod: further fields of each pod's spec, in the provider's snake case.
    """

    service: str
    namespace: str
    port: int
    account: str
    account_labels: Mapping[str, str] = field(default_factory=dict)
    deployments: "Mapping[str, Workload]"
    container: Mapping[str, Any] = field(default_factory=dict)
    pod: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What tells one Deployment of a Service from the other."""

    image: str
    labels: Mapping[str, str] = field(default_factory=dict)


class Microservice(pulumi.ComponentResource):
    """A Service with its Deployments, as a team without Istio would declare it."""

    def __init__(self, name: str, args: MicroserviceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the objects; children are called after the objects."""
        super().__init__("incremental-istio:apps:Microservice", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        kubernetes.core.v1.ServiceAccount(
            f"{name}-account",
            metadata={"name": args.account, "namespace": args.namespace, "labels": dict(args.account_labels)},
            opts=mine,
        )
        kubernetes.core.v1.Service(
            f"{name}-service",
            metadata={
                "name": args.service,
                "namespace": args.namespace,
                "labels": {"app": args.service, "service": args.service},
                "annotations": dict(NOT_AWAITED),
            },
            spec={
                "selector": {"app": args.service},
                # The name tells Istio the protocol; without it the port would be opaque TCP.
                "ports": [{"name": "http", "port": args.port}],
            },
            opts=mine,
        )
        for deployment, workload in args.deployments.items():
            self._deployment(deployment, workload, args)
        self.register_outputs({"service": args.service})

    def _deployment(self, deployment: str, workload: Workload, args: MicroserviceArgs) -> None:
        labels = {"app": args.service, **workload.labels}
        kubernetes.apps.v1.Deployment(
            deployment,
            metadata={"name": deployment, "namespace": args.namespace, "labels": labels},
            spec={
                "replicas": 1,
                "selector": {"match_labels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {
                        "service_account_name": args.account,
                        "containers": [
                            {
                                "name": args.service,
                                "image": workload.image,
                                "image_pull_policy": "IfNotPresent",
                                "security_context": dict(UNPRIVILEGED),
                                **args.container,
                            }
                        ],
                        **args.pod,
                    },
                },
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
