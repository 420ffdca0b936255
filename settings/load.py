"""From the engine's flat strings to ``Settings``, with all problems at once."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.runtime import config as engine_config

from settings import rendering
from settings.check import check
from settings.cluster import ExistingCluster, resolve, unreachable
from settings.egress import EgressSettings
from settings.egress import conflicts as egress_conflicts
from settings.egress import contents as egress_contents
from settings.gke import GkeSettings
from settings.istio import GatewaySettings, IstioSettings
from settings.model import Settings
from settings.names import is_object_name
from settings.occupied import occupied
from settings.paths import PROJECT, member, unset_command
from settings.problem import ConfigError, Problem, Section
from settings.route import RouteSettings
from settings.routes import conflicts as route_conflicts
from settings.routes import contents as route_contents

SECTIONS: dict[str, type[Section]] = {
    "gke": GkeSettings,
    "istio": IstioSettings,
    "gateway": GatewaySettings,
}
# Objects by a name that the config gives them.
NAMED: dict[str, type[Section]] = {"routes": RouteSettings, "egress": EgressSettings}
KEYS = frozenset(Settings.model_fields) - {"cluster"}


def load(config: Mapping[str, str] | None = None) -> Settings:
    """Read and check the stack's config.

    Args:
        config: the engine's view, ``project:key`` to text (JSON for objects); the running
            program's own when left out.

    Raises:
        ConfigError: with every problem there is, before any resource is declared.
    """
    everything = _engine() if config is None else config
    given = {
        key.removeprefix(f"{PROJECT}:"): value for key, value in everything.items() if key.startswith(f"{PROJECT}:")
    }
    target = given.get("target", "existing")
    problems = [_unknown(key, given[key]) for key in sorted(given.keys() - KEYS)]
    values: dict[str, Any] = {
        key: value for key, value in given.items() if key in KEYS - SECTIONS.keys() - NAMED.keys()
    }
    for key, section in SECTIONS.items():
        parsed = _section(key, section, _content(given.get(key, "{}")), everything, target)
        if isinstance(parsed, list):
            problems += parsed
        else:
            values[key] = parsed
    for key, section in NAMED.items():
        named = _named(key, section, given)
        if isinstance(named, list):
            problems += named
        else:
            values[key] = named
    if target == "existing" and rendering.folder() is None:
        found = _existing(given.get("kubeconfig", ""), given.get("context", ""))
        if isinstance(found, list):
            problems += found
        else:
            values["cluster"] = found
    settings = check(Settings, values, "")
    if isinstance(settings, list):
        problems += settings
    if problems or isinstance(settings, list):
        raise ConfigError(problems)
    return settings


def _engine() -> Mapping[str, str]:
    """Return the running program's config: the released language host hands it over in the environment."""
    return {**engine_config.get_config_env(), **engine_config.CONFIG.get()}


def _content(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _section(
    key: str, section: type[Section], content: object, everything: Mapping[str, str], target: str
) -> Section | list[Problem] | None:
    if not isinstance(content, dict):
        rule = "it is an object, with keys of its own"
        return [Problem(key=key, value=content, rule=rule, fix=unset_command(key))]
    if key != "gke":
        return check(section, content, key)
    if "gcp:project" in everything:
        content.setdefault("project", everything["gcp:project"])
    if target == "gke":
        return check(section, content, key)
    # A cluster that is not asked for needs no project; what is there is still held to the rules.
    parsed = check(section, {"project": "not-asked-for", **content}, key)
    return parsed if isinstance(parsed, list) else None


def _named(key: str, section: type[Section], given: Mapping[str, str]) -> dict[str, Section] | list[Problem]:
    content = _content(given.get(key, "{}"))
    if not isinstance(content, dict):
        rule = "it is an object, with keys of its own"
        return [Problem(key=key, value=content, rule=rule, fix=unset_command(key))]
    named: dict[str, Section] = {}
    problems: list[Problem] = []
    for name, one in _with_defaults(key, content, given).items():
        path = member(key, name)
        if not isinstance(one, dict):
            rule = "it is an object, with keys of its own"
            problems.append(Problem(key=path, value=one, rule=rule, fix=unset_command(path)))
            continue
        parsed = check(section, one, path)
        if isinstance(parsed, list):
            problems += parsed
        else:
            named[name] = parsed
    # With all of them sound, the settings as a whole tell of these.
    return [*problems, *_conflicts(named)] if problems else named


def _conflicts(named: Mapping[str, Section]) -> Iterator[Problem]:
    yield from route_conflicts({name: one for name, one in named.items() if isinstance(one, RouteSettings)})
    egress = {name: one for name, one in named.items() if isinstance(one, EgressSettings)}
    yield from egress_conflicts(egress, {}, None)


def _with_defaults(key: str, content: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    namespace = given.get("namespace", "default")
    # A namespace that is wrong is told once, and not again for everything in it.
    home = namespace if is_object_name(namespace) else "default"
    if key == "egress":
        return egress_contents(content, home)
    return route_contents(content, home, bookinfo=given.get("bookinfo", "true") != "false")


def _existing(kubeconfig: str, context: str) -> ExistingCluster | list[Problem]:
    found = resolve(kubeconfig, context)
    if isinstance(found, list):
        return found
    problem = unreachable(found) or occupied(found)
    return [problem] if problem else found


def _unknown(key: str, value: str) -> Problem:
    return Problem(
        key=key,
        value=value,
        rule=f"there is no such key (known: {', '.join(sorted(KEYS))})",
        fix=unset_command(key, whole=True),
    )
