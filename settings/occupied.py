"""Whether a cluster has room for the stack's Istio: a cluster has one set of Istio's CRDs, so one Istio.

Owns the mark by which a stack knows its own Istio again, and the refusal of somebody else's. What
cannot be asked (no right to) is not refused: the API server then says "already exists", only later.
"""

from collections.abc import Sequence
from typing import Any, Final

import pulumi

from settings import istiod
from settings.api_client import ApiClient
from settings.cluster import ExistingCluster
from settings.paths import set_command
from settings.problem import Problem

# An annotation of the Istio namespace, the first object that a stack makes and the last that it deletes.
MARK: Final = "incremental-istio/stack"
NAMESPACES: Final = "/api/v1/namespaces"
CRD: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/virtualservices.networking.istio.io"
BESIDE: Final = "a gateway of the stack's own, and no second control plane; `nothing` brings only routes"


def owner() -> str:
    """Return what this stack marks what it brings of Istio with."""
    return f"{pulumi.get_project()}/{pulumi.get_stack()}"


def occupied(cluster: ExistingCluster, api: ApiClient) -> Problem | None:
    """Return the problem of a cluster that has an Istio which is not this stack's."""
    namespaces = api.items(NAMESPACES)
    if namespaces is None:
        return None
    owners = marks(namespaces, MARK)
    if owner() in owners:
        return None
    if owners:
        _, _, stack = owners[0].rpartition("/")
        rule = f"its cluster has the Istio of stack {owners[0]} already, and has room for one"
        fix = f"{set_command('istio.install', 'nothing')}  # only routes, on the gateways of that stack; "
        return _problem(cluster, rule, f"{fix}if it may go: make down STACK={stack}")
    if not api.get(CRD):
        return None
    found = istiod.deployments(api)
    if found == []:
        rule = "its cluster has the CRDs of an Istio that is gone, and the stack would replace them with its own"
        fix = f"{set_command('context', 'OTHER')}  # or, if nobody needs their objects: istioctl uninstall --purge"
        return _problem(cluster, rule, fix)
    shown = f" ({', '.join(istiod.shown(one) for one in found)})" if found else ""
    rule = f"its cluster has an Istio already{shown}, which no stack of this project installed, and has room for one"
    return _problem(cluster, rule, f"{set_command('istio.install', 'gateway')}  # {BESIDE}")


def marks(namespaces: Sequence[dict[str, Any]], annotation: str) -> list[str]:
    """Return every stack that marked a namespace."""
    found = [item["metadata"].get("annotations") or {} for item in namespaces]
    return sorted(annotations[annotation] for annotations in found if annotation in annotations)


def _problem(cluster: ExistingCluster, rule: str, fix: str) -> Problem:
    return Problem(key="context", value=cluster.context, rule=rule, fix=fix)
