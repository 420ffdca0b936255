"""Weights that sum to 100, and subsets that are there."""

from typing import Any

import pytest

from policy.routes import UNKNOWN, subsets, weights
from tests.unit.policy.documents import declared, destination_rule, facts, to, virtual_service


def test_weights_that_sum_to_more_are_found_with_their_sum() -> None:
    assert facts(weights([virtual_service([to("v1", 70), to("v2", 70)])])) == [
        "the weights of http[0] sum to 140 (v1 70, v2 70)"
    ]


@pytest.mark.parametrize(
    "route",
    [
        [to("v1", 50), to("v2", 49)],
        [to("v1", 150), to("v2", -50)],
        [to("v1"), to("v2")],
        [to("v1", 60)],
    ],
)
def test_weights_that_are_no_split_of_100_are_found(route: list[Any]) -> None:
    assert len(facts(weights([virtual_service(route)]))) == 1


@pytest.mark.parametrize("route", [[to("v1", 90), to("v2", 10)], [to("v1", 100), to("v2")], [to("v1")], []])
def test_weights_that_split_100_are_fine(route: list[Any]) -> None:
    assert facts(weights([virtual_service(route)])) == []


def test_every_route_of_an_object_is_looked_at() -> None:
    found = facts(weights([virtual_service([to("v1", 100), to("v2", 0)], [to("v1", 1), to("v2", 1)])]))
    assert [fact.split()[3] for fact in found] == ["http[1]"]


@pytest.mark.parametrize("protocol", ["tcp", "tls"])
def test_routes_of_other_protocols_are_looked_at(protocol: str) -> None:
    spec: dict[str, Any] = {protocol: [{"route": [to("v1", 1), to("v2", 1)]}]}
    assert len(facts(weights([virtual_service(**spec)]))) == 1


def test_weights_that_are_not_known_yet_are_not_judged() -> None:
    unknown: Any = UNKNOWN
    assert facts(weights([virtual_service([to("v1", unknown), to("v2", 50)])])) == []


def test_a_virtual_service_of_another_api_is_none_of_istios() -> None:
    body = {**virtual_service([to("v1", 1), to("v2", 1)]).body, "apiVersion": "example.com/v1"}
    assert facts(weights([declared(body)])) == []


def test_a_subset_that_no_rule_has_is_found_with_those_that_it_has() -> None:
    assert facts(subsets([virtual_service([to("v9", 100)]), destination_rule("v2", "v1")])) == [
        "http[0] goes to subset v9 of reviews, whose DestinationRule has v1, v2"
    ]


def test_a_subset_without_any_rule_is_found() -> None:
    assert facts(subsets([virtual_service([to("v1")])])) == [
        "http[0] goes to subset v1 of reviews, which has no DestinationRule"
    ]


def test_a_subset_of_another_hosts_rule_is_found() -> None:
    assert len(facts(subsets([virtual_service([to("v1")]), destination_rule("v1", host="ratings")]))) == 1


def test_a_subset_of_another_namespaces_service_is_found() -> None:
    assert len(facts(subsets([virtual_service([to("v1")]), destination_rule("v1", namespace="team-b")]))) == 1


def test_a_subset_that_its_hosts_rule_has_is_fine() -> None:
    assert facts(subsets([virtual_service([to("v1", 50), to("v2", 50)]), destination_rule("v1", "v2")])) == []


@pytest.mark.parametrize("host", ["reviews.default.svc.cluster.local", "*.default.svc.cluster.local", "*"])
def test_a_rule_may_name_the_host_in_full_or_by_a_wildcard(host: str) -> None:
    assert facts(subsets([virtual_service([to("v1")]), destination_rule("v1", host=host, namespace="infra")])) == []


def test_a_route_without_a_subset_needs_no_rule() -> None:
    assert facts(subsets([virtual_service([to()])])) == []


@pytest.mark.parametrize(
    "copies",
    [
        {"mirror": {"host": "reviews", "subset": "v9"}},
        {"mirrors": [{"destination": {"host": "reviews", "subset": "v9"}}]},
    ],
)
def test_a_subset_that_gets_copies_is_looked_at(copies: dict[str, Any]) -> None:
    mirrored = virtual_service(http=[{"route": [to("v1")], **copies}])
    assert len(facts(subsets([mirrored, destination_rule("v1")]))) == 1


def test_a_subset_is_told_once_however_many_routes_use_it() -> None:
    assert len(facts(subsets([virtual_service([to("v9")], [to("v9")]), destination_rule("v1")]))) == 1


def test_a_subset_that_is_not_known_yet_is_not_judged() -> None:
    assert facts(subsets([virtual_service([to(UNKNOWN)]), destination_rule("v1")])) == []
