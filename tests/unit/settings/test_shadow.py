"""Requests that never get to their rule, and those that do."""

from typing import Any

import pytest

from settings.problem import Problem
from settings.route import RouteSettings
from tests.unit.settings.problems import problems_of

PATH = "routes.reviews"
REMOVE = "pulumi config rm --path 'incremental-istio:routes.reviews.{}'"


def _problems(*rules: list[dict[str, Any]]) -> list[Problem]:
    """Return the problems of a route /reviews whose rules have these matches."""
    content = {
        "service": "reviews",
        "namespace": "default",
        "port": 9080,
        "prefix": "/reviews",
        "rules": [{"match": matches, "timeout": "1s"} for matches in rules],
    }
    return problems_of(RouteSettings, PATH, content)


GET: dict[str, Any] = {"method": {"exact": "GET"}}
JASON: dict[str, Any] = {"headers": {"end-user": {"exact": "jason"}}}
NOT_JASON: dict[str, Any] = {"withoutHeaders": {"end-user": {"exact": "jason"}}}


def test_a_rule_behind_the_same_one_is_told_with_the_one_that_comes_first() -> None:
    (problem,) = _problems([GET], [GET])
    assert (problem.key, problem.value) == (f"{PATH}.rules[1].match[0]", GET)
    assert (
        problem.rule == f"{PATH}.rules[0].match[0] comes first and takes all of these requests, so this one gets none"
    )


def test_a_rule_of_one_match_is_taken_away_as_a_whole() -> None:
    (problem,) = _problems([GET], [GET])
    assert problem.fix == REMOVE.format("rules[1]")


def test_of_a_rule_of_two_matches_only_the_one_is_taken_away() -> None:
    (problem,) = _problems([GET], [JASON, GET])
    assert problem.fix == REMOVE.format("rules[1].match[1]")


def test_a_match_twice_in_a_rule_is_told() -> None:
    (problem,) = _problems([GET, GET])
    assert problem.key == f"{PATH}.rules[0].match[1]"


def test_a_rule_that_takes_all_of_its_route_is_told() -> None:
    (problem,) = _problems([{"uri": {"prefix": "/"}}])
    assert (problem.key, problem.fix) == (f"{PATH}.rules[0].match[0]", REMOVE.format("rules[0]"))
    assert problem.rule == (
        f"it takes all requests of {PATH}.prefix (/reviews), so none is left for what {PATH} says itself"
    )


NARROWER = [
    (GET, {**GET, **JASON}),
    (JASON, {**JASON, "uri": {"exact": "/reviews/0"}}),
    ({"headers": {"x": {"prefix": "a"}}}, {"headers": {"x": {"exact": "ab"}}}),
    ({"queryParams": {"x": {"regex": "[a-z]+"}}}, {"queryParams": {"x": {"exact": "ab"}}}),
    ({"cookies": {"x": {"exact": "a"}}}, {"cookies": {"x": {"exact": "a"}}, **GET}),
    (NOT_JASON, {**NOT_JASON, **GET}),
    (NOT_JASON, {"headers": {"end-user": {"exact": "anne"}}}),
    ({"withoutHeaders": {"x": {"exact": "ab"}}}, {"withoutHeaders": {"x": {"prefix": "a"}}}),
    ({"uri": {"prefix": "/reviews/1"}}, {"uri": {"prefix": "/reviews/12"}}),
    ({"uri": {"prefix": "/ratings"}}, {"uri": {"exact": "/ratings/0"}}),
]


@pytest.mark.parametrize(("first", "second"), NARROWER)
def test_a_narrower_match_behind_a_wider_one_is_told(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert [problem.key for problem in _problems([first], [second])] == [f"{PATH}.rules[1].match[0]"]


@pytest.mark.parametrize(("second", "first"), NARROWER)
def test_a_wider_match_behind_a_narrower_one_is_fine(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert _problems([first], [second]) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (GET, JASON),
        (JASON, NOT_JASON),
        ({"headers": {"x": {"exact": "a"}}}, {"headers": {"y": {"exact": "a"}}}),
        ({"headers": {"x": {"exact": "a"}}}, {"queryParams": {"x": {"exact": "a"}}}),
        (NOT_JASON, {"headers": {"end-user": {"prefix": "j"}}}),
        ({"withoutHeaders": {"x": {"prefix": "a"}}}, {"headers": {"x": {"exact": "ab"}}}),
        ({"uri": {"prefix": "/reviews/1"}, **GET}, {"uri": {"prefix": "/reviews/12"}}),
    ],
)
def test_matches_that_each_have_requests_of_their_own_are_fine(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert _problems([first], [second]) == []


def test_a_match_that_says_nothing_is_told_once() -> None:
    assert len(_problems([{}], [GET])) == 1, "and not again as one that takes everything"


def test_two_matches_that_take_all_only_together_are_not_found() -> None:
    assert _problems([JASON, NOT_JASON]) == [], "one match is held against one other"
