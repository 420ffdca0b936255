"""An Istio that somebody installed with its own installer, and all that stands of it in a cluster.

The lab's limit: its Envoy is a stock one, without Istio's filters, so this Istio is told not to
send it any, and no telemetry.
"""

import json
from typing import Any, Final

from lab.versions import ISTIO
from tests.lab.conftest import Lab

INSTALL: Final = (
    "istioctl", "install", "--skip-confirmation", "--set=profile=default", "--set=hub=docker.io/istio",
    f"--set=tag={ISTIO}", "--set=values.global.imagePullPolicy=IfNotPresent", "--set=values.telemetry.enabled=false",
    "--set=values.pilot.env.PILOT_ENABLE_METADATA_EXCHANGE=false",
    "--set=values.pilot.env.PILOT_ENABLE_ALPN_FILTER=false",
    "--set=values.pilot.resources.requests.memory=100Mi",
)  # fmt: skip
WEBHOOKS: Final = "mutatingwebhookconfigurations,validatingwebhookconfigurations"
CLUSTER_WIDE: Final = f"customresourcedefinitions,{WEBHOOKS},clusterroles,clusterrolebindings"
OF_ISTIO: Final = "deployments,services,configmaps,serviceaccounts,roles,rolebindings,horizontalpodautoscalers,secrets"
LEADER: Final = "control-plane.alpha.kubernetes.io/leader"

Fingerprint = dict[str, str]


def settled(lab: Lab) -> bool:
    """Return whether istiod is done with what it writes into its own webhooks."""
    webhooks = [hook for one in lab.objects(WEBHOOKS) for hook in one["webhooks"]]
    return all(hook["clientConfig"].get("caBundle") and hook["failurePolicy"] == "Fail" for hook in webhooks)


def fingerprint(lab: Lab) -> Fingerprint:
    """Return every object of that Istio, with all that somebody wrote and nothing that it tells of itself."""
    objects = [
        *(one for one in lab.objects(CLUSTER_WIDE) if "istio" in one["metadata"]["name"]),
        *(one for one in lab.objects(OF_ISTIO) if one["metadata"]["namespace"] == "istio-system"),
        *(one for one in lab.objects("namespaces") if one["metadata"]["name"] == "istio-system"),
    ]
    return {_key(one): _content(one) for one in objects}


def _key(one: dict[str, Any]) -> str:
    metadata = one["metadata"]
    return f"{one['kind']} {metadata.get('namespace', '')}/{metadata['name']}"


def _content(one: dict[str, Any]) -> str:
    # A status is not written by the stack, and who leads among istiods is renewed every second.
    metadata = {key: value for key, value in one["metadata"].items() if key != "managedFields"}
    annotations = {key: value for key, value in metadata.get("annotations", {}).items() if key != LEADER}
    if "status" in one or LEADER in metadata.get("annotations", {}):
        del metadata["resourceVersion"]
    body = {key: value for key, value in one.items() if key != "status"}
    return json.dumps({**body, "metadata": {**metadata, "annotations": annotations}}, sort_keys=True)
