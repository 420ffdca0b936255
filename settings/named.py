"""The config's objects by name, routes and ways out: each checked by itself, and with the others of its kind.

Owns that a name gives its defaults before anything is checked, and that one that is wrong does not hide
what is wrong with the others.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from settings.check import check
from settings.egress import EgressSettings
from settings.egress import conflicts as egress_conflicts
from settings.egress import contents as egress_contents
from settings.paths import member, unset_command
from settings.problem import Problem, Section
from settings.route import RouteSettings
from settings.routes import conflicts as route_conflicts
from settings.routes import contents as route_contents

NAMED: dict[str, type[Section]] = {"routes": RouteSettings, "egress": EgressSettings}


def named(key: str, content: object, namespace: str, *, bookinfo: bool) -> dict[str, Any] | list[Problem]:
    """Return the sections by their names, or all that is wrong with them.

    Args:
        key: one of ``NAMED``.
        content: what stands there.
        namespace: where a service is that nothing else is said of.
        bookinfo: whether the post's application is there, and so its route.
    """
    if not isinstance(content, dict):
        return [no_object(key, content)]
    defaults = (
        egress_contents(content, namespace)
        if key == "egress"
        else route_contents(content, namespace, bookinfo=bookinfo)
    )
    sound: dict[str, Section] = {}
    problems: list[Problem] = []
    for name, one in defaults.items():
        path = member(key, name)
        parsed = check(NAMED[key], one, path) if isinstance(one, dict) else [no_object(path, one)]
        if isinstance(parsed, list):
            problems += parsed
        else:
            sound[name] = parsed
    # With all of them sound, the settings as a whole tell of these.
    return [*problems, *_conflicts(sound)] if problems else sound


def no_object(key: str, content: object) -> Problem:
    """Return the problem of what stands where an object is asked for."""
    rule = "it is an object, with keys of its own"
    return Problem(key=key, value=content, rule=rule, fix=unset_command(key))


def _conflicts(sound: Mapping[str, Section]) -> Iterator[Problem]:
    yield from route_conflicts({name: one for name, one in sound.items() if isinstance(one, RouteSettings)})
    egress = {name: one for name, one in sound.items() if isinstance(one, EgressSettings)}
    yield from egress_conflicts(egress, {})
