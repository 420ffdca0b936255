"""Bookinfo, Istio's sample application, without sidecars.

Owns the objects of Istio 1.29.2's sample (same names, labels, ports and images), typed.
It does not own a route: how requests reach `reviews` is the route's business.
https://github.com/istio/istio/blob/1.29.2/samples/bookinfo/platform/kube/bookinfo.yaml
"""

from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.microservice import Microservice, MicroserviceArgs, Workload

IMAGES: Final = "docker.io/istio/examples-bookinfo"
IMAGES_VERSION: Final = "1.20.3"
PORT: Final = 9080

VERSIONS: Final = {
    "details": ("v1",),
    "ratings": ("v1",),
    "reviews": ("v1", "v2", "v3"),
    "productpage": ("v1",),
}


@dataclass(frozen=True, kw_only=True)
class BookinfoArgs:
    """Where Bookinfo runs; the namespace exists already."""

    namespace: str


class Bookinfo(pulumi.ComponentResource):
    """Four Services, six Deployments; `reviews` in three versions that show as no, black and red stars."""

    def __init__(self, name: str, args: BookinfoArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the application."""
        super().__init__("incremental-istio:apps:Bookinfo", name, None, opts)
        for service, versions in VERSIONS.items():
            container, pod = _scratch_space(service)
            Microservice(
                service,
                MicroserviceArgs(
                    service=service,
                    namespace=args.namespace,
                    port=PORT,
                    account=f"bookinfo-{service}",
                    account_labels={"account": service},
                    deployments={
                        f"{service}-{version}": Workload(
                            image=f"{IMAGES}-{service}-{version}:{IMAGES_VERSION}", labels={"version": version}
                        )
                        for version in versions
                    },
                    container={"ports": [{"container_port": PORT}], **container},
                    pod=pod,
                ),
                pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"namespace": args.namespace})


def _scratch_space(service: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the writable folders that the sample gives the images that need them."""
    folders = {
        "reviews": {"tmp": "/tmp", "wlp-output": "/opt/ibm/wlp/output"},  # noqa: S108 - a path in the image
        "productpage": {"tmp": "/tmp"},  # noqa: S108 - a path in the image
    }.get(service)
    if not folders:
        return {}, {}
    container: dict[str, Any] = {
        "volume_mounts": [{"name": volume, "mount_path": path} for volume, path in folders.items()]
    }
    if service == "reviews":
        container["env"] = [{"name": "LOG_DIR", "value": "/tmp/logs"}]  # noqa: S108 - a path in the image
    return container, {"volumes": [{"name": volume, "empty_dir": {}} for volume in folders]}
