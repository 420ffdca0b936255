"""Gateways of the stack's own, beside a control plane that is there."""

from typing import Any

import pytest

from components.own_gateways import OwnGateways, OwnGatewaysArgs
from settings.existing_istio import GATEWAY_MARK
from settings.istio import GatewaySettings
from settings.istiod import Istiod
from settings.occupied import owner
from tests.unit.components.conftest import Recorder, containers


def _declare(**gateway: Any) -> Recorder:
    recorder = Recorder()
    args = OwnGatewaysArgs(
        istiod=Istiod(namespace="istio-system"),
        image="docker.io/istio/proxyv2:1.29.2",
        gateway=GatewaySettings.model_validate(gateway),
    )
    recorder.run(lambda: OwnGateways("gateways", args))
    return recorder


@pytest.fixture(name="own", scope="module")
def _own() -> Recorder:
    return _declare()


def _names(recorder: Recorder, type_: str) -> set[str]:
    return {one.inputs["metadata"]["name"] for one in recorder.all_of(type_)}


def test_are_one_in_and_one_out(own: Recorder) -> None:
    assert _names(own, ":Deployment") == {"incremental-ingressgateway", "incremental-egressgateway"}


def test_are_in_a_namespace_of_the_stacks_own(own: Recorder) -> None:
    namespaced = [one for one in own.objects() if not one.type.endswith(":Namespace")]
    assert {one.inputs["metadata"]["namespace"] for one in namespaced} == {"incremental-gateways"}


def test_mark_their_namespace_with_the_stack(own: Recorder) -> None:
    assert own.one(":Namespace").inputs["metadata"] == {
        "name": "incremental-gateways",
        "annotations": {GATEWAY_MARK: owner()},
    }, "no label: nothing in it asks for a sidecar"


def test_wait_for_it(own: Recorder) -> None:
    assert all(one.depends_on == {"gateways-namespace"} for one in own.all_of(":GatewayProxy"))


def test_make_no_namespace_where_one_is_given() -> None:
    given = _declare(namespace="ingress")
    assert not given.all_of(":Namespace")
    assert {one.inputs["metadata"]["namespace"] for one in given.objects()} == {"ingress"}


def test_wear_a_label_that_no_other_gateway_has(own: Recorder) -> None:
    labels = {one.inputs["spec"]["template"]["metadata"]["labels"]["istio"] for one in own.all_of(":Deployment")}
    assert labels == {"incremental-ingressgateway", "incremental-egressgateway"}, (
        "a Gateway that selects `istio: ingressgateway` would open its ports on these too"
    )


def test_are_called_as_the_config_says() -> None:
    assert _names(_declare(name="team-a"), ":Deployment") == {"team-a-ingressgateway", "team-a-egressgateway"}


def test_say_no_to_an_injector(own: Recorder) -> None:
    labels = [one.inputs["spec"]["template"]["metadata"]["labels"] for one in own.all_of(":Deployment")]
    assert {one["sidecar.istio.io/inject"] for one in labels} == {"false"}


def test_are_programmed_by_the_istiod_that_is_there(own: Recorder) -> None:
    env = [one for found in own.all_of(":Deployment") for one in containers(found)[0]["env"]]
    assert {one["value"] for one in env if one["name"] == "CA_ADDR"} == {"istiod.istio-system.svc:15012"}


def test_have_only_the_way_in_open_to_the_world() -> None:
    public = _declare(serviceType="LoadBalancer", sourceRanges=["203.0.113.0/24"])
    types = {one.inputs["metadata"]["name"]: one.inputs["spec"]["type"] for one in public.all_of("core/v1:Service")}
    assert types == {"incremental-ingressgateway": "LoadBalancer", "incremental-egressgateway": "ClusterIP"}


def test_bring_nothing_of_a_control_plane(own: Recorder) -> None:
    assert not [one.name for one in own.resources if "Chart" in one.type or "CustomResource" in one.type]
