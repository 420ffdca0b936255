"""Every rule of the project, by name; what `python -m policy` checks."""

from collections.abc import Sequence
from typing import Final

from policy import exposure, routes, sidecars
from policy.objects import Declared
from policy.violation import Rule, Violation

RULES: Final = (
    Rule(
        name="no-injection",
        promise="no namespace and no pod asks an injector for a sidecar",
        find=sidecars.injection,
    ),
    Rule(
        name="no-admission-webhook",
        promise="nothing stands before the API server",
        find=sidecars.webhooks,
    ),
    Rule(
        name="no-sidecar",
        promise="only the gateways have a proxy of Istio's",
        find=sidecars.proxies,
    ),
    Rule(
        name="weights-sum-to-100",
        promise="the weights of every route sum to 100",
        find=routes.weights,
    ),
    Rule(
        name="subsets-exist",
        promise="every subset that is routed to is in a DestinationRule",
        find=routes.subsets,
    ),
    Rule(
        name="public-only-if-asked-for",
        promise="a public load balancer says who may come in",
        find=exposure.load_balancers,
    ),
)


def check(declared: Sequence[Declared]) -> list[Violation]:
    """Return what breaks a rule, of objects that are declared together."""
    return [violation for rule in RULES for violation in rule.find(declared)]
