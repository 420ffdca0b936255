"""Each rule of a route that looks at the route alone."""

from typing import Any

import pytest

from settings.problem import Problem
from settings.route import RouteSettings
from settings.routes import contents
from tests.unit.settings.problems import only, problems_of

PATH = "routes.reviews"
SET = "pulumi config set --path 'incremental-istio:routes.reviews.{}' {}"


def _content(config: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = contents({"reviews": config}, "default", bookinfo=True)["reviews"]
    return content


def _problems(**config: Any) -> list[Problem]:
    return problems_of(RouteSettings, PATH, _content(config))


def _only(**config: Any) -> Problem:
    return only(RouteSettings, PATH, _content(config))


class TestSplit:
    """The weights."""

    @pytest.mark.parametrize(
        "split", [{"v1": 100}, {"v1": 90, "v2": 10}, {"v1": 33, "v2": 33, "v3": 34}, {"v1": 100, "v2": 0}]
    )
    def test_takes_whole_percents_that_sum_to_100(self, split: dict[str, int]) -> None:
        assert not _problems(split=split)

    @pytest.mark.parametrize(
        ("split", "total", "fix"),
        [
            ({"v1": 60, "v2": 60}, 120, SET.format("split.v2", 40)),
            ({"v1": 60, "v2": 30}, 90, SET.format("split.v2", 40)),
            ({"v1": 90}, 90, SET.format("split.v2", 10)),
        ],
    )
    def test_refuses_another_sum(self, split: dict[str, int], total: int, fix: str) -> None:
        problem = _only(split=split)
        assert (problem.key, problem.value) == (f"{PATH}.split", split)
        assert problem.rule == f"the weights sum to {total}, not 100"
        assert problem.fix == fix, "one command mends it"

    @pytest.mark.parametrize(
        ("weight", "rule"),
        [
            (-50, "it should be greater than or equal to 0"),
            (150, "it should be less than or equal to 100"),
            (50.5, "it should be a valid integer"),
            (50.0, "it should be a valid integer"),
            ("50", "it should be a valid integer"),
            (True, "it should be a valid integer"),
            (None, "it should be a valid integer"),
        ],
    )
    def test_refuses_a_weight_that_is_no_percent(self, weight: object, rule: str) -> None:
        problem = _only(split={"v1": 50, "v2": weight})
        assert (problem.key, problem.value, problem.rule) == (f"{PATH}.split.v2", weight, rule)
        assert problem.fix == SET.format("split.v2", 50), "what is left of 100"

    def test_refuses_an_unknown_subset(self) -> None:
        problem = _only(split={"v1": 50, "v9": 50})
        assert (problem.key, problem.value) == (f"{PATH}.split.v9", 50)
        assert problem.rule == "there is no such subset (routes.reviews.subsets has v1, v2, v3)"
        assert problem.fix == (
            f"pulumi config rm --path 'incremental-istio:routes.reviews.split.v9' && {SET.format('split.v2', 50)}"
        ), "without it the sum would be wrong"

    def test_refuses_to_be_empty(self) -> None:
        problem = _only(split={})
        assert (problem.key, problem.value) == (f"{PATH}.split", {})
        assert problem.rule == "a split needs at least one subset"
        assert problem.fix == SET.format("split.v1", 100)

    def test_refuses_to_be_a_text(self) -> None:
        problem = _only(split="50/50")
        assert (problem.key, problem.rule) == (f"{PATH}.split", "it is an object, with keys of its own")
        assert problem.fix == "pulumi config rm --path 'incremental-istio:routes.reviews.split'"

    def test_is_asked_for_when_the_subsets_are_others(self) -> None:
        problem = _only(subsets=["blue", "green"])
        assert (problem.key, problem.rule) == (f"{PATH}.split", "a split needs at least one subset")
        assert problem.fix == SET.format("split.blue", 100), "the post's split is between the post's subsets"

    def test_tells_all_that_is_wrong_at_once(self) -> None:
        problems = _problems(split={"v1": -1, "v2": 1.5, "v9": 60})
        assert {problem.key for problem in problems} == {
            f"{PATH}.split.v1",
            f"{PATH}.split.v2",
            f"{PATH}.split.v9",
        }

    def test_is_mended_between_subsets_that_were_stored_as_numbers(self) -> None:
        problems = _problems(subsets=["v1", 2.5], split={"v1": "x", "2.5": 40})
        assert [problem.fix for problem in problems if problem.key == f"{PATH}.split.v1"] == [
            SET.format("split.v1", 60)
        ]

    @pytest.mark.parametrize("subset", [None, [1], {}])
    def test_goes_where_no_subset_has_a_name(self, subset: object) -> None:
        problems = _problems(subsets=[subset], split={"v1": "x"})
        assert f"pulumi config rm --path 'incremental-istio:{PATH}.split'" in {problem.fix for problem in problems}

    def test_shows_one_fix_for_all_that_is_wrong(self) -> None:
        fixes = {problem.fix for problem in _problems(split={"v1": -1, "v2": 1.5, "v9": 60})}
        assert len(fixes) == 1, "two commands would each count on the other's weights"

    def test_with_a_wrong_weight_is_not_summed_up(self) -> None:
        assert _only(split={"v1": 60, "v2": -1}).key == f"{PATH}.split.v2", "a sum without it says nothing"

    def test_is_checked_beside_another_wrong_key(self) -> None:
        keys = {problem.key for problem in _problems(service="Reviews_", split={"v1": 60, "v2": 60})}
        assert keys == {f"{PATH}.service", f"{PATH}.split"}, "a second run would tell the second half"

    def test_is_not_held_against_subsets_that_are_wrong_themselves(self) -> None:
        assert _only(subsets=["Blue"], split={"Blue": 100}).key == f"{PATH}.subsets[0]"


class TestSubsets:
    """The names."""

    def test_are_none_where_the_service_is_routed_to_as_a_whole(self) -> None:
        assert not _problems(subsets=[])

    def test_are_asked_for_by_a_split(self) -> None:
        problem = _only(subsets=[], split={"v1": 100})
        assert (problem.key, problem.rule) == (f"{PATH}.split.v1", f"there is no such subset ({PATH}.subsets has none)")
        assert problem.fix == f"pulumi config rm --path 'incremental-istio:{PATH}.split'"

    def test_refuse_the_same_name_twice(self) -> None:
        problem = _only(subsets=["v1", "v2", "v1"])
        assert (problem.key, problem.value, problem.rule) == (
            f"{PATH}.subsets[2]",
            "v1",
            "the subset is there already",
        )
        assert problem.fix == "pulumi config rm --path 'incremental-istio:routes.reviews.subsets[2]'"

    @pytest.mark.parametrize("name", ["", "V1", "v1.2", "-v1", "a" * 64])
    def test_refuse_what_istio_takes_for_no_name(self, name: str) -> None:
        assert _only(subsets=["v1", "v2", name]).key == f"{PATH}.subsets[2]", (
            "istiod would reject the whole DestinationRule, and with validation off nobody is told"
        )


class TestService:
    """What is routed to."""

    @pytest.mark.parametrize("host", ["", "Reviews", "1reviews", "reviews_v1", "reviews.shop", "a" * 64])
    def test_refuses_a_name_that_kubernetes_would(self, host: str) -> None:
        problem = _only(service=host)
        assert (problem.key, problem.value) == (f"{PATH}.service", host)
        assert problem.rule.startswith("a Service name has 1 to 63 lower-case letters")
        assert problem.fix == SET.format("service", "reviews")

    @pytest.mark.parametrize("port", [0, 65536, "http"])
    def test_refuses_a_port_that_is_none(self, port: object) -> None:
        problem = _only(port=port)
        assert (problem.key, problem.fix) == (f"{PATH}.port", SET.format("port", 9080))

    @pytest.mark.parametrize("prefix", ["", "reviews", "/re views"])
    def test_refuses_a_prefix_that_no_request_has(self, prefix: str) -> None:
        problem = _only(prefix=prefix)
        assert (problem.key, problem.rule) == (
            f"{PATH}.prefix",
            "a path prefix starts with '/' and has no white space, '?' or '#'",
        )

    def test_refuses_an_unknown_key(self) -> None:
        problem = _only(weights={})
        assert (problem.key, problem.fix) == (
            f"{PATH}.weights",
            "pulumi config rm --path 'incremental-istio:routes.reviews.weights'",
        )


class TestRedirect:
    """An answer that sends the caller elsewhere."""

    def test_to_itself_is_refused(self) -> None:
        problem = _only(subsets=[], redirect={"uri": "/reviews/new"})
        assert (problem.key, problem.value) == (f"{PATH}.redirect.uri", "/reviews/new")
        assert problem.rule == f"{PATH}.prefix is /reviews, so the redirect leads to itself for ever"

    @pytest.mark.parametrize("elsewhere", [{"authority": "new.example.com"}, {"scheme": "https"}])
    def test_to_the_same_path_elsewhere_is_taken(self, elsewhere: dict[str, str]) -> None:
        assert not _problems(subsets=[], redirect={"uri": "/reviews/new", **elsewhere})

    def test_to_what_a_rule_takes_is_taken(self) -> None:
        rules = [{"match": [{"uri": {"exact": "/reviews/new"}}], "timeout": "2s"}]
        assert not _problems(subsets=[], redirect={"uri": "/reviews/new"}, rules=rules)
