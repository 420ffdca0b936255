"""What a person, or `python -m checks`, finds in the stack's outputs."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import cluster, installation
from components.outputs import export
from settings.cluster import ExistingCluster
from settings.istio import GatewaySettings, IstioSettings
from settings.model import Settings
from settings.routes import post_route
from tests.unit.components.conftest import Recorder


def _settings() -> Settings:
    return Settings(
        namespace="shop",
        gateway=GatewaySettings(service_type="LoadBalancer"),
        routes={"reviews": post_route("shop").model_copy(update={"split": {"v1": 90, "v2": 10}})},
        cluster=ExistingCluster(path=Path("k"), context="lab", server="https://lab", kubeconfig="content"),
    )


def _outputs(status: dict[str, Any], **more: Any) -> dict[str, Any]:
    recorder = Recorder()
    recorder.computed = {"kubernetes:core/v1:Service": {"status": status}}
    exported: dict[str, Any] = {}

    def program() -> pulumi.Output[Any]:
        settings = _settings().model_copy(update=more)
        istio = installation.provide(settings, pulumi.ResourceOptions())
        export(settings, cluster.provide(settings), istio)
        return pulumi.Output.all(pulumi.Output.all(**exported), exported["kubeconfig"].is_secret())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulumi, "export", exported.__setitem__)
        values, secret = recorder.run(program)
    return {**values, "secret": secret}


@pytest.fixture(name="outputs", scope="module")
def _with_an_address() -> dict[str, Any]:
    return _outputs({"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}})


def test_are_these_and_no_others(outputs: dict[str, Any]) -> None:
    assert set(outputs) - {"secret"} == {"kubeconfig", "context", "namespace", "gateway", "checks", "versions"}, (
        "checks and scripts read them by name"
    )


def test_the_kubeconfig_is_a_secret(outputs: dict[str, Any]) -> None:
    assert (outputs["kubeconfig"], outputs["secret"]) == ("content", True)


def test_context_and_namespace_say_where_it_runs(outputs: dict[str, Any]) -> None:
    assert (outputs["context"], outputs["namespace"]) == ("lab", "shop")


def test_the_gateway_has_a_name_inside_and_an_address_outside(outputs: dict[str, Any]) -> None:
    assert outputs["gateway"] == {
        "inside": "istio-ingressgateway.istio-system",
        "outside": "203.0.113.1",
        "outsideUrl": "http://203.0.113.1/reviews/0",
    }


def test_the_gateway_has_no_url_outside_without_an_address() -> None:
    gateway = _outputs({"loadBalancer": {}})["gateway"]
    assert (gateway["outside"], gateway["outsideUrl"]) == ("", ""), "`http:///reviews/0` leads nowhere"


def test_the_checks_have_the_posts_two_urls_and_the_weights(outputs: dict[str, Any]) -> None:
    assert outputs["checks"] == {
        "app": "reviews",
        "plainUrl": "http://reviews:9080/reviews/0",
        "gatewayUrl": "http://istio-ingressgateway.istio-system/reviews/0",
        "weights": {"v1": 90, "v2": 10},
    }


def test_a_prefix_with_a_slash_at_its_end_has_no_second_one() -> None:
    routes = {"reviews": post_route("shop").model_copy(update={"prefix": "/reviews/"})}
    assert _outputs({"loadBalancer": {}}, routes=routes)["checks"]["plainUrl"] == "http://reviews:9080/reviews/0"


def test_the_versions_say_what_runs(outputs: dict[str, Any]) -> None:
    assert outputs["versions"] == {"istio": "1.29.2", "bookinfo": "1.20.3"}


def test_there_are_no_checks_of_a_gateway_whose_name_nobody_knows() -> None:
    outputs = _outputs({}, istio=IstioSettings(install="nothing"))
    assert "checks" not in outputs and outputs["gateway"] == {"inside": "", "outside": ""}
