"""Who may come in from outside is said."""

import pytest

from policy.exposure import EVERYBODY, INTERNAL, RANGES, load_balancers
from tests.unit.policy.documents import declared, facts, service


def test_a_load_balancer_without_source_ranges_is_found() -> None:
    assert len(facts(load_balancers([service(type="LoadBalancer")]))) == 1


def test_a_load_balancer_with_an_empty_list_of_source_ranges_is_found() -> None:
    assert len(facts(load_balancers([service(type="LoadBalancer", loadBalancerSourceRanges=[])]))) == 1


@pytest.mark.parametrize("source_range", ["203.0.113.0/24", EVERYBODY])
def test_a_load_balancer_with_source_ranges_is_fine_also_when_they_are_everybody(source_range: str) -> None:
    assert facts(load_balancers([service(type="LoadBalancer", loadBalancerSourceRanges=[source_range])])) == []


def test_source_ranges_may_be_an_annotation() -> None:
    assert facts(load_balancers([service({RANGES: "203.0.113.0/24"}, type="LoadBalancer")])) == []


@pytest.mark.parametrize(("annotation", "value"), INTERNAL.items())
def test_an_internal_load_balancer_is_fine(annotation: str, value: str) -> None:
    assert facts(load_balancers([service({annotation: value.capitalize()}, type="LoadBalancer")])) == []


def test_an_annotation_with_another_value_leaves_it_public() -> None:
    assert len(facts(load_balancers([service({next(iter(INTERNAL)): "External"}, type="LoadBalancer")]))) == 1


@pytest.mark.parametrize("type_", ["ClusterIP", "NodePort"])
def test_another_service_is_fine(type_: str) -> None:
    assert facts(load_balancers([service(type=type_)])) == []


def test_a_service_of_another_api_is_none_of_kubernetes() -> None:
    body = {**service(type="LoadBalancer").body, "apiVersion": "serving.knative.dev/v1"}
    assert facts(load_balancers([declared(body)])) == []


def test_the_fix_has_the_command_that_says_everybody() -> None:
    (violation,) = load_balancers([service(type="LoadBalancer")])
    assert "'incremental-istio:gateway.sourceRanges[0]' 0.0.0.0/0" in violation.fix
