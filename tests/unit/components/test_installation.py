"""What of Istio the stack brings: all of it, gateways, or nothing."""

from typing import Any

import pulumi
import pytest

from components import installation
from components.installation import Installation
from settings import Settings
from settings.entrance import Entrance
from settings.istio import GatewaySettings, IstioSettings
from settings.istiod import Istiod
from tests.unit.components.conftest import Recorder, containers

FOUND = Istiod(namespace="istio-system", hub="example.com/istio", version="1.30.1")


def _provide(install: str, istiod: Istiod | None = FOUND, **more: Any) -> tuple[Recorder, Installation]:
    recorder = Recorder()
    charts = {"charts": "/charts"} if install == "controlPlane" else {}
    istio = {"install": install, **charts, **more.pop("istio", {})}
    settings = Settings(istio=IstioSettings.model_validate(istio), istiod=istiod, **more)
    provided = recorder.run(lambda: installation.provide(settings, pulumi.ResourceOptions()))
    assert isinstance(provided, Installation)
    return recorder, provided


def _images(recorder: Recorder) -> set[str]:
    return {container["image"] for one in recorder.all_of(":Deployment") for container in containers(one)}


class TestControlPlane:
    """All of it."""

    def test_is_istiod_and_two_gateways(self) -> None:
        recorder, provided = _provide("controlPlane", None)
        assert recorder.one(":MinimalIstio") and provided.ingress.selector == {"istio": "ingressgateway"}

    def test_comes_with_the_crds(self) -> None:
        _, provided = _provide("controlPlane", None)
        assert len(provided.crds) == 1, "a route must wait for them"


class TestGateway:
    """Gateways beside a control plane."""

    def test_is_the_stacks_own(self) -> None:
        _, provided = _provide("gateway")
        assert provided.ingress.selector == {"istio": "incremental-ingressgateway"}
        assert provided.ingress.host == "incremental-ingressgateway.incremental-gateways"
        assert provided.ingress.namespace == "incremental-gateways", "a route's aliases are there"

    def test_is_the_stacks_own_on_the_way_out_too(self) -> None:
        egress = _provide("gateway")[1].egress
        assert egress and egress.selector == {"istio": "incremental-egressgateway"}

    def test_is_of_istiods_version(self) -> None:
        recorder, provided = _provide("gateway")
        assert (_images(recorder), provided.version) == ({"example.com/istio/proxyv2:1.30.1"}, "1.30.1")

    def test_is_of_the_configs_version_where_it_says_so(self) -> None:
        recorder, _ = _provide("gateway", istio={"version": "1.29.2", "hub": "docker.io/istio"})
        assert _images(recorder) == {"docker.io/istio/proxyv2:1.29.2"}

    def test_is_rendered_for_istios_own_installation(self) -> None:
        recorder, _ = _provide("gateway", None)
        assert _images(recorder) == {"docker.io/istio/proxyv2:1.29.2"}, "a render asks no cluster"


class TestNothing:
    """Only routes."""

    def test_declares_nothing(self) -> None:
        recorder, _ = _provide("nothing")
        assert not recorder.resources

    def test_leads_routes_to_the_pods_of_the_config(self) -> None:
        _, provided = _provide("nothing", gateway=GatewaySettings(selector={"app": "edge"}))
        assert provided.ingress.selector == {"app": "edge"}

    def test_leads_routes_to_the_pods_that_were_found(self) -> None:
        _, provided = _provide("nothing", entrance=Entrance(selector={"app": "shared"}))
        assert provided.ingress.selector == {"app": "shared"}

    def test_is_reached_where_the_gateway_was_found(self) -> None:
        _, provided = _provide("nothing", entrance=Entrance(selector={}, namespace="ingress", host="edge.ingress"))
        assert (provided.ingress.host, provided.ingress.namespace) == ("edge.ingress", "ingress")

    def test_is_taken_to_be_beside_istiod_where_nobody_could_ask(self) -> None:
        assert _provide("nothing", None)[1].ingress.namespace == "istio-system"

    @pytest.mark.parametrize(("istiod", "version"), [(FOUND, "1.30.1"), (None, "")])
    def test_says_the_version_that_was_found(self, istiod: Istiod | None, version: str) -> None:
        assert _provide("nothing", istiod)[1].version == version
