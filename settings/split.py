"""A split of requests between subsets, and the one command that makes a valid one of any."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeGuard

from settings.paths import member, set_all_command, set_command, unset_command

WHOLE: Final = 100


def mending_command(key: str, given: Mapping[str, Any], subsets: Sequence[str]) -> str:
    """Return one command that mends a split, with as few changes as can be.

    Args:
        key: where the split stands in the config.
        given: what stands there, however wrong.
        subsets: what can be routed to.
    """
    steps = [unset_command(member(key, subset)) for subset in given if subset not in subsets]
    changes = {
        member(key, subset): weight
        for subset, weight in _nearest(given, subsets).items()
        if not _is_weight(given.get(subset)) or given[subset] != weight
    }
    if len(changes) > 1:
        steps.append(set_all_command(changes))
    else:
        steps += [set_command(path, weight) for path, weight in changes.items()]
    return " && ".join(steps)


def _nearest(given: Mapping[str, Any], subsets: Sequence[str]) -> dict[str, int]:
    """Return a valid split near the one that was given."""
    meant = {subset: _meant(given[subset]) for subset in given if subset in subsets}
    weights = {subset: weight or 0 for subset, weight in meant.items()}
    missing = WHOLE - sum(weights.values())
    wrong = [subset for subset, weight in meant.items() if weight is None]
    # Half a split is one to which the other half was not added yet.
    absent = [subset for subset in subsets if subset not in weights][:1] if len(weights) <= 1 else []
    candidates = [*wrong, *absent, *reversed(weights)]
    # First one that can make up the whole difference; where none can, as many as it takes.
    candidates.sort(key=lambda subset: not 0 <= weights.get(subset, 0) + missing <= WHOLE)
    for subset in candidates:
        if missing == 0:
            break
        before = weights.get(subset, 0)
        weights[subset] = min(max(before + missing, 0), WHOLE)
        missing -= weights[subset] - before
    return weights


def _meant(value: object) -> int | None:
    """Return the weight that somebody meant by a number in quotes, or with a fraction; None for no weight."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= len(str(WHOLE)):
        value = int(value)
    elif isinstance(value, float) and 0 <= value <= WHOLE:
        value = round(value)
    return value if _is_weight(value) else None


def _is_weight(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= WHOLE
