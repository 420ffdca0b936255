"""Whether a cluster has the Istio that `istio.install` counts on, and which istiod that is.

Owns the rules of `gateway` (an istiod that can program the stack's gateways, and a place for
them) and what both modes need of the CRDs. It changes nothing, and what nobody may ask is told
as a warning, with what is taken for granted instead.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from settings import istiod
from settings.api_client import ApiClient
from settings.istio import GatewaySettings, IstioSettings
from settings.istiod import Istiod
from settings.occupied import MARK, NAMESPACES, marks, owner
from settings.paths import set_command, unset_command
from settings.problem import Problem

# What the stack declares of Istio, and asks its group for; anybody who is logged in may ask.
GROUP: Final = "/apis/networking.istio.io/v1"
KINDS: Final = frozenset({"gateways", "virtualservices", "destinationrules"})
KINDS_OF_EGRESS: Final = frozenset({"serviceentries"})
# An annotation of a gateways' namespace that a stack made.
GATEWAY_MARK: Final = "incremental-istio/gateways-of"
# A stack with a control plane lets only its own gateways reach it.
XDS_POLICY: Final = "istiod-xds-from-gateways-only"
POLICY: Final = "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies/{}"
PODS: Final = "/api/v1/pods"
INSTALL: Final = "istio.install"
HERE: Final = f"{set_command(INSTALL, 'controlPlane')}  # the stack brings its own; or look whether it is this cluster"


def crd_problems(api: ApiClient, install: str, *, egress: bool) -> Iterator[Problem]:
    """Yield that the cluster does not know the kinds that routes, and ways out where there are any, are made of."""
    group = api.get(GROUP)
    if group is None:
        return
    needed = KINDS | (KINDS_OF_EGRESS if egress else frozenset())
    lacking = needed - {str(one["name"]) for one in group.get("resources", ())}
    if lacking:
        rule = (
            f"its cluster has no CRDs for {', '.join(sorted(lacking))} of networking.istio.io/v1 (Istio 1.22 or newer)"
        )
        yield Problem(key=INSTALL, value=install, rule=rule, fix=HERE)


def find(api: ApiClient, istio: IstioSettings) -> Istiod | list[Problem] | None:
    """Return the istiod that is meant, or why there is none; None where that cannot be known."""
    found = istiod.deployments(api)
    if found is None:  # who may not list them all may well know one namespace
        found = istiod.deployments(api, istio.namespace)
    if found is None:
        return None
    known = [istiod.parse(one) for one in found]
    meant = [one for one in known if istio.revision in {None, one.revision}]
    if "namespace" in istio.model_fields_set:
        meant = [one for one in meant if one.namespace == istio.namespace]
    if len(meant) == 1 or (meant and istio.install == "nothing"):
        return istiod.with_mesh(meant[0], api)
    return [_none_or_many(istio, known, meant)]


def _none_or_many(istio: IstioSettings, known: Sequence[Istiod], meant: Sequence[Istiod]) -> Problem:
    shown = ", ".join(f"{one} of revision {one.revision}" for one in known)
    if not known:
        rule = "its cluster has no istiod (no Deployment has the label app=istiod)"
        return Problem(key=INSTALL, value=istio.install, rule=rule, fix=HERE)
    if istio.revision is not None and istio.revision not in {one.revision for one in known}:
        fix = set_command("istio.revision", known[0].revision)
        return Problem(key="istio.revision", value=istio.revision, rule=f"its cluster has {shown}", fix=fix)
    if not meant:
        fix = set_command("istio.namespace", known[0].namespace)
        return Problem(key="istio.namespace", value=istio.namespace, rule=f"its cluster has {shown}", fix=fix)
    revisions = {one.revision for one in meant}
    key, value = ("revision", meant[0].revision) if len(revisions) > 1 else ("namespace", meant[0].namespace)
    rule = f"its cluster has several istiods: {shown}"
    return Problem(key=f"istio.{key}", value=getattr(istio, key), rule=rule, fix=set_command(f"istio.{key}", value))


def control_plane_problems(api: ApiClient, found: Istiod, istio: IstioSettings) -> Iterator[Problem]:
    """Yield a control plane that is the stack's own, and one that keeps the stack's gateways out."""
    namespaces = api.items(NAMESPACES) or []
    home = [one for one in namespaces if one["metadata"]["name"] == found.namespace]
    if owner() in marks(home, MARK):
        rule = f"the istiod of {found.namespace} is this stack's own, and would be deleted"
        fix = set_command(INSTALL, "controlPlane")
        yield Problem(key=INSTALL, value=istio.install, rule=rule, fix=fix)
    elif istio.install == "gateway" and not found.ca and api.get(POLICY.format(found.namespace, XDS_POLICY)):
        stacks = marks(home, MARK)
        rule = (
            f"the istiod of {found.namespace} is stack {stacks[0] if stacks else 'OTHER'}'s, for its own gateways only"
        )
        fix = f"{set_command(INSTALL, 'nothing')}  # routes on the gateway of that stack"
        yield Problem(key=INSTALL, value=istio.install, rule=rule, fix=fix)


def place_problems(api: ApiClient, gateway: GatewaySettings) -> Iterator[Problem]:
    """Yield a namespace that the stack's gateways cannot have, and pods that their label is taken by."""
    namespaces = api.items(NAMESPACES)
    if namespaces is None:
        return
    by_name = {one["metadata"]["name"]: one for one in namespaces}
    key, name = "gateway.namespace", gateway.own_namespace
    if gateway.namespace is not None:
        if name not in by_name:
            rule = "there is no such namespace"
            fix = f"kubectl create namespace {name}  # or have the stack make one: {unset_command(key)}"
            yield Problem(key=key, value=name, rule=rule, fix=fix)
    elif name in by_name and owner() not in marks([by_name[name]], GATEWAY_MARK):
        stacks = marks([by_name[name]], GATEWAY_MARK)
        if stacks:
            rule, fix = f"stack {stacks[0]} has gateways of that name", set_command("gateway.name", "OTHER")
            yield Problem(key="gateway.name", value=gateway.own_name, rule=rule, fix=fix)
        else:
            rule = f"the stack makes the namespace {name} for its gateways, and it is there already"
            yield Problem(key=key, value=None, rule=rule, fix=f"{set_command(key, name)}  # uses it")
    label = f"{gateway.own_name}-ingressgateway"
    strangers = {one["metadata"]["namespace"] for one in api.items(PODS, istio=label) or ()} - {name}
    if strangers:
        rule = (
            f"pods of {', '.join(sorted(strangers))} have the label istio={label} already, and would serve the routes"
        )
        fix = set_command("gateway.name", "OTHER")
        yield Problem(key="gateway.name", value=gateway.own_name, rule=rule, fix=fix)


def warnings(found: Istiod) -> Iterator[str]:
    """Yield what of a mesh's own config can keep routes from taking effect."""
    if found.discovery_selectors:
        yield (
            f"{found} looks only at the namespaces of its meshConfig.discoverySelectors; give those of the stack's "
            "routes and gateways the labels"
        )
    if found.scoped:
        yield (
            f"{found} has PILOT_SCOPE_GATEWAY_TO_NAMESPACE: a Gateway selects pods of its own namespace only, so "
            "only routes that name a Gateway of the gateway's namespace take effect"
        )


def injected(namespaces: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether pods of a namespace get sidecars."""
    for one in namespaces:
        if one["metadata"]["name"] == name:
            labels = one["metadata"].get("labels") or {}
            asked = labels.get("istio-injection")
            return asked == "enabled" or (asked is None and "istio.io/rev" in labels)
    return False
