"""Weights of flags and outputs."""

import pytest

from checks.problem import Problem
from checks.weights import check, parse_flags


def facts(*flags: str) -> list[str]:
    problems: list[Problem] = []
    parse_flags(flags, problems)
    return [problem.fact for problem in problems]


def test_flags_become_whole_percent_in_their_order() -> None:
    assert parse_flags(["v2=90", "v1=10"], []) == {"v2": 90, "v1": 10}


@pytest.mark.parametrize(
    ("flags", "fact"),
    [
        (["v1=60", "v2=50"], "--weight adds up to 110, not 100 (v1 60 + v2 50)"),
        (["v1=110", "v2=-10"], "--weight v2 is -10, less than 0 percent"),
        (["v1=50.5", "v2=49.5"], "--weight v1 is '50.5', not a whole number of percent"),
        (["v1"], "--weight 'v1' is not VERSION=PERCENT"),
        (["=100"], "--weight '=100' is not VERSION=PERCENT"),
        (["v1=50", "v1=50"], "--weight names v1 twice"),
    ],
)
def test_a_weight_that_cannot_be_is_told(flags: list[str], fact: str) -> None:
    assert fact in facts(*flags)


def test_all_wrong_weights_are_told_at_once() -> None:
    assert len(facts("v1=x", "v2=-1", "v3")) == 3


def test_a_sum_is_not_told_of_weights_that_are_none() -> None:
    assert not any("adds up" in fact for fact in facts("v1=x", "v2=10"))


@pytest.mark.parametrize(("value", "wrong"), [(50.0, 0), (50.5, 1), (True, 1), (None, 1), ([], 1)])
def test_a_weight_in_json_is_a_whole_number(value: object, wrong: int) -> None:
    problems: list[Problem] = []
    check({"v1": value, "v2": 50}, "outputs", problems)
    assert len(problems) == wrong
