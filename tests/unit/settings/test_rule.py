"""Each rule of a rule, and what it has of its route."""

from typing import Any

import pytest

from settings.problem import Problem
from settings.route import RouteSettings
from settings.rule import NOT_WITH_REDIRECT, RuleSettings
from tests.unit.settings.problems import only, problems_of

PATH = "routes.reviews.rules[0]"
GET: dict[str, Any] = {"match": [{"method": {"exact": "GET"}}]}
REMOVE = "pulumi config rm --path 'incremental-istio:{}'"
ROUTE: dict[str, Any] = {
    "service": "reviews",
    "namespace": "default",
    "port": 9080,
    "prefix": "/reviews",
    "subsets": ["v1", "v2"],
    "split": {"v1": 100},
}


def _problems(rule: dict[str, Any], **route: Any) -> list[Problem]:
    return problems_of(RouteSettings, "routes.reviews", {**ROUTE, **route, "rules": [{**GET, **rule}]})


def _only(rule: dict[str, Any], **route: Any) -> Problem:
    (problem,) = _problems(rule, **route)
    return problem


class TestMatch:
    """What a rule is for."""

    def test_is_at_least_one(self) -> None:
        problem = only(RuleSettings, PATH, {"match": []})
        assert (problem.key, problem.fix) == (f"{PATH}.match", REMOVE.format(PATH))
        assert problem.rule == ("a rule needs at least one match; what is for all requests stands in the route itself")

    @pytest.mark.parametrize(
        ("matches", "index", "fix"), [([{}], 0, PATH), ([*GET["match"], {}], 1, f"{PATH}.match[1]")]
    )
    def test_says_something(self, matches: list[Any], index: int, fix: str) -> None:
        problem = only(RuleSettings, PATH, {"match": matches})
        assert (problem.key, problem.fix) == (f"{PATH}.match[{index}]", REMOVE.format(fix))
        assert problem.rule == (
            "a match says what a request must have; what is for all requests stands in the route itself"
        )


class TestSubsets:
    """What a rule routes to."""

    def test_are_the_routes(self) -> None:
        problem = _only({"split": {"v1": 50, "v9": 50}})
        assert (problem.key, problem.value) == (f"{PATH}.split.v9", 50)
        assert problem.rule == "there is no such subset (routes.reviews.subsets has v1, v2)"

    def test_have_weights_that_sum_to_100(self) -> None:
        problem = _only({"split": {"v1": 50}})
        assert (problem.key, problem.rule) == (f"{PATH}.split", "the weights sum to 50, not 100")
        assert problem.fix == f"pulumi config set --path 'incremental-istio:{PATH}.split.v2' 50"

    def test_get_copies_only_where_they_are_there(self) -> None:
        problem = _only({"mirror": {"subset": "v9"}})
        assert (problem.key, problem.value) == (f"{PATH}.mirror.subset", "v9")
        assert problem.rule == "there is no such subset (routes.reviews.subsets has v1, v2)"
        assert problem.fix == REMOVE.format(f"{PATH}.mirror.subset")


VALUES: dict[str, Any] = {
    "split": {"v1": 100},
    "timeout": "1s",
    "retries": {"attempts": 1},
    "fault": {"abort": {"httpStatus": 503}},
    "mirror": {},
    "rewrite": {"uri": "/"},
}


class TestRedirect:
    """An answer instead of the service's."""

    @pytest.mark.parametrize("name", NOT_WITH_REDIRECT)
    def test_leaves_nothing_for_the_service(self, name: str) -> None:
        problem = _only({"redirect": {"uri": "/new"}, name: VALUES[name]})
        assert (problem.key, problem.value) == (f"{PATH}.{name}", VALUES[name])
        assert problem.rule == f"with {PATH}.redirect no request reaches the service"
        assert problem.fix == REMOVE.format(f"{PATH}.{name}")

    @pytest.mark.parametrize(
        "rest", [{"headers": {"response": {"remove": ["x-a"]}}}, {"corsPolicy": {"allowOrigins": [{"exact": "*"}]}}]
    )
    def test_may_have_headers_and_cors(self, rest: dict[str, Any]) -> None:
        assert _problems({"redirect": {"uri": "/new"}, **rest}) == []


HOST: dict[str, Any] = {"request": {"set": {"Host": "b.example.com"}}}
REWRITE: dict[str, Any] = {"authority": "a.example.com"}


class TestHostHeader:
    """What the service is told that it was asked for."""

    RULE = "rewrite.authority, headers.request.set and headers.request.add tell the Host header more than once"

    def test_is_told_once_in_a_rule(self) -> None:
        problem = _only({"rewrite": REWRITE, "headers": HOST})
        assert (problem.key, problem.rule) == (f"{PATH}.headers", self.RULE)
        assert problem.value == ["a.example.com", "b.example.com"]

    def test_is_told_once_by_a_rule_and_its_route(self) -> None:
        problem = _only({"rewrite": REWRITE}, headers=HOST)
        assert (problem.key, problem.rule) == (f"{PATH}.rewrite", self.RULE)
        assert problem.fix == REMOVE.format(f"{PATH}.rewrite")

    def test_is_told_once_in_a_route(self) -> None:
        problem = _only({}, rewrite=REWRITE, headers=HOST)
        assert (problem.key, problem.rule) == ("routes.reviews.headers", self.RULE), "and not again for each rule"

    def test_is_told_once_by_set_and_add(self) -> None:
        problem = _only({"headers": {"request": {"set": {"host": "a"}, "add": {"Host": "b"}}}})
        assert (problem.key, problem.rule) == (f"{PATH}.headers", self.RULE)

    def test_may_be_told_anew_by_a_rule(self) -> None:
        assert _problems({"rewrite": {"authority": "b.example.com"}}, rewrite=REWRITE) == []


class TestWithin:
    """A rule with what it leaves out."""

    @staticmethod
    def _within(rule: dict[str, Any], **route: Any) -> RuleSettings:
        of_route = RouteSettings.model_validate({**ROUTE, **route})
        return RuleSettings.model_validate({**GET, **rule}).within(of_route)

    def test_has_the_routes_actions(self) -> None:
        within = self._within({}, timeout="2s")
        assert (within.timeout, within.split) == ("2s", {"v1": 100})

    def test_has_its_own_where_it_says_them(self) -> None:
        assert self._within({"timeout": "1s"}, timeout="2s").timeout == "1s"

    def test_leads_to_the_service_though_the_route_redirects(self) -> None:
        assert self._within({}, split={}, redirect={"uri": "/new"}).redirect is None

    def test_has_nothing_for_the_service_where_it_redirects(self) -> None:
        within = self._within({"redirect": {"uri": "/new"}}, timeout="2s", headers=HOST)
        assert (within.timeout, within.split) == (None, {})
        assert within.headers is not None, "an answer has headers too"
