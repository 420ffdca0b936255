"""sleep, the pod that the post sends its requests from.

Owns Istio 1.29.2's sample of that name. Istio has since renamed the sample `curl`; here
it keeps the name that the post's commands use.
https://github.com/istio/istio/blob/1.29.2/samples/sleep/sleep.yaml
"""

from dataclasses import dataclass
from typing import Final

import pulumi

from components.microservice import UNPRIVILEGED, Microservice, MicroserviceArgs, Workload

IMAGE: Final = "docker.io/curlimages/curl:8.16.0"


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
                container={
                    "command": ["/bin/sleep", "infinity"],
                    # The image names its user, and Kubernetes can only tell from a number that it is not root.
                    "security_context": {**UNPRIVILEGED, "run_as_user": 100, "run_as_group": 101},
                    "volume_mounts": [{"name": "secret-volume", "mount_path": "/etc/sleep/tls"}],
                },
                pod={
                    "termination_grace_period_seconds": 0,
                    "volumes": [{"name": "secret-volume", "secret": {"secret_name": "sleep-secret", "optional": True}}],
                },
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"namespace": args.namespace})
