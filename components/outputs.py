"""The stack's outputs: what a person, or `python -m checks`, needs to use the environment."""

from typing import Any

import pulumi

from components.bookinfo import IMAGES_VERSION
from components.cluster import Cluster
from components.installation import Installation
from settings import Settings
from settings.routes import POST_NAME


def export(settings: Settings, cluster: Cluster, istio: Installation) -> None:
    """Export the kubeconfig (secret), the gateway's addresses, the checks' URLs and the versions."""
    outputs: dict[str, Any] = {
        "kubeconfig": cluster.kubeconfig,
        "context": cluster.context,
        "namespace": settings.namespace,
        "gateway": {
            "inside": istio.ingress.host,
            # Empty where the cluster gives the gateway's Service no address of its own.
            "outside": istio.ingress.address,
        },
        "versions": {"istio": istio.version, "bookinfo": IMAGES_VERSION},
    }
    if settings.bookinfo and istio.ingress.host:
        route = settings.routes[POST_NAME]
        path = f"{route.prefix.rstrip('/')}/0"
        outputs["gateway"]["outsideUrl"] = istio.ingress.address.apply(
            lambda address: f"http://{address}{path}" if address else ""
        )
        outputs["checks"] = {
            "app": route.service,
            "plainUrl": f"http://{route.service}:{route.port}{path}",
            "gatewayUrl": f"http://{istio.ingress.host}{path}",
            "weights": route.split,
        }
    for name, value in outputs.items():
        pulumi.export(name, value)
