"""From the engine's flat strings to ``Settings``, with all problems at once."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import config as engine_config
from pydantic import TypeAdapter, ValidationError

from settings import rendering
from settings.check import check
from settings.cluster import resolve, unreachable
from settings.gke import GkeSettings
from settings.installation import installation_problems
from settings.istio import GatewaySettings, IstioSettings
from settings.model import Settings
from settings.named import NAMED, named, no_object
from settings.names import is_object_name
from settings.paths import PROJECT, unset_command
from settings.problem import ConfigError, Problem, Section
from settings.survey import Plan, Survey, survey

SECTIONS: dict[str, type[Section]] = {
    "gke": GkeSettings,
    "istio": IstioSettings,
    "gateway": GatewaySettings,
}
KEYS = frozenset(name for name, field in Settings.model_fields.items() if not field.exclude)


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
    bookinfo = _is_on(given.get("bookinfo", "true"))
    namespace = given.get("namespace", "default")
    # A namespace that is wrong is told once, and not again for everything in it.
    home = namespace if is_object_name(namespace) else "default"
    for key in NAMED:
        sections = named(key, _content(given.get(key, "{}")), home, bookinfo=bookinfo)
        if isinstance(sections, list):
            problems += sections
        else:
            values[key] = sections
    istio, gateway = values.get("istio"), values.get("gateway")
    plan = None
    # Of a section that is wrong itself, nothing more is told.
    if isinstance(istio, IstioSettings) and isinstance(gateway, GatewaySettings):
        problems += installation_problems(target, istio, gateway)
        plan = Plan(
            istio=istio,
            gateway=gateway,
            routes=values.get("routes", {}),
            egress=bool(values.get("egress")),
            applications=namespace if bookinfo else None,
        )
    if target == "existing" and rendering.folder() is None:
        found = _existing(given.get("kubeconfig", ""), given.get("context", ""), plan)
        if isinstance(found, list):
            problems += found
        else:
            values |= found
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


def _is_on(text: str) -> bool:
    """Return whether `bookinfo` is on, by the words that its field takes; one that is wrong is told by itself."""
    try:
        return TypeAdapter(bool).validate_python(text)
    except ValidationError:
        return True


def _section(
    key: str, section: type[Section], content: object, everything: Mapping[str, str], target: str
) -> Section | list[Problem] | None:
    if not isinstance(content, dict):
        return [no_object(key, content)]
    if key != "gke":
        return check(section, content, key)
    if "gcp:project" in everything:
        content.setdefault("project", everything["gcp:project"])
    if target == "gke":
        return check(section, content, key)
    # A cluster that is not asked for needs no project; what is there is still held to the rules.
    parsed = check(section, {"project": "not-asked-for", **content}, key)
    return parsed if isinstance(parsed, list) else None


def _existing(kubeconfig: str, context: str, plan: Plan | None) -> dict[str, Any] | list[Problem]:
    cluster = resolve(kubeconfig, context)
    if isinstance(cluster, list):
        return cluster
    if problem := unreachable(cluster):
        return [problem]
    found = survey(cluster, plan) if plan else Survey()
    for warning in found.warnings:
        pulumi.log.warn(warning)
    return found.problems or {"cluster": cluster, "istiod": found.istiod, "entrance": found.entrance}


def _unknown(key: str, value: str) -> Problem:
    return Problem(
        key=key,
        value=value,
        rule=f"there is no such key (known: {', '.join(sorted(KEYS))})",
        fix=unset_command(key, whole=True),
    )
