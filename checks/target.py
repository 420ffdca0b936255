"""What is measured: which cluster, which app, which two URLs, which weights.

Owns where each of these comes from: a flag wins, then the stack's outputs, then the post's
own values. It does not connect to anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from checks.outputs import Outputs
from checks.problem import Problem
from checks.weights import parse_flags

NAMESPACE: Final = "default"
CALLER: Final = "sleep"
APP: Final = "reviews"
PLAIN_URL: Final = "http://reviews:9080/reviews/0"
GATEWAY_URL: Final = "http://istio-ingressgateway.istio-system/reviews/0"
WEIGHTS: Final[Mapping[str, int]] = MappingProxyType({"v1": 50, "v2": 50})


@dataclass(frozen=True, kw_only=True)
class TargetFlags:
    """The flags that say what is measured; None or empty where the caller gave none."""

    kubeconfig: Path | None = None
    context: str | None = None
    namespace: str | None = None
    app: str | None = None
    plain_url: str | None = None
    gateway_url: str | None = None
    weights: tuple[str, ...] = ()
    caller: str | None = None

    def texts(self) -> dict[str, str | None]:
        """Return the flags that are plain text, by their option's name."""
        return {
            "--context": self.context,
            "--namespace": self.namespace,
            "--app": self.app,
            "--plain-url": self.plain_url,
            "--gateway-url": self.gateway_url,
            "--caller": self.caller,
        }


@dataclass(frozen=True, kw_only=True)
class Target:
    """One cluster and what to ask it; weights in percent.

    Attributes:
        kubeconfig: content from the stack's outputs; a secret, so not part of ``repr``.
        kubeconfig_file: a file instead; with neither, the Kubernetes client's default rules hold.
        context: a context of it; None for the current one.
        namespace: the app's.
        caller: label `app` of the pod that sends the requests.
        caller_namespace: its namespace; None for the app's.
    """

    kubeconfig: Mapping[str, Any] | None = field(default=None, repr=False)
    kubeconfig_file: Path | None = None
    context: str | None = None
    namespace: str = NAMESPACE
    app: str = APP
    plain_url: str = PLAIN_URL
    gateway_url: str = GATEWAY_URL
    weights: Mapping[str, int] = field(default_factory=lambda: WEIGHTS)
    caller: str = CALLER
    caller_namespace: str | None = None


def resolve(flags: TargetFlags, outputs: Outputs | None, problems: list[Problem]) -> Target:
    """Merge flags over outputs over the post's values; add what is wrong to ``problems``."""
    if flags.kubeconfig is not None and not flags.kubeconfig.is_file():
        problems.append(
            Problem(
                fact=f"--kubeconfig {flags.kubeconfig} is not a file",
                consequence="no cluster can be reached with it",
                fix="python -m checks --kubeconfig ~/.kube/config",
            )
        )
    caller_namespace, slash, caller = (flags.caller or "").rpartition("/")
    if flags.caller and (not caller or (slash and not caller_namespace)):
        problems.append(
            Problem(
                fact=f"--caller is {flags.caller!r}, not APP or NAMESPACE/APP",
                consequence="there is nowhere to send the requests from",
                fix="python -m checks --caller team-b/service-b",
            )
        )
    from_outputs = outputs if flags.kubeconfig is None else None
    base = Target(
        kubeconfig=from_outputs.kubeconfig if from_outputs else None,
        kubeconfig_file=flags.kubeconfig,
        # The outputs' context names one of the outputs' kubeconfig, so it goes where that goes.
        context=flags.context or (from_outputs.context if from_outputs else None),
        namespace=flags.namespace or (outputs.namespace if outputs else NAMESPACE),
        app=flags.app or (outputs.app if outputs else APP),
        plain_url=flags.plain_url or (outputs.plain_url if outputs else PLAIN_URL),
        gateway_url=flags.gateway_url or (outputs.gateway_url if outputs else GATEWAY_URL),
        weights=parse_flags(flags.weights, problems) if flags.weights else (outputs.weights if outputs else WEIGHTS),
        caller=caller or CALLER,
        caller_namespace=caller_namespace or None,
    )
    for option, url, example in (
        ("--plain-url", base.plain_url, PLAIN_URL),
        ("--gateway-url", base.gateway_url, GATEWAY_URL),
    ):
        if not _is_url(url):
            problems.append(
                Problem(
                    fact=f"{option} {url!r} is not an http or https URL",
                    consequence="curl in the sleep pod cannot ask it",
                    fix=f"python -m checks {option} {example}",
                )
            )
    return base


def _is_url(url: str) -> bool:
    if not url.isprintable() or any(character.isspace() for character in url):
        return False
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port_is_valid
