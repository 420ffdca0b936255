"""Two routes of one host that both are for some request, so that chance decides between them.

istiod puts the VirtualServices of a host one behind the other by their age, which nobody chooses. Owns the search for
such pairs, in one pass over the paths of each host: a team has hundreds of routes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from settings.paths import member, set_command, set_list_command
from settings.problem import Problem
from settings.requests import Requests, requests
from settings.route import RouteSettings

# Routes without a `gateway` have Gateways of their own, which select the same pods: to a caller they are one.
_OWN: Final = ""


@dataclass(frozen=True)
class _Entry:
    """Some requests of a route."""

    number: int
    route: str
    requests: Requests

    @property
    def head(self) -> str:
        """How their paths start, without regard to case."""
        return self.requests.path.head.lower()


def overlaps(routes: Mapping[str, RouteSettings]) -> Iterator[Problem]:
    """Yield routes, once each, that are for a request that an earlier route of the config is for too."""
    hosts = _by_host(routes)
    found: dict[str, Problem] = {}
    # The routes' own prefixes first: a route that has to go elsewhere takes its rules along.
    for of_rules in (False, True):
        for host, entries in hosts.items():
            looked_at = [one for one in entries if one.route not in found and (of_rules or one.requests.match is None)]
            for first, second in _alike(looked_at):
                decided = first.requests.is_last != second.requests.is_last
                if second.route not in found and not decided and first.requests.meets(second.requests):
                    found[second.route] = _problem(host, first, second)
    yield from (found[name] for name in routes if name in found)


def own_gateways(routes: Mapping[str, RouteSettings]) -> frozenset[str]:
    """Return the Gateways that routes have of their own, as another route would name them."""
    return frozenset(f"{one.namespace}/{one.service}-gateway" for one in routes.values() if one.gateway is None)


def _by_host(routes: Mapping[str, RouteSettings]) -> dict[str, list[_Entry]]:
    own = own_gateways(routes)
    hosts: dict[tuple[str, str], list[_Entry]] = defaultdict(list)
    for number, (name, route) in enumerate(routes.items()):
        gateway = _OWN if route.gateway is None or route.gateway in own else route.gateway
        entries = [_Entry(number, name, one) for one in requests(route.rules, route.prefix, member("routes", name))]
        for host in route.hosts:
            hosts[gateway, host] += entries
    return {f"{host} of {gateway}" if gateway else host: entries for (gateway, host), entries in hosts.items()}


def _alike(entries: Sequence[_Entry]) -> Iterator[tuple[_Entry, _Entry]]:
    """Yield the entries of two routes whose paths start alike, the earlier route's first."""
    # Sorted, what starts with a text stands right behind it, so that nothing is compared with all the rest.
    ordered = sorted(((entry.head, entry.number, entry) for entry in entries), key=lambda one: one[:2])
    for position, (head, number, entry) in enumerate(ordered):
        for other_head, other_number, other in ordered[position + 1 :]:
            if not other_head.startswith(head):
                break
            if number != other_number:
                yield (entry, other) if number < other_number else (other, entry)


def _problem(host: str, first: _Entry, second: _Entry) -> Problem:
    one, other = first.requests, second.requests
    rule = (
        f"{one.key} ({one.value!r}) is for some of the same requests on host {host}, and which of the two routes "
        "gets them depends on their age; give them paths that do not start alike, or hosts of their own"
    )
    return Problem(key=other.key, value=other.value, rule=rule, fix=_fix(first, second))


def _fix(first: _Entry, second: _Entry) -> str:
    for wide, narrow in ((first, second), (second, first)):
        # /reviews takes /reviews-admin too; /reviews/ does not.
        ended = f"{wide.requests.path.text}/"
        only_starts = narrow.head.startswith(wide.head) and not f"{narrow.requests.path.head}/".startswith(ended)
        if wide.requests.match is None and only_starts and not ended.endswith("//"):
            return set_command(wide.requests.key, ended)
    return set_list_command(f"{member('routes', second.route)}.hosts", [f"{second.route}.example.com"])
