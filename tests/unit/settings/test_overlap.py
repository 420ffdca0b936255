"""Two routes of a host that are for some of the same requests, and those that are not."""

from typing import Any
from unittest.mock import Mock

import pytest

from settings.overlap import overlaps
from settings.problem import Problem
from settings.route import RouteSettings
from settings.routes import contents


def _routes(**routes: dict[str, Any]) -> dict[str, RouteSettings]:
    given = {name: {"port": 80, **content} for name, content in routes.items()}
    return {
        name: RouteSettings.model_validate(content) for name, content in contents(given, "shop", bookinfo=False).items()
    }


def _problems(**routes: dict[str, Any]) -> list[Problem]:
    return list(overlaps(_routes(**routes)))


def _rule(**match: Any) -> dict[str, Any]:
    return {"rules": [{"match": [match], "timeout": "1s"}]}


def test_the_same_prefix_is_told_of_the_later_route() -> None:
    (problem,) = _problems(a={"prefix": "/api"}, b={"prefix": "/api"})
    assert (problem.key, problem.value) == ("routes.b.prefix", "/api")
    assert problem.rule == (
        "routes.a.prefix ('/api') is for some of the same requests on host *, and which of the two routes gets them "
        "depends on their age; give them paths that do not start alike, or hosts of their own"
    )


def test_the_same_prefix_is_mended_by_a_host() -> None:
    (problem,) = _problems(a={"prefix": "/api"}, b={"prefix": "/api"})
    path = "incremental-istio:routes.b.hosts"
    assert problem.fix == f"pulumi config rm --path '{path}' && pulumi config set --path '{path}[0]' b.example.com"


@pytest.mark.parametrize(("first", "second"), [("/reviews", "/reviews-admin"), ("/reviews-admin", "/reviews")])
def test_a_prefix_that_another_only_starts_like_is_mended_by_a_slash(first: str, second: str) -> None:
    (problem,) = _problems(a={"prefix": first}, b={"prefix": second})
    wide = "a" if first == "/reviews" else "b"
    assert problem.fix == f"pulumi config set --path 'incremental-istio:routes.{wide}.prefix' /reviews/"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"prefix": "/api"}, {"prefix": "/api/users"}),
        ({"prefix": "/"}, {"prefix": "/"}),
        ({"prefix": "/x"}, {"prefix": "/y", **_rule(uri={"exact": "/x/0"})}),
        ({"prefix": "/x"}, {"prefix": "/y", **_rule(uri={"regex": "/x/[0-9]+"})}),
        ({"prefix": "/X"}, {"prefix": "/y", **_rule(uri={"prefix": "/x"}, ignoreUriCase=True)}),
        ({"prefix": "/x"}, {"prefix": "/", **_rule(method={"exact": "GET"})}),
        ({"prefix": "/x"}, {"prefix": "/y", **_rule(uri={"regex": ".*"})}),
        ({"prefix": "/a", "gateway": "infra/shared"}, {"prefix": "/a", "gateway": "infra/shared"}),
        ({"prefix": "/a", "hosts": ["a.example.com", "b.example.com"]}, {"prefix": "/a", "hosts": ["b.example.com"]}),
    ],
)
def test_paths_that_meet_are_told(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert len(_problems(a=first, b=second)) == 1 == len(_problems(a=second, b=first))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"prefix": "/a"}, {"prefix": "/b"}),
        ({"prefix": "/"}, {"prefix": "/b"}),
        ({"prefix": "/a", "hosts": ["a.example.com"]}, {"prefix": "/a", "hosts": ["b.example.com"]}),
        ({"prefix": "/a", "hosts": ["a.example.com"]}, {"prefix": "/a", "hosts": ["*.example.com"]}),
        ({"prefix": "/a"}, {"prefix": "/a", "gateway": "infra/shared"}),
        ({"prefix": "/x/"}, {"prefix": "/y", **_rule(uri={"exact": "/x"})}),
        ({"prefix": "/x"}, {"prefix": "/y", **_rule(uri={"regex": "/z/[0-9]+"})}),
    ],
)
def test_paths_apart_are_fine(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert _problems(a=first, b=second) == [] == _problems(a=second, b=first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"headers": {"x": {"exact": "a"}}}, {"headers": {"x": {"exact": "b"}}}),
        ({"headers": {"x": {"exact": "a"}}}, {"withoutHeaders": {"x": {"exact": "a"}}}),
        ({"method": {"exact": "GET"}}, {"method": {"exact": "PUT"}}),
        ({"queryParams": {"x": {"prefix": "a"}}}, {"queryParams": {"x": {"prefix": "b"}}}),
    ],
)
def test_rules_of_one_path_that_exclude_each_other_are_fine(one: dict[str, Any], other: dict[str, Any]) -> None:
    rules = [_rule(uri={"prefix": "/api"}, **match) for match in (one, other)]
    assert _problems(x=rules[0], y=rules[1]) == []


def test_rules_of_one_path_that_some_request_is_for_are_told() -> None:
    a, b = ({"headers": {name: {"exact": "1"}}} for name in ("x", "y"))
    (problem,) = _problems(x=_rule(uri={"prefix": "/api"}, **a), y=_rule(uri={"prefix": "/api"}, **b))
    assert problem.key == "routes.y.rules[0].match[0]", "a request can have both headers"


def test_a_route_is_told_once_however_many_others_it_meets() -> None:
    assert [problem.key for problem in _problems(a={"prefix": "/a"}, b={"prefix": "/a"}, c={"prefix": "/a"})] == [
        "routes.b.prefix",
        "routes.c.prefix",
    ]


def test_a_gateway_that_is_there_is_named() -> None:
    shared = {"prefix": "/a", "gateway": "infra/shared"}
    assert "on host * of infra/shared, and" in _problems(a=shared, b=shared)[0].rule


def test_another_routes_own_gateway_is_one_with_it() -> None:
    problems = _problems(a={"prefix": "/x"}, b={"prefix": "/x", "gateway": "shop/a-gateway"})
    assert [problem.key for problem in problems] == ["routes.b.prefix"]


def test_a_route_may_meet_itself() -> None:
    assert _problems(a=_rule(method={"exact": "GET"})) == [], "its own rules have an order"


def test_hundreds_of_routes_are_compared_with_their_neighbours_only(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = _routes(**{f"s{number:03d}": {} for number in range(300)})
    compare = Mock(return_value=False)
    monkeypatch.setattr("settings.requests.Requests.meets", compare)
    assert list(overlaps(routes)) == []
    assert compare.call_count == 0, "300 routes are 44,850 pairs"
