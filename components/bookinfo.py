"""Bookinfo, Istio's sample application, without sidecars.

Owns the objects of Istio 1.29.2's sample (same names, labels, ports and images), typed.
It does not own a route: how requests reach `reviews` is the route's business.
https://github.com/istio/istio/blob/1.29.2/samples/bookinfo/platform/kube/bookinfo.yaml
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi

from components.microservice import Microservice, MicroserviceArgs, Mount, Workload

IMAGES: Final = "docker.io/istio/examples-bookinfo"
IMAGES_VERSION: Final = "1.20.3"
PORT: Final = 9080

VERSIONS: Final = {
    "details": ("v1",),
    "ratings": ("v1",),
    "reviews": ("v1", "v2", "v3"),
    "productpage": ("v1",),
}
# Folders that the images write to; the paths are the images' own.
SCRATCH: Final[Mapping[str, Mapping[str, str]]] = {
    "reviews": {"tmp": "/tmp", "wlp-output": "/opt/ibm/wlp/output"},  # noqa: S108 - a path in the image
    "productpage": {"tmp": "/tmp"},  # noqa: S108 - a path in the image
}
LOGS: Final = "/tmp/logs"  # noqa: S108 - a path in the image


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
                    container_ports=[{"container_port": PORT}],
                    env=[{"name": "LOG_DIR", "value": LOGS}] if service == "reviews" else (),
                    mounts=[
                        Mount(path=path, volume={"name": name, "empty_dir": {}})
                        for name, path in SCRATCH.get(service, {}).items()
                    ],
                ),
                pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"namespace": args.namespace})
