"""The stack's outputs: what a person, or `python -m checks`, needs to use the environment."""

import pulumi

from components.bookinfo import IMAGES_VERSION
from components.cluster import Cluster
from components.istio import MinimalIstio
from settings import Settings


def export(settings: Settings, cluster: Cluster, istio: MinimalIstio) -> None:
    """Export the kubeconfig (secret), the gateway's addresses, the checks' URLs and the versions."""
    route = settings.route
    path = f"{route.prefix}/0"
    outside = istio.ingress.address.apply(lambda address: f"http://{address}{path}" if address else "")
    outputs = {
        "kubeconfig": cluster.kubeconfig,
        "context": cluster.context,
        "namespace": settings.namespace,
        "gateway": {
            "inside": istio.ingress.host,
            # Empty where the cluster gives the gateway's Service no address of its own.
            "outside": istio.ingress.address,
            "outsideUrl": outside,
        },
        "checks": {
            "app": route.host,
            "plainUrl": f"http://{route.host}:{route.port}{path}",
            "gatewayUrl": f"http://{istio.ingress.host}{path}",
            "weights": route.split,
        },
        "versions": {"istio": settings.istio.version, "bookinfo": IMAGES_VERSION},
    }
    for name, value in outputs.items():
        pulumi.export(name, value)
