"""Weights of a split, in whole percent, read from flags or from a stack's outputs.

Owns their rules: whole numbers of at least 0 that add up to 100, each version once.
"""

from collections.abc import Iterable, Mapping

from checks.problem import Problem

_EXAMPLE = "--weight v1=50 --weight v2=50"
_CONSEQUENCE = "there is no share to hold the gateway's answers against"


def parse_flags(flags: Iterable[str], problems: list[Problem]) -> dict[str, int]:
    """Read ``VERSION=PERCENT`` flags; add what is wrong with them to ``problems``."""
    given: dict[str, object] = {}
    for flag in flags:
        version, equals, percent = (part.strip() for part in flag.partition("="))
        if not (version and equals):
            problems.append(_problem(f"--weight {flag!r} is not VERSION=PERCENT"))
        elif version in given:
            problems.append(_problem(f"--weight names {version} twice"))
        else:
            given[version] = percent
    return check(given, "--weight", problems)


def check(given: Mapping[str, object], where: str, problems: list[Problem]) -> dict[str, int]:
    """Return the weights as whole percent; add what is wrong with them to ``problems``.

    Args:
        given: version to percent, as text or as JSON's number.
        where: where the weights stand, for the message.
        problems: grows by one for each broken rule.
    """
    weights: dict[str, int] = {}
    for version, percent in given.items():
        whole = _whole(percent)
        if whole is None:
            problems.append(_problem(f"{where} {version} is {percent!r}, not a whole number of percent"))
        elif whole < 0:
            problems.append(_problem(f"{where} {version} is {whole}, less than 0 percent"))
        else:
            weights[version] = whole
    # A sum is only worth a word when each of its parts is a weight.
    if len(weights) == len(given) and sum(weights.values()) != 100:
        parts = " + ".join(f"{version} {weight}" for version, weight in weights.items()) or "none given"
        problems.append(_problem(f"{where} adds up to {sum(weights.values())}, not 100 ({parts})"))
    return weights


def _whole(percent: object) -> int | None:
    if isinstance(percent, bool):
        return None
    # JSON has one kind of number, and an engine may write 50 as 50.0.
    if isinstance(percent, float):
        return int(percent) if percent.is_integer() else None
    if not isinstance(percent, int | str):
        return None
    try:
        return int(percent)
    except ValueError:
        return None


def _problem(fact: str) -> Problem:
    return Problem(fact=fact, consequence=_CONSEQUENCE, fix=f"python -m checks {_EXAMPLE}")
