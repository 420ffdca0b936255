"""The NetworkPolicy around a service's pods."""

from typing import Any

import pulumi
import pytest

from components.only_through_gateway import admit_only_the_gateway
from settings.route import RouteSettings
from tests.unit.components.conftest import Recorder

CONTENT = {"service": "service-a", "namespace": "team-a", "port": 9080, "prefix": "/", "onlyThroughGateway": True}


def _policy(**config: Any) -> dict[str, Any]:
    recorder, route = Recorder(), RouteSettings.model_validate({**CONTENT, **config})
    recorder.run(
        lambda: admit_only_the_gateway(
            "service-a", route, {"istio": "ingressgateway"}, "istio-system", pulumi.ResourceOptions()
        )
    )
    return dict(recorder.one(":NetworkPolicy").inputs)


@pytest.fixture(name="policy", scope="module")
def _the_policy() -> dict[str, Any]:
    return _policy()


def test_stands_beside_the_service(policy: dict[str, Any]) -> None:
    assert policy["metadata"] == {"name": "service-a-only-through-gateway", "namespace": "team-a"}


def test_is_for_the_pods_that_are_labelled_after_the_service(policy: dict[str, Any]) -> None:
    assert policy["spec"]["podSelector"] == {"matchLabels": {"app": "service-a"}}


def test_is_for_the_pods_that_the_config_names() -> None:
    assert _policy(podLabels={"role": "api"})["spec"]["podSelector"] == {"matchLabels": {"role": "api"}}


def test_admits_the_gateways_pods_and_nobody_else(policy: dict[str, Any]) -> None:
    assert policy["spec"]["ingress"] == [
        {
            "from": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-system"}},
                    "podSelector": {"matchLabels": {"istio": "ingressgateway"}},
                }
            ]
        }
    ], "two entries would admit all of istio-system, and whoever labels a pod so"


def test_leaves_what_the_pods_call_alone(policy: dict[str, Any]) -> None:
    assert policy["spec"]["policyTypes"] == ["Ingress"]
