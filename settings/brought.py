"""The Services that the stack brings itself: names that nothing else of its config may have."""

from typing import Final

from settings.istio import GatewaySettings, IstioSettings

OF_BOOKINFO: Final = frozenset({"details", "ratings", "reviews", "productpage", "sleep"})


def services(istio: IstioSettings, gateway: GatewaySettings, samples: str | None) -> frozenset[str]:
    """Return their names, as NAMESPACE/NAME.

    Args:
        istio: what of Istio the stack brings.
        gateway: its gateways.
        samples: namespace of the applications that the stack brings; None where it brings none.
    """
    found = [f"{samples}/{name}" for name in OF_BOOKINFO] if samples else []
    if istio.install == "controlPlane":
        found += [f"{istio.namespace}/{name}" for name in ("istiod", "istio-ingressgateway", "istio-egressgateway")]
    if istio.install == "gateway":
        found += [f"{gateway.own_namespace}/{gateway.own_name}-{role}gateway" for role in ("ingress", "egress")]
    return frozenset(found)
