"""Rules of routes, which istiod does not check and the API server takes as they are.

Owns the sum of weights and the subsets' being there. What a preview does not know yet is
not judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policy.objects import Declared, at, items, mapping
from policy.violation import Violation

ISTIO: Final = "networking.istio.io"
WHOLE: Final = 100
# What stands in a preview for a value that is not known yet (Pulumi's UnknownStringValue).
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(frozen=True)
class _Route:
    where: str
    spec: Mapping[str, Any]

    def destinations(self) -> Iterator[Mapping[str, Any]]:
        """Yield all that requests go to, copies of them too."""
        for weighted in items(self.spec, "route"):
            yield mapping(weighted, "destination")
        for mirror in items(self.spec, "mirrors"):
            yield mapping(mirror, "destination")
        yield mapping(self.spec, "mirror")


def weights(declared: Sequence[Declared]) -> Iterator[Violation]:
    """Yield routes whose weights do not sum to 100."""
    for one in _of_kind(declared, "VirtualService"):
        for route in _routes(one):
            parts = items(route.spec, "route")
            given = [at(part, "weight") for part in parts]
            if UNKNOWN in given or (len(parts) <= 1 and not any(given)):
                # A single destination needs no weight.
                continue
            numbers = [weight for weight in given if isinstance(weight, int | float)]
            total = sum(numbers)
            if total == WHOLE and all(number >= 0 for number in numbers):
                continue
            shown = ", ".join(f"{_shown(mapping(part, 'destination'))} {at(part, 'weight') or 0}" for part in parts)
            yield Violation(
                rule="weights-sum-to-100",
                declared=one,
                fact=f"the weights of {route.where} sum to {total:g} ({shown})",
                fix=f"give its {len(parts)} destinations weights from 0 to {WHOLE} that sum to {WHOLE}",
            )


def subsets(declared: Sequence[Declared]) -> Iterator[Violation]:
    """Yield routes to a subset that no DestinationRule of that host has."""
    rules = list(_of_kind(declared, "DestinationRule"))
    for one in _of_kind(declared, "VirtualService"):
        # Once each, however many routes use it.
        used = {
            (str(destination.get("host")), str(destination["subset"])): route.where
            for route in reversed(list(_routes(one)))
            for destination in route.destinations()
            if destination.get("subset") and UNKNOWN not in (destination.get("host"), destination["subset"])
        }
        for (host, subset), where in reversed(used.items()):
            full = _full(host, one)
            of_host = [rule for rule in rules if _covers(_full(str(at(rule.body, "spec", "host")), rule), full)]
            there = sorted(
                {str(at(found, "name")) for rule in of_host for found in items(rule.body, "spec", "subsets")}
            )
            if subset in there or UNKNOWN in there:
                continue
            yield Violation(
                rule="subsets-exist",
                declared=one,
                fact=f"{where} goes to subset {subset} of {host}, "
                + (
                    f"whose DestinationRule has {', '.join(there) or 'none'}"
                    if of_host
                    else "which has no DestinationRule"
                ),
                fix=f"add the subset to a DestinationRule of host {host}, or route to one that it has; "
                "until then its share of the requests is answered with 503",
            )


def _of_kind(declared: Sequence[Declared], kind: str) -> Iterator[Declared]:
    return (one for one in declared if one.kind == kind and one.group == ISTIO)


def _routes(virtual_service: Declared) -> Iterator[_Route]:
    for protocol in ("http", "tls", "tcp"):
        for index, route in enumerate(items(virtual_service.body, "spec", protocol)):
            if isinstance(route, Mapping):
                yield _Route(f"{protocol}[{index}]", route)


def _full(host: str, of: Declared) -> str:
    """Return a host as istiod reads it: a name without a dot is a Service of the object's namespace."""
    return host if "." in host or host == "*" else f"{host}.{of.namespace or 'default'}.svc.cluster.local"


def _covers(rule: str, host: str) -> bool:
    return rule == host or (rule.startswith("*") and host.endswith(rule[1:]))


def _shown(destination: Mapping[str, Any]) -> str:
    return str(destination.get("subset") or destination.get("host") or "?")
