"""sleep, the pod that the post sends its requests from.

Owns Istio 1.29.2's sample of that name. Istio has since renamed the sample `curl`; here
it keeps the name that the post's commands use.
https://github.com/istio/istio/blob/1.29.2/samples/sleep/sleep.yaml
"""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import VolumeArgsDict

from components.microservice import UNPRIVILEGED, Microservice, MicroserviceArgs, Mount, Workload

IMAGE: Final = "docker.io/curlimages/curl:8.16.0"
SECRET: Final[VolumeArgsDict] = {
    "name": "secret-volume",
    "secret": {"secret_name": "sleep-secret", "optional": True},
}


@dataclass(frozen=True, kw_only=True)
class SleepArgs:
    """Where sleep runs; the namespace exists already."""

    namespace: str


class Sleep(pulumi.ComponentResource):
    """A pod with curl in it and nothing to do, without a sidecar."""

    def __init__(self, name: str, args: SleepArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the pod."""
        super().__init__("incremental-istio:apps:Sleep", name, None, opts)
        Microservice(
            "sleep",
            MicroserviceArgs(
                service="sleep",
                namespace=args.namespace,
                port=80,
                account="sleep",
                deployments={"sleep": Workload(image=IMAGE)},
                command=("/bin/sleep", "infinity"),
                # The image names its user, and Kubernetes can only tell from a number that it is not root.
                security={**UNPRIVILEGED, "run_as_user": 100, "run_as_group": 101},
                mounts=(Mount(path="/etc/sleep/tls", volume=SECRET),),
                grace_seconds=0,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"namespace": args.namespace})
