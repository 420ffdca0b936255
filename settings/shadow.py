"""Requests of a route that never get to their rule, since an earlier one takes them all.

Owns the rules within a route; between two routes they are `settings.overlap`'s. Istio only warns of some of these.
"""

from collections.abc import Iterator, Sequence

from settings.paths import unset_command
from settings.problem import Problem
from settings.requests import Requests, requests
from settings.rule import RuleSettings


def unreachable(rules: Sequence[RuleSettings], prefix: str, path: str) -> Iterator[Problem]:
    """Yield matches, and the route itself, that an earlier match leaves nothing for.

    Args:
        rules: the route's.
        prefix: the route's.
        path: where the route stands in the config.
    """
    *all_matches, whole = requests(rules, prefix, path)
    # A match that says nothing is told of by its rule already.
    matches = [one for one in all_matches if one.match is not None and not one.match.is_for_all]
    for index, one in enumerate(matches):
        earlier = _covering(matches[:index], one)
        if earlier is not None:
            rule = f"{earlier.key} comes first and takes all of these requests, so this one gets none"
            yield Problem(key=one.key, value=one.value, rule=rule, fix=unset_command(one.whole))
    earlier = _covering(matches, whole)
    if earlier is not None:
        rule = f"it takes all requests of {path}.prefix ({prefix}), so none is left for what {path} says itself"
        yield Problem(key=earlier.key, value=earlier.value, rule=rule, fix=unset_command(earlier.whole))


def _covering(earlier: Sequence[Requests], one: Requests) -> Requests | None:
    return next((candidate for candidate in earlier if candidate.covers(one)), None)
