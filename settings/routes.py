"""The stack's routes by name: the post's, a team's own, and what holds between them.

Owns the defaults that come from a route's name, and the rules between two routes. A rule of
one route alone is its section's.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from settings.access import FIRST_PORT, PORTS
from settings.overlap import overlaps, own_gateways
from settings.paths import member, set_command, unset_command
from settings.problem import Problem
from settings.route import RouteSettings

POST_NAME: Final = "reviews"
# The Services of the post's applications, which the stack itself declares.
# The post's route: half and half between v1 and v2, and nothing for v3.
POST: Final[Mapping[str, Any]] = {"port": 9080, "subsets": ["v1", "v2", "v3"], "split": {"v1": 50, "v2": 50}}


def contents(given: Mapping[str, Any], namespace: str, *, bookinfo: bool) -> dict[str, Any]:
    """Return the content of every route, with what follows from its name.

    Args:
        given: `routes` as it stands in the config.
        namespace: where a service is that no route says otherwise of.
        bookinfo: whether the post's application is there, and so its route.
    """
    routes: dict[str, Any] = {**({POST_NAME: {}} if bookinfo else {}), **given}
    return {
        name: _with_defaults(name, content, namespace, bookinfo=bookinfo) if isinstance(content, dict) else content
        for name, content in routes.items()
    }


def _with_defaults(name: str, content: Mapping[str, Any], namespace: str, *, bookinfo: bool) -> dict[str, Any]:
    named = {"service": name, "namespace": namespace, "prefix": f"/{name}"}
    post = dict(POST) if bookinfo and name == POST_NAME else {}
    subsets = content.get("subsets")
    if post and isinstance(subsets, list) and not set(post["split"]) <= {str(subset) for subset in subsets}:
        del post["split"]  # it would be between subsets that are not there
    return {**named, **post, **content}


def post_route(namespace: str = "default") -> RouteSettings:
    """Return the post's route as it is without any config."""
    return RouteSettings.model_validate(_with_defaults(POST_NAME, {}, namespace, bookinfo=True))


def conflicts(routes: Mapping[str, RouteSettings], brought: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what two routes cannot both have, and aliases that are Services of the stack itself.

    Args:
        routes: by name.
        brought: the Services that the stack itself brings, as NAMESPACE/NAME.
    """
    served: dict[tuple[str, str], str] = {}
    for name, route in routes.items():
        first = served.setdefault((route.namespace, route.service), name)
        if first != name:
            key = member("routes", name)
            rule = (
                f"{member('routes', first)} is for the Service {route.service} of {route.namespace} already; "
                "one DestinationRule holds for all that is routed to a service, so add it there, as a rule"
            )
            yield Problem(key=key, value=route.service, rule=rule, fix=unset_command(key))
    yield from overlaps(routes)
    yield from _tls_problems(routes)
    yield from _alias_conflicts(routes, served, brought)
    yield from _closed_gateways(routes)


def _closed_gateways(routes: Mapping[str, RouteSettings]) -> Iterator[Problem]:
    """Yield routes on another one's Gateway that takes no VirtualService from their namespace."""
    own = own_gateways(routes)
    for name, route in routes.items():
        if route.gateway in own and not route.gateway.startswith(f"{route.namespace}/"):
            key = f"{member('routes', name)}.gateway"
            rule = f"that Gateway takes the routes of its own namespace only, and this one's is {route.namespace}"
            yield Problem(key=key, value=route.gateway, rule=rule, fix=unset_command(key))


def _tls_problems(routes: Mapping[str, RouteSettings]) -> Iterator[Problem]:
    """Yield what istiod does to a host's other routes when one of them has TLS."""
    own = own_gateways(routes)
    at_own = {name: one for name, one in routes.items() if one.gateway is None or one.gateway in own}
    with_tls: dict[str, str] = {}
    for name, route in at_own.items():
        taken = [host for host in route.hosts if with_tls.setdefault(host, name) != name] if route.tls else []
        if route.tls and taken:
            key = f"{member('routes', name)}.tls"
            rule = (
                f"{member('routes', with_tls[taken[0]])}.tls has the host {taken[0]} already, and istiod drops "
                "a second HTTPS server for it; let both routes name one Gateway by `gateway`"
            )
            yield Problem(key=key, value=route.tls.credential_name, rule=rule, fix=unset_command(key))
    for name, route in at_own.items():
        for host in route.hosts if route.tls is None else ():
            first = with_tls.get(host)
            tls = routes[first].tls if first is not None else None
            if first is not None and tls is not None and tls.https_redirect:
                key = f"{member('routes', first)}.tls.httpsRedirect"
                rule = f"{member('routes', name)} is on the host {host} too, and has no HTTPS to be redirected to"
                yield Problem(key=key, value=True, rule=rule, fix=unset_command(key))


def _alias_conflicts(
    routes: Mapping[str, RouteSettings], served: Mapping[tuple[str, str], str], brought: Collection[str]
) -> Iterator[Problem]:
    """Yield aliases whose name, or port, is another's already."""
    names: dict[str, str] = {}
    ports: dict[int, str] = {}
    for name, route in routes.items():
        path = member("routes", name)
        for alias, target in route.aliases.items():
            key = member(f"{path}.aliases", alias)
            namespace, _, service = alias.partition("/")
            owner = served.get((namespace, service), name)
            first = names.setdefault(alias, name)
            if owner != name:
                rule = f"it is the Service of {member('routes', owner)}, and a name leads to one of them"
            elif alias in brought:
                rule = f"the stack itself has a Service of this name in {namespace}"
            elif first != name:
                rule = f"{member('routes', first)} has this alias already, and a name leads to one of them"
            else:
                continue
            yield Problem(key=key, value=target, rule=rule, fix=unset_command(key))
        if not route.aliases:
            continue
        first = ports.setdefault(route.port_of_aliases, name)
        if first != name:
            key = f"{path}.aliasPort"
            rule = f"the aliases of {member('routes', first)} have the port {route.port_of_aliases} already"
            taken = {other.port_of_aliases for other in routes.values()}
            free = next(port for port in range(FIRST_PORT, FIRST_PORT + PORTS) if port not in taken)
            yield Problem(key=key, value=route.alias_port, rule=rule, fix=set_command(key, free))
