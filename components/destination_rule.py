"""From a route's settings to the spec of its DestinationRule: its subsets, and how endpoints are treated.

It declares nothing, and checks nothing: every rule is checked in ``settings``.
https://istio.io/latest/docs/reference/config/networking/destination-rule/
"""

from typing import Any, Final

from settings.route import RouteSettings

TRAFFIC_POLICY: Final = {"load_balancer", "connection_pool", "outlier_detection"}


def spec(route: RouteSettings) -> dict[str, Any]:
    """Return the spec of a route's DestinationRule."""
    subsets = [{"name": subset, "labels": {route.subset_label: subset}} for subset in route.subsets]
    policy = route.model_dump(
        mode="json", by_alias=True, exclude_unset=True, exclude_none=True, include=set(TRAFFIC_POLICY)
    )
    return {
        "host": route.service,
        **({"subsets": subsets} if subsets else {}),
        **({"trafficPolicy": policy} if policy else {}),
    }


def is_needed(route: RouteSettings) -> bool:
    """Return whether there is anything to say; Istio refuses a DestinationRule that says nothing more than a host."""
    return spec(route).keys() != {"host"}
