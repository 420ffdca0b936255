"""Each rule of `istio` and `gateway`."""

from pathlib import Path
from typing import Any

import pytest

from settings.istio import PUBLISHED_CHARTS, GatewaySettings, IstioSettings
from settings.problem import Problem
from tests.unit.settings.problems import only, problems_of

SET = "pulumi config set --path 'incremental-istio:{}' {}"


@pytest.fixture(autouse=True)
def _no_charts_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INCREMENTAL_ISTIO_CHARTS", raising=False)


def _istio(**config: Any) -> Problem:
    return only(IstioSettings, "istio", config)


def _gateway(**config: Any) -> Problem:
    return only(GatewaySettings, "gateway", config)


def _charts(folder: Path, *names: str) -> str:
    for name in names:
        (folder / name).mkdir()
        (folder / name / "Chart.yaml").touch()
    return str(folder)


class TestIstio:
    """Version, images and charts."""

    def test_comes_from_istio_by_default(self) -> None:
        assert IstioSettings().charts == PUBLISHED_CHARTS

    def test_takes_the_charts_of_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("INCREMENTAL_ISTIO_CHARTS", "/charts")
        assert IstioSettings().charts == "/charts", "the lab sets it, so that no stack's file names a machine's folder"

    def test_prefers_the_charts_of_the_config(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("INCREMENTAL_ISTIO_CHARTS", "/charts")
        assert IstioSettings(charts="https://example.com").charts == "https://example.com"

    @pytest.mark.parametrize(("charts", "local"), [("https://x/charts", False), ("/charts", True), ("charts", True)])
    def test_tells_a_folder_from_a_repository(self, charts: str, *, local: bool) -> None:
        assert IstioSettings(charts=charts).charts_are_local is local

    def test_takes_a_folder_with_both_charts(self, tmp_path: Path) -> None:
        charts = _charts(tmp_path, "base", "istiod")
        assert not problems_of(IstioSettings, "istio", {"charts": charts})

    def test_refuses_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        missing = str(tmp_path / "nowhere")
        problem = _istio(charts=missing)
        assert (problem.key, problem.value, problem.rule) == ("istio.charts", missing, "there is no such folder")
        assert problem.fix == SET.format("istio.charts", PUBLISHED_CHARTS)

    def test_refuses_a_folder_that_lacks_a_chart(self, tmp_path: Path) -> None:
        assert _istio(charts=_charts(tmp_path, "base")).rule == "the folder has no istiod/Chart.yaml"

    def test_names_every_chart_that_a_folder_lacks(self, tmp_path: Path) -> None:
        assert _istio(charts=str(tmp_path)).rule == "the folder has no base/Chart.yaml and no istiod/Chart.yaml"

    def test_refuses_a_repository_that_helm_would_be_asked_for_in_another_way(self) -> None:
        assert _istio(charts="oci://example.com/charts").key == "istio.charts", "an OCI chart is no `repo`"

    @pytest.mark.parametrize("version", ["latest", "1.29", "v1.29.2", "1.29.2 ", ""])
    def test_refuses_a_version_that_is_none(self, version: str) -> None:
        problem = _istio(version=version)
        assert (problem.key, problem.rule) == (
            "istio.version",
            "a version is MAJOR.MINOR.PATCH, such as 1.29.2",
        )
        assert problem.fix == SET.format("istio.version", "1.29.2")

    @pytest.mark.parametrize("version", ["1.29.2", "1.30.0-rc.1", "1.29.2-distroless"])
    def test_takes_a_version(self, version: str) -> None:
        assert not problems_of(IstioSettings, "istio", {"version": version})

    @pytest.mark.parametrize("namespace", ["Istio", "istio_system", "-istio", ""])
    def test_refuses_a_namespace_that_kubernetes_would(self, namespace: str) -> None:
        problem = _istio(namespace=namespace)
        assert problem.rule.startswith("a Kubernetes name has 1 to 63 lower-case letters")

    @pytest.mark.parametrize("namespace", ["default", "kube-system"])
    def test_refuses_a_namespace_that_every_cluster_has(self, namespace: str) -> None:
        assert _istio(namespace=namespace).fix == SET.format("istio.namespace", "istio-system"), (
            "declared, it would fail half-way with `already exists`"
        )

    @pytest.mark.parametrize(
        "hub", ["", "https://docker.io/istio", "docker.io/istio/", "docker.io/istio ", "Docker/Istio"]
    )
    def test_refuses_a_hub_that_is_no_part_of_an_image(self, hub: str) -> None:
        assert _istio(hub=hub).key == "istio.hub", "no pod would start, and nothing but a time-out says so"

    @pytest.mark.parametrize(
        "hub", ["docker.io/istio", "localhost:5000", "gcr.io/istio-release", "10.0.0.1:5000/a/b_c"]
    )
    def test_takes_a_registry_with_and_without_a_path(self, hub: str) -> None:
        assert IstioSettings(hub=hub).hub == hub

    def test_tells_a_missing_folder_beside_a_wrong_version(self, tmp_path: Path) -> None:
        content = {"version": "latest", "charts": str(tmp_path / "nowhere")}
        keys = {problem.key for problem in problems_of(IstioSettings, "istio", content)}
        assert keys == {"istio.version", "istio.charts"}, "all at once"


class TestGateway:
    """How it is reached and how far it scales."""

    def test_is_reached_from_inside_by_default(self) -> None:
        assert GatewaySettings().service_type == "ClusterIP", "a public address costs, and lets everybody in"

    def test_is_spelled_in_camel_case(self) -> None:
        content = {"serviceType": "LoadBalancer", "sourceRanges": ["203.0.113.0/24"], "maxReplicas": 5}
        assert not problems_of(GatewaySettings, "gateway", content)

    def test_refuses_another_type_of_service(self) -> None:
        problem = _gateway(serviceType="ExternalName")
        assert (problem.key, problem.value) == ("gateway.serviceType", "ExternalName")
        assert problem.rule == "it should be 'LoadBalancer', 'NodePort' or 'ClusterIP'"
        assert problem.fix == SET.format("gateway.serviceType", "LoadBalancer")

    @pytest.mark.parametrize("value", ["203.0.113.7", "203.0.113.7/24", "example.com/24", "300.0.0.0/8"])
    def test_refuses_a_source_range_that_kubernetes_would(self, value: str) -> None:
        problem = _gateway(serviceType="LoadBalancer", sourceRanges=["198.51.100.0/24", value])
        assert (problem.key, problem.value) == ("gateway.sourceRanges[1]", value)
        assert problem.fix == SET.format("gateway.sourceRanges[1]", "203.0.113.0/24")

    @pytest.mark.parametrize("value", ["203.0.113.0/24", "2001:db8::/32", "0.0.0.0/0"])
    def test_takes_a_source_range(self, value: str) -> None:
        assert not problems_of(GatewaySettings, "gateway", {"serviceType": "LoadBalancer", "sourceRanges": [value]})

    def test_has_a_fix_for_source_ranges_that_were_set_as_one_text(self) -> None:
        problem = _gateway(serviceType="LoadBalancer", sourceRanges='["198.51.100.0/24"]')
        assert problem.fix == (
            "pulumi config rm --path 'incremental-istio:gateway.sourceRanges' && "
            + SET.format("gateway.sourceRanges[0]", "198.51.100.0/24")
        ), "the CLI stores a list as text unless its items are set"

    @pytest.mark.parametrize("kind", ["ClusterIP", "NodePort"])
    def test_refuses_source_ranges_without_a_load_balancer(self, kind: str) -> None:
        problem = _gateway(serviceType=kind, sourceRanges=["203.0.113.0/24"])
        assert (problem.key, problem.value) == ("gateway.sourceRanges", ["203.0.113.0/24"])
        assert problem.rule == f"only a LoadBalancer has source ranges, and gateway.serviceType is {kind}"
        assert problem.fix == SET.format("gateway.serviceType", "LoadBalancer"), (
            "whoever wrote them wants to keep somebody out"
        )

    def test_does_not_hold_source_ranges_against_a_type_that_is_wrong_itself(self) -> None:
        assert _gateway(serviceType="Public", sourceRanges=["203.0.113.0/24"]).key == "gateway.serviceType"

    def test_refuses_a_most_below_the_least(self) -> None:
        problem = _gateway(replicas=3, maxReplicas=2)
        assert (problem.key, problem.value) == ("gateway.maxReplicas", 2)
        assert problem.rule == "it is below gateway.replicas, which is 3"
        assert problem.fix == SET.format("gateway.maxReplicas", 3)

    @pytest.mark.parametrize("replicas", [0, 101, "2", 1.5])
    def test_refuses_a_number_of_replicas_that_makes_no_sense(self, replicas: object) -> None:
        assert _gateway(replicas=replicas).key == "gateway.replicas"
