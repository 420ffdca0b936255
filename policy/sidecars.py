"""Rules of the post's point: no sidecar anywhere, and nothing that would inject one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policy.objects import Declared, containers, items, mapping, pods
from policy.violation import Violation

INJECT: Final = "sidecar.istio.io/inject"
# Either makes Istio's injector take a namespace's pods, or a pod:
# https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
ENROLMENTS: Final = ("istio-injection", "istio.io/rev")
WEBHOOKS: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
PROXY: Final = "istio-proxy"
PROXY_IMAGE: Final = "proxyv2"
GATEWAYS: Final = ("ingressgateway", "egressgateway")


def injection(declared: Sequence[Declared]) -> Iterator[Violation]:
    """Yield namespaces and pods that ask to be injected."""
    for one in declared:
        if one.kind == "Namespace":
            asked = _enrolments(mapping(one.body, "metadata", "labels"))
            whose = "it has"
        else:
            asked = {key: value for pod in pods(one) for key, value in _asked_by(pod).items()}
            whose = "its pods have"
        for key, value in asked.items():
            yield Violation(
                rule="no-injection",
                declared=one,
                fact=f"{whose} `{key}: {value}`, which asks an injector for sidecars",
                fix=f"take `{key}` away; the ingress gateway routes to pods without a sidecar",
            )


def webhooks(declared: Sequence[Declared]) -> Iterator[Violation]:
    """Yield the configurations of admission webhooks."""
    for one in declared:
        if one.kind in WEBHOOKS:
            names = ", ".join(str(hook.get("name")) for hook in items(one.body, "webhooks") if isinstance(hook, dict))
            yield Violation(
                rule="no-admission-webhook",
                declared=one,
                fact=f"it puts itself before the API server ({names or 'no webhook in it yet'})",
                fix="take it away; of Istio's charts: global.operatorManageWebhooks=true, "
                "global.configValidation=false, and defaultRevision='' of chart base",
            )


def proxies(declared: Sequence[Declared]) -> Iterator[Violation]:
    """Yield pods with a proxy of Istio's in them that are no gateway."""
    for one in declared:
        for pod in pods(one):
            for container in containers(pod):
                if _is_proxy(container) and not _is_gateway(pod, container):
                    yield Violation(
                        rule="no-sidecar",
                        declared=one,
                        fact=f"its pods have the container `{container.get('name')}` of the image "
                        f"{container.get('image')}, and they are no gateway",
                        fix=f"take the container away; a gateway's pods have the label `istio` "
                        f"({' or '.join(GATEWAYS)}) and run `proxy router`",
                    )


def _enrolments(labels: Mapping[str, Any]) -> dict[str, Any]:
    return {key: labels[key] for key in ENROLMENTS if key in labels and labels[key] != "disabled"}


def _asked_by(pod: Mapping[str, Any]) -> dict[str, Any]:
    labels = mapping(pod, "metadata", "labels")
    # As an annotation it is of old, and still read.
    asked = {**mapping(pod, "metadata", "annotations"), **labels}.get(INJECT)
    if _is(asked, "false"):
        # The pod says no, whatever else it has: istiod's own has a revision, as a name.
        return {}
    return {**({INJECT: asked} if _is(asked, "true") else {}), **_enrolments(labels)}


def _is(value: object, text: str) -> bool:
    return str(value).lower() == text


def _is_proxy(container: object) -> bool:
    if not isinstance(container, dict):
        return False
    image = str(container.get("image", "")).partition("@")[0].rpartition("/")[2].partition(":")[0]
    return container.get("name") == PROXY or image == PROXY_IMAGE


def _is_gateway(pod: Mapping[str, Any], container: Mapping[str, Any]) -> bool:
    # Beside a control plane that was there before, a gateway of the stack's own has a prefix.
    named = str(mapping(pod, "metadata", "labels").get("istio")).endswith(GATEWAYS)
    return named and items(container, "args")[:2] == ["proxy", "router"]
