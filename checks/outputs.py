"""A stack's outputs, as far as the checks need them.

Owns reading them (from ``pulumi`` or from a file) and checking their shape. They hold the
kubeconfig, which is a secret: no message here quotes what was read.
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from checks.problem import Problem
from checks.timeouts import TIMEOUTS
from checks.weights import check

_CONSEQUENCE = "the cluster and the weights are not known"


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What ``checks`` uses of a stack's outputs; weights in percent."""

    kubeconfig: Mapping[str, Any] = field(repr=False)
    context: str | None
    namespace: str
    app: str
    plain_url: str
    gateway_url: str
    weights: Mapping[str, int]


def from_stack(stack: str, problems: list[Problem]) -> Outputs | None:
    """Ask ``pulumi`` for the outputs of a stack of the project in the current folder."""
    command = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", stack]
    shown = f"pulumi stack output --json --stack {stack}"
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUTS.pulumi, check=False, text=True)
    except FileNotFoundError:
        problems.append(_problem("pulumi is not on PATH", "curl -fsSL https://get.pulumi.com | sh"))
        return None
    except subprocess.TimeoutExpired:
        problems.append(_problem(f"pulumi gave no outputs within {TIMEOUTS.pulumi:.0f} s", shown))
        return None
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        problems.append(_problem(f"pulumi has no outputs of the stack {stack!r} ({reason})", "pulumi stack ls"))
        return None
    return parse(done.stdout, f"the stack {stack!r}", f"pulumi up --stack {stack}", problems)


def from_file(path: Path, problems: list[Problem]) -> Outputs | None:
    """Read outputs that ``pulumi stack output --json --show-secrets`` wrote."""
    fix = f"pulumi stack output --json --show-secrets > {path}"
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        problems.append(_problem(f"{path} cannot be read ({reason})", fix))
        return None
    return parse(text, str(path), fix, problems)


def parse(text: str, where: str, fix: str, problems: list[Problem]) -> Outputs | None:
    """Check the shape of a stack's outputs; add what is wrong to ``problems``."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        content = None
    if not isinstance(content, dict):
        problems.append(_problem(f"{where} has no JSON object of outputs", fix))
        return None
    before = len(problems)
    checks = content.get("checks")
    if not isinstance(checks, dict):
        problems.append(_problem(f"{where} has no output `checks`", fix))
        checks = None

    def text_of(key: str, outputs: Mapping[str, Any] | None, name: str) -> str:
        value = "" if outputs is None else outputs.get(key)
        if outputs is not None and not (isinstance(value, str) and value):
            problems.append(_problem(f"{where} has no text in the output `{name}`", fix))
        return value if isinstance(value, str) else ""

    kubeconfig = parse_kubeconfig(text_of("kubeconfig", content, "kubeconfig"))
    if kubeconfig is None and content.get("kubeconfig"):
        problems.append(_problem(f"{where} has an output `kubeconfig` that is not a kubeconfig", fix))
    weights = {} if checks is None else checks.get("weights")
    if not isinstance(weights, dict):
        problems.append(_problem(f"{where} has no output `checks.weights`", fix))
        weights = {}
    outputs = Outputs(
        kubeconfig=kubeconfig or {},
        context=context if isinstance(context := content.get("context"), str) and context else None,
        namespace=text_of("namespace", content, "namespace"),
        app=text_of("app", checks, "checks.app"),
        plain_url=text_of("plainUrl", checks, "checks.plainUrl"),
        gateway_url=text_of("gatewayUrl", checks, "checks.gatewayUrl"),
        weights=check(weights, f"{where}: checks.weights", problems) if weights else {},
    )
    return outputs if len(problems) == before else None


def parse_kubeconfig(text: str) -> Mapping[str, Any] | None:
    """Return a kubeconfig (YAML or JSON) as a mapping, or None where it is not one."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        # YAML's message quotes the line, which may be a key or a token: it is dropped on purpose.
        return None
    return content if isinstance(content, dict) and content.get("clusters") else None


def _problem(fact: str, fix: str) -> Problem:
    return Problem(fact=fact, consequence=_CONSEQUENCE, fix=fix)
