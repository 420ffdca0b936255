"""How a route's subsets and endpoints are told to Istio."""

from typing import Any

import pytest

from components import destination_rule
from settings.route import RouteSettings


def _route(**config: Any) -> RouteSettings:
    content = {"service": "reviews", "namespace": "shop", "port": 9080, "prefix": "/reviews", **config}
    return RouteSettings.model_validate(content)


def _spec(**config: Any) -> dict[str, Any]:
    return destination_rule.spec(_route(**config))


def test_a_subset_is_a_value_of_the_label_version() -> None:
    assert _spec(subsets=["v1"], split={"v1": 100}) == {
        "host": "reviews",
        "subsets": [{"name": "v1", "labels": {"version": "v1"}}],
    }


def test_the_label_may_be_another_one() -> None:
    assert _spec(subsets=["v1"], split={"v1": 100}, subsetLabel="app.kubernetes.io/version")["subsets"] == [
        {"name": "v1", "labels": {"app.kubernetes.io/version": "v1"}}
    ]


@pytest.mark.parametrize(
    "policy",
    [
        {"loadBalancer": {"simple": "ROUND_ROBIN"}},
        {"loadBalancer": {"consistentHash": {"httpHeaderName": "x-user"}}},
        {"loadBalancer": {"consistentHash": {"httpCookie": {"name": "user", "ttl": "0s"}}}},
        {"loadBalancer": {"consistentHash": {"httpCookie": {"name": "user"}}}},
        {"loadBalancer": {"consistentHash": {"useSourceIp": True}}},
        {"connectionPool": {"tcp": {"maxConnections": 1, "connectTimeout": "1s"}, "http": {"maxRetries": 3}}},
        {"outlierDetection": {"consecutive5xxErrors": 0, "maxEjectionPercent": 100}},
        {"outlierDetection": {}},
    ],
)
def test_endpoints_are_treated_in_istios_words(policy: dict[str, Any]) -> None:
    assert _spec(**policy) == {"host": "reviews", "trafficPolicy": policy}, "and nothing that the config does not say"


@pytest.mark.parametrize(
    ("config", "needed"),
    [
        ({}, False),
        ({"timeout": "2s"}, False),
        ({"subsets": ["v1"], "split": {"v1": 100}}, True),
        ({"outlierDetection": {}}, True),
    ],
)
def test_it_is_needed_only_where_it_says_something(config: dict[str, Any], needed: bool) -> None:  # noqa: FBT001 - a table's column
    assert destination_rule.is_needed(_route(**config)) == needed, "Istio refuses one with nothing but a host"
