"""Each rule of how a service's endpoints are treated."""

from typing import Any

import pytest

from settings.problem import Section
from settings.traffic import ConnectionPool, LoadBalancer, OutlierDetection
from tests.unit.settings.problems import only, problems_of

PATH = "routes.reviews.x"
REMOVE = "pulumi config rm --path 'incremental-istio:{}'"


@pytest.mark.parametrize(
    ("section", "content"),
    [
        (ConnectionPool, {"tcp": {"maxConnections": 1, "connectTimeout": "1s"}}),
        (ConnectionPool, {"http": {"http1MaxPendingRequests": 1, "maxRequestsPerConnection": 2**29 - 1}}),
        (OutlierDetection, {}),
        (OutlierDetection, {"consecutive5xxErrors": 5, "consecutiveGatewayErrors": 4}),
        (OutlierDetection, {"consecutive5xxErrors": 0, "consecutiveGatewayErrors": 5}),
        (LoadBalancer, {"simple": "ROUND_ROBIN"}),
        (LoadBalancer, {"consistentHash": {"useSourceIp": True}}),
        (LoadBalancer, {"consistentHash": {"httpCookie": {"name": "user"}}}),
        (LoadBalancer, {"consistentHash": {"httpCookie": {"name": "user", "ttl": "0s"}}}),
    ],
)
def test_what_istio_takes_is_taken(section: type[Section], content: dict[str, Any]) -> None:
    assert problems_of(section, PATH, content) == []


@pytest.mark.parametrize(("content", "key"), [({}, PATH), ({"tcp": {}}, f"{PATH}.tcp"), ({"http": {}}, f"{PATH}.http")])
def test_a_pool_limits_something(content: dict[str, Any], key: str) -> None:
    problem = only(ConnectionPool, PATH, content)
    assert (problem.key, problem.rule, problem.fix) == (key, "it limits nothing", REMOVE.format(key))


@pytest.mark.parametrize("errors", [5, 6])
def test_gateway_errors_that_never_count_are_told(errors: int) -> None:
    problem = only(OutlierDetection, PATH, {"consecutive5xxErrors": 5, "consecutiveGatewayErrors": errors})
    assert (problem.key, problem.value) == (f"{PATH}.consecutiveGatewayErrors", errors)
    assert problem.rule == f"{PATH}.consecutive5xxErrors (5) counts the same answers, and is reached first"
    assert problem.fix == f"pulumi config set --path 'incremental-istio:{PATH}.consecutiveGatewayErrors' 4"


@pytest.mark.parametrize("content", [{}, {"simple": "RANDOM", "consistentHash": {"useSourceIp": True}}])
def test_a_balance_is_of_one_kind(content: dict[str, Any]) -> None:
    problem = only(LoadBalancer, PATH, content)
    assert (problem.key, problem.value, problem.fix) == (PATH, content, REMOVE.format(PATH))
    assert problem.rule == "one of simple and consistentHash is set"


@pytest.mark.parametrize("content", [{}, {"useSourceIp": False}, {"useSourceIp": True, "httpHeaderName": "x-a"}])
def test_affinity_is_to_one_thing(content: dict[str, Any]) -> None:
    problem = only(LoadBalancer, PATH, {"consistentHash": content})
    assert (problem.key, problem.value) == (f"{PATH}.consistentHash", content)
    assert problem.rule == "one of httpHeaderName, httpCookie and useSourceIp (true) is set"


@pytest.mark.parametrize(
    ("section", "content", "key", "rule"),
    [
        (
            ConnectionPool,
            {"tcp": {"maxConnections": 0}},
            "tcp.maxConnections",
            "it should be greater than or equal to 1",
        ),
        (
            ConnectionPool,
            {"tcp": {"maxConnections": 2**31}},
            "tcp.maxConnections",
            "it should be less than or equal to 2147483647",
        ),
        (
            ConnectionPool,
            {"tcp": {"connectTimeout": "0s"}},
            "tcp.connectTimeout",
            "a duration is whole milliseconds, and at least one",
        ),
        (
            OutlierDetection,
            {"consecutive5xxErrors": 2**32},
            "consecutive5xxErrors",
            "it should be less than or equal to 4294967295",
        ),
        (OutlierDetection, {"maxEjectionPercent": 101}, "maxEjectionPercent", "it should be less than or equal to 100"),
        (OutlierDetection, {"minHealthPercent": -1}, "minHealthPercent", "it should be greater than or equal to 0"),
        (
            LoadBalancer,
            {"simple": "FASTEST"},
            "simple",
            "it should be 'LEAST_REQUEST', 'ROUND_ROBIN', 'RANDOM' or 'PASSTHROUGH'",
        ),
        (
            LoadBalancer,
            {"consistentHash": {"httpCookie": {"name": "user", "ttl": "0"}}},
            "consistentHash.httpCookie.ttl",
            "a duration is a number with a unit (ms, s, m, h), such as 1.5s",
        ),
    ],
)
def test_a_wrong_value_is_told_where_it_stands(
    section: type[Section], content: dict[str, Any], key: str, rule: str
) -> None:
    problem = only(section, PATH, content)
    assert (problem.key, problem.rule) == (f"{PATH}.{key}", rule)
