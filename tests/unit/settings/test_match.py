"""Each rule of a match."""

from typing import Any

import pytest

from settings.match import MatchSettings, StringMatch
from settings.problem import Problem
from tests.unit.settings.problems import only, problems_of

PATH = "routes.reviews.rules[0].match[0]"
SET = f"pulumi config set --path 'incremental-istio:{PATH}.{{}}' {{}}"
REMOVE = f"pulumi config rm --path 'incremental-istio:{PATH}.{{}}'"


def _only(**content: Any) -> Problem:
    return only(MatchSettings, PATH, content)


@pytest.mark.parametrize("content", [{"exact": "a"}, {"exact": ""}, {"prefix": "a"}, {"regex": "a|b"}])
def test_a_text_is_matched_in_one_of_three_ways(content: dict[str, str]) -> None:
    assert problems_of(StringMatch, PATH, content) == []


@pytest.mark.parametrize("content", [{}, {"exact": "a", "prefix": "a"}])
def test_a_text_is_not_matched_in_no_way_or_in_two(content: dict[str, str]) -> None:
    problem = only(MatchSettings, PATH, {"headers": {"x-a": content}})
    assert (problem.key, problem.value) == (f"{PATH}.headers.x-a", content)
    assert problem.rule == "a match is one of exact, prefix and regex"
    assert problem.fix == REMOVE.format("headers.x-a")


def test_a_prefix_is_not_empty() -> None:
    problem = _only(method={"prefix": ""})
    assert (problem.key, problem.rule) == (f"{PATH}.method.prefix", "it should have at least 1 character")


@pytest.mark.parametrize("kind", ["exact", "prefix"])
@pytest.mark.parametrize("value", ["reviews", "/a b", "/a?b=c", "/a#b"])
def test_a_path_is_one_that_a_request_can_have(kind: str, value: str) -> None:
    problem = _only(uri={kind: value})
    assert (problem.key, problem.value) == (f"{PATH}.uri.{kind}", value)
    assert problem.rule == "a path starts with '/' and has no white space, '?' or '#'"
    assert problem.fix == SET.format(f"uri.{kind}", "/reviews/0")


def test_a_regex_says_itself_that_it_ignores_case() -> None:
    problem = _only(uri={"regex": "/a.*"}, ignoreUriCase=True)
    assert (problem.key, problem.fix) == (f"{PATH}.ignoreUriCase", REMOVE.format("ignoreUriCase"))
    assert problem.rule == f"it means exact and prefix; {PATH}.uri.regex says it itself, by (?i) at its start"


def test_a_method_is_in_upper_case() -> None:
    problem = _only(method={"exact": "get"})
    assert (problem.key, problem.fix) == (f"{PATH}.method.exact", SET.format("method.exact", "GET"))
    assert problem.rule == "a method is matched as it is written, and all of HTTP's are in upper case"


@pytest.mark.parametrize("where", ["headers", "withoutHeaders"])
def test_a_header_is_in_lower_case(where: str) -> None:
    problem = _only(**{where: {"X-A": {"exact": "b"}}})
    assert (problem.key, problem.value) == (f"{PATH}.{where}.X-A", "X-A")
    assert problem.rule == "a header to match is written in lower case"


def test_a_parameter_has_a_name() -> None:
    problem = _only(queryParams={"": {"exact": "b"}})
    assert (problem.key, problem.rule) == (f'{PATH}.queryParams[""]', "it should have at least 1 character")


def test_the_header_of_cookies_is_matched_once() -> None:
    problem = _only(headers={"cookie": {"exact": "a=b"}}, cookies={"a": {"exact": "b"}})
    assert (problem.key, problem.fix) == (f"{PATH}.headers.cookie", REMOVE.format("headers.cookie"))
    assert problem.rule == f"the header `cookie` is matched by {PATH}.cookies already"


def test_one_cookie_is_matched() -> None:
    problem = _only(cookies={"a": {"exact": "b"}, "c": {"exact": "d"}})
    assert (problem.key, problem.fix) == (f"{PATH}.cookies.c", REMOVE.format("cookies.c"))
    assert problem.rule == "one cookie can be matched; a second one is a second rule"


@pytest.mark.parametrize("content", [{}, {"ignoreUriCase": True}])
def test_a_match_may_be_for_all(content: dict[str, Any]) -> None:
    assert MatchSettings.model_validate(content).is_for_all, "its rule tells of it"


def test_a_match_with_a_condition_is_not_for_all() -> None:
    assert not MatchSettings.model_validate({"method": {"exact": "GET"}}).is_for_all
