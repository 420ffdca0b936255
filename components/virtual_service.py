"""From a route's settings to the spec of its VirtualService: the rules that the gateway follows.

Owns how each key of a route is told to Istio. It declares nothing, and checks nothing:
every rule is checked in ``settings``.
https://istio.io/latest/docs/reference/config/networking/virtual-service/
"""

import re
from collections.abc import Sequence
from typing import Any

from settings.http import Fault, Mirror, Rewrite
from settings.match import MatchSettings, StringMatch
from settings.problem import Section
from settings.route import RouteSettings
from settings.rule import ActionSettings

Spec = dict[str, Any]


def spec(route: RouteSettings, gateways: Sequence[str]) -> Spec:
    """Return the spec of a route's VirtualService.

    Args:
        route: the route.
        gateways: the Gateways that it is programmed into, as the VirtualService's namespace names them.
    """
    of_its_rules = [
        entry
        for rule in route.rules
        for entry in _entries([_match(one, route) for one in rule.match], rule.within(route), route)
    ]
    of_the_route = _entries([{"uri": {"prefix": route.prefix}}], route, route)
    return {"hosts": list(route.hosts), "gateways": list(gateways), "http": [*of_its_rules, *of_the_route]}


def _entries(matches: Sequence[Spec], actions: ActionSettings, route: RouteSettings) -> list[Spec]:
    said = _actions(actions, route)
    if actions.rewrite is None:
        return [{"match": list(matches), **said}]
    # What a rewrite replaces is what was matched, so each match has one of its own.
    return [{"match": [match], **said, "rewrite": _rewrite(actions.rewrite, match)} for match in matches]


def _rewrite(rewrite: Rewrite, match: Spec) -> Spec:
    spec = _set(rewrite)
    prefix = match["uri"].get("prefix")
    if rewrite.uri is None or prefix is None or rewrite.uri.endswith("/") == prefix.endswith("/"):
        return spec
    # Envoy replaces the letters: / to /users would make /users0 of /0, and /reviews to / would make //0 of /reviews/0.
    if prefix.endswith("/"):
        return {**spec, "uri": f"{rewrite.uri}/"}
    flag = "(?i)" if match.get("ignoreUriCase") else ""
    regex = {"match": f"{flag}^{re.escape(prefix)}/?", "rewrite": spec.pop("uri").replace("\\", r"\\")}
    return {**spec, "uriRegexRewrite": regex}


def _match(match: MatchSettings, route: RouteSettings) -> Spec:
    uri = _string(match.uri) if match.uri is not None else {"prefix": route.prefix}
    headers = {name: _string(one) for name, one in match.headers.items()}
    for name, one in match.cookies.items():
        headers["cookie"] = {"regex": _cookie(name, one)}
    rest = {
        "method": _string(match.method) if match.method is not None else None,
        "headers": headers,
        "withoutHeaders": {name: _string(one) for name, one in match.without_headers.items()},
        "queryParams": {name: _string(one) for name, one in match.query_params.items()},
        "ignoreUriCase": match.ignore_uri_case,
    }
    return {"uri": uri, **{key: value for key, value in rest.items() if value}}


def _string(match: StringMatch) -> dict[str, str]:
    return match.content()


def _cookie(name: str, match: StringMatch) -> str:
    """Return a regex for the header `cookie`, which has every cookie of the request in it."""
    if match.regex is not None:
        value = f"(?:{match.regex})"
    elif match.prefix is not None:
        value = re.escape(match.prefix) + "[^;]*"
    else:
        value = re.escape(match.exact or "")
    return rf"(?:.*;\s*)?{re.escape(name)}={value}(?:\s*;.*)?"


def _actions(actions: ActionSettings, route: RouteSettings) -> Spec:
    if actions.redirect is not None:
        target: Spec = {"redirect": _plain(actions.redirect)}
    else:
        target = {"route": _destinations(actions, route)}
    rest = {
        "timeout": actions.timeout,
        "retries": _plain(actions.retries),
        "fault": _fault(actions.fault),
        "headers": _plain(actions.headers),
        "corsPolicy": _plain(actions.cors_policy),
        **_mirror(actions.mirror, route),
    }
    return {**target, **{key: value for key, value in rest.items() if value}}


def _destinations(actions: ActionSettings, route: RouteSettings) -> list[Spec]:
    if not actions.split:
        return [{"destination": _destination(route, None)}]
    return [{"destination": _destination(route, subset), "weight": weight} for subset, weight in actions.split.items()]


def _destination(route: RouteSettings, subset: str | None) -> Spec:
    named = {"subset": subset} if subset else {}
    return {"host": route.service, **named, "port": {"number": route.port}}


def _fault(fault: Fault | None) -> Spec | None:
    if fault is None:
        return None
    kinds = {"delay": fault.delay, "abort": fault.abort}
    return {
        name: {**_set(kind), "percentage": {"value": kind.percentage}}
        for name, kind in kinds.items()
        if kind is not None
    }


def _mirror(mirror: Mirror | None, route: RouteSettings) -> Spec:
    if mirror is None:
        return {}
    return {"mirror": _destination(route, mirror.subset), "mirrorPercentage": {"value": mirror.percentage}}


def _plain(section: Section | None) -> Spec | None:
    return None if section is None else _set(section)


def _set(section: Section) -> Spec:
    return section.model_dump(mode="json", by_alias=True, exclude_unset=True)
