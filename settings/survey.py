"""What the cluster has to say to the config, before anything is created.

Owns the order of the questions: is there room (`controlPlane`), or is there the Istio that is
counted on (`gateway`, `nothing`), and is there what the routes lead to. Each answer's rule is in
its own module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import yaml

from settings import entrance, existing_istio, targets
from settings.api_client import ApiClient, LoginError, client
from settings.cluster import ExistingCluster
from settings.entrance import Entrance
from settings.istio import GatewaySettings, IstioSettings
from settings.istiod import Istiod
from settings.occupied import NAMESPACES, occupied
from settings.problem import Problem
from settings.route import RouteSettings
from settings.routes import POST_NAME


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the stack is about to do.

    Attributes:
        egress: whether there is a way out among what it declares.
        applications: namespace of the post's applications; None where the stack brings none.
    """

    istio: IstioSettings
    gateway: GatewaySettings
    routes: Mapping[str, RouteSettings]
    egress: bool
    applications: str | None


@dataclass(kw_only=True)
class Survey:
    """What was found.

    Attributes:
        istiod: the control plane beside which the stack's gateways stand; None with `controlPlane`.
        entrance: with `nothing`, the gateway that is there: reached where the post's route is served, with the labels
            and the namespace of the selector's pods, if there are any.
    """

    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    istiod: Istiod | None = None
    entrance: Entrance | None = None


def survey(cluster: ExistingCluster, plan: Plan) -> Survey:
    """Ask a cluster; what cannot be known is taken for granted, and told."""
    found = Survey()
    try:
        with client(cluster) as api:
            _ask(found, cluster, api, plan)
    except LoginError as error:
        _taken_for_granted(found, plan, str(error))
    # An answer in no shape that is known here.
    except (AttributeError, KeyError, TypeError, ValueError, yaml.YAMLError):
        _taken_for_granted(found, plan, "it answers in no shape that is known here")
    return found


def _ask(found: Survey, cluster: ExistingCluster, api: ApiClient, plan: Plan) -> None:
    if plan.istio.install == "controlPlane":
        if problem := occupied(cluster, api):
            found.problems.append(problem)
            return
    else:
        _ask_of_istio(found, api, plan)
        if plan.applications and existing_istio.injected(api.items(NAMESPACES) or (), plan.applications):
            where = f"namespace {plan.applications} is labelled for injection"
            found.warnings.append(f"{where}: the pods of Bookinfo and sleep get sidecars there")
    found.warnings += targets.service_warnings(api, plan.routes, plan.applications)


def _ask_of_istio(found: Survey, api: ApiClient, plan: Plan) -> None:
    install = plan.istio.install
    found.problems += existing_istio.crd_problems(api, install, egress=plan.egress)
    istiod = existing_istio.find(api, plan.istio)
    if istiod is None:
        _taken_for_granted(found, plan, "its Deployments cannot be listed")
    elif isinstance(istiod, list):
        found.problems += istiod
    else:
        found.istiod = istiod
        found.problems += existing_istio.control_plane_problems(api, istiod, plan.istio)
        found.warnings += existing_istio.warnings(istiod)
    if install == "gateway":
        found.problems += existing_istio.place_problems(api, plan.gateway)
        return
    found.problems += targets.gateway_problems(api, plan.routes)
    there = entrance.find(api, plan.gateway.selector)
    if there is None and any(route.gateway is None for route in plan.routes.values()):
        found.problems.append(entrance.absent(plan.gateway.selector))
    post = plan.routes.get(POST_NAME)
    named = targets.selector(api, post) if post is not None else None
    found.entrance = there
    if named:
        at_post = entrance.find(api, named) or Entrance(selector=named)
        # The post's requests go there; which pods serve the routes' own Gateways stays the selector's say.
        found.entrance = replace(at_post, selector=there.selector, namespace=there.namespace) if there else at_post


def _taken_for_granted(found: Survey, plan: Plan, reason: str) -> None:
    if plan.istio.install == "controlPlane":
        return
    found.istiod = found.istiod or assumed(plan.istio)
    told = f"the cluster could not be asked for its Istio ({reason}); taken for granted: {found.istiod}"
    found.warnings.append(f"{told}, with its CA on" if found.istiod.ca else told)


def assumed(istio: IstioSettings) -> Istiod:
    """Return the istiod of a cluster that cannot be asked, or is not asked: Istio's own installation."""
    name = "istiod" if istio.revision in {None, "default"} else f"istiod-{istio.revision}"
    return Istiod(namespace=istio.namespace, name=name, revision=istio.revision or "default")
