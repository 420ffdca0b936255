"""What of Istio the stack brings, and which keys have no meaning then.

Owns the rules between `istio.install` and the keys of `istio` and `gateway`. What the cluster has
to say to it is asked in ``settings.survey``.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from settings.istio import GatewaySettings, IstioSettings
from settings.paths import set_command, unset_command
from settings.problem import Problem

# Key to the reason, by the value of `istio.install`.
MEANINGLESS: Final[Mapping[str, Mapping[str, str]]] = {
    "controlPlane": {
        "istio.revision": "the stack's istiod has none",
        "gateway.name": "the stack's gateways are Istio's, with Istio's names",
        "gateway.namespace": "the gateways are in istio.namespace",
        "gateway.selector": "the routes go to the stack's own gateway",
    },
    "gateway": {
        "istio.charts": "the control plane is there, and nothing is rendered",
        "gateway.selector": "the routes go to the stack's own gateway",
    },
    "nothing": {
        "istio.revision": "no gateway of the stack asks an istiod",
        "istio.version": "nothing of Istio is run",
        "istio.hub": "nothing of Istio is run",
        "istio.charts": "nothing of Istio is installed",
        **dict.fromkeys(
            (
                "gateway.name",
                "gateway.namespace",
                "gateway.serviceType",
                "gateway.sourceRanges",
                "gateway.replicas",
                "gateway.maxReplicas",
            ),
            "the gateway is there already, and is not the stack's",
        ),
    },
}


def installation_problems(target: str, istio: IstioSettings, gateway: GatewaySettings) -> Iterator[Problem]:
    """Yield the keys that have no meaning with `istio.install`, and an Istio that cannot be there."""
    sections = {"istio": istio, "gateway": gateway}
    for key, reason in MEANINGLESS[istio.install].items():
        section, _, alias = key.partition(".")
        model = sections[section]
        name = next(name for name, field in type(model).model_fields.items() if (field.alias or name) == alias)
        if name in model.model_fields_set:
            rule = f"with istio.install {istio.install} it has no meaning: {reason}"
            yield Problem(key=key, value=getattr(model, name), rule=rule, fix=unset_command(key))
    if target == "gke" and istio.install != "controlPlane":
        rule = "the cluster is the stack's own (target is gke), so no Istio is there before"
        fix = set_command("istio.install", "controlPlane")
        yield Problem(key="istio.install", value=istio.install, rule=rule, fix=fix)
