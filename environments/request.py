"""What `create` is asked for: checked whole, and filled into a template, before anything is made.

Owns the rules for an environment's name, TTL and owner, and the template's placeholders. The
rules themselves are those of the stack's config, so that nothing is refused here that would be
taken there, nor the other way round.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import TypeAdapter, ValidationError

from environments.errors import EnvironmentsError, Refusal, RefusedError
from settings.check import check
from settings.gke import GkeSettings
from settings.gke_types import ClusterName, Label, Ttl

_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_GKE: Final = "incremental-istio:gke"
COMMAND: Final = "python -m environments create"


@dataclass(frozen=True, kw_only=True)
class Request:
    """An environment that may be made, and the config that its stack gets."""

    name: str
    ttl: str
    owner: str | None
    config: dict[str, Any]


def read(name: str, ttl: str, owner: str | None, template: Path, variables: Mapping[str, str]) -> Request:
    """Return the request that the command line makes.

    Args:
        name: of the stack, the label `environment`, and by the template the cluster.
        ttl: how long it may live.
        owner: who answers for it.
        template: the stack's config, with placeholders.
        variables: for the template's other placeholders, such as ``${GCP_PROJECT}``.

    Raises:
        RefusedError: with everything that Google or the stack would refuse.
    """
    refusals: list[object] = list(_refusals(name, ttl, owner))
    config = _fill(_load(template), {**variables, "name": name, "ttl": ttl, "owner": owner or ""})
    if not refusals and isinstance(config.get(_GKE), dict):
        parsed = check(GkeSettings, {"project": "not-asked-for", **config[_GKE]}, "gke")
        refusals += [f"{problem}\n    in: {template}" for problem in parsed] if isinstance(parsed, list) else []
    if refusals:
        raise RefusedError(refusals)
    return Request(name=name, ttl=ttl, owner=owner, config=config)


def _refusals(name: str, ttl: str, owner: str | None) -> Iterator[Refusal]:
    usable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    usable = (usable if usable[:1].isalpha() else f"pr-{usable}")[:40].strip("-")
    if rule := _broken(ClusterName, name):
        yield Refusal(key="NAME", value=name, rule=rule, fix=f"{COMMAND} {usable}")
    if rule := _broken(Ttl, ttl):
        yield Refusal(key="--ttl", value=ttl, rule=rule, fix=f"{COMMAND} {usable} --ttl 72h")
    if owner is not None and (rule := _broken(Label, owner)):
        label = re.sub(r"[^-_a-z0-9]", "-", owner.lower())[:63] or "team-a"
        yield Refusal(key="--owner", value=owner, rule=rule, fix=f"{COMMAND} {usable} --owner {label}")


def _broken(kind: Any, value: str) -> str | None:  # noqa: ANN401 - an annotated type is no type
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, ")
    return None


def _load(template: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(template.read_text())
    except OSError as error:
        raise EnvironmentsError(
            f"the template {template} cannot be read ({error.strerror}).\n"
            f"    fix: name one that is there: {COMMAND} NAME --template FILE"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EnvironmentsError(f"the template {template} is not YAML: {error}") from error
    config = content.get("config") if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise EnvironmentsError(
            f"the template {template} has no `config:` with keys below it, as a Pulumi.STACK.yaml has.\n"
            "    fix: begin from Pulumi.pr.yaml.template"
        )
    return config


def _fill(config: dict[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Fill the placeholders in; a key whose placeholder has no value is left out."""
    filled: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, dict):
            filled[key] = _fill(value, values)
        elif not isinstance(value, str) or all(values.get(name) for name in _PLACEHOLDER.findall(value)):
            filled[key] = _PLACEHOLDER.sub(lambda m: values[m[1]], value) if isinstance(value, str) else value
    return filled
