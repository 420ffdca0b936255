"""From the engine's strings to `Settings`, and everything that is wrong at once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest

from settings import ConfigError, Problem, Settings, load, survey
from settings.istiod import Istiod
from tests.unit.settings.api_server import answering, kubeconfig


@pytest.fixture(name="reachable", scope="module")
def _reachable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with answering() as (url, _):
        yield str(kubeconfig(tmp_path_factory.mktemp("cluster") / "kubeconfig", cluster={"server": url}))


@pytest.fixture(autouse=True)
def _no_charts_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INCREMENTAL_ISTIO_CHARTS", raising=False)


def _config(**keys: Any) -> dict[str, str]:
    return {
        f"incremental-istio:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in keys.items()
    }


def _problems(**keys: Any) -> dict[str, Problem]:
    with pytest.raises(ConfigError) as caught:
        load(_config(**keys))
    return {problem.key: problem for problem in caught.value.problems}


GKE = {"target": "gke", "gke": {"project": "my-project-123"}}


class TestExisting:
    """A cluster of a kubeconfig."""

    def test_warns_of_what_is_not_there_yet(self, reachable: str, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[str] = []
        monkeypatch.setattr(pulumi.log, "warn", told.append)
        monkeypatch.setattr(survey, "_ask", lambda found, *_: found.warnings.append("later"))
        load(_config(kubeconfig=reachable))
        assert told == ["later"]

    def test_is_asked_nothing_of_an_istio_whose_config_is_wrong_itself(self, reachable: str) -> None:
        keys = set(_problems(kubeconfig=reachable, istio={"install": "all"}, gateway={"name": "x"}))
        assert keys == {"istio.install"}, "what has no meaning then is not known"

    def test_hands_over_the_istiod_that_was_found(self, reachable: str, monkeypatch: pytest.MonkeyPatch) -> None:
        found = Istiod(namespace="mesh")
        monkeypatch.setattr(survey, "_ask", lambda survey, *_: setattr(survey, "istiod", found))
        assert load(_config(kubeconfig=reachable, istio={"install": "gateway"})).istiod == found

    def test_is_the_default_target(self, reachable: str) -> None:
        assert load(_config(kubeconfig=reachable)).target == "existing", "it costs nothing"

    def test_is_resolved(self, reachable: str) -> None:
        cluster = load(_config(kubeconfig=reachable)).cluster
        assert cluster is not None and cluster.context == "lab"

    def test_has_no_gke_settings(self, reachable: str) -> None:
        assert load(_config(kubeconfig=reachable)).gke is None

    def test_needs_no_project(self, reachable: str) -> None:
        assert load(_config(kubeconfig=reachable, gke={"name": "later"})).gke is None

    def test_still_has_what_is_written_of_gke_checked(self, reachable: str) -> None:
        assert set(_problems(kubeconfig=reachable, gke={"nmae": "later"})) == {"gke.nmae"}, "a key that nobody knows"

    def test_takes_its_context_from_the_config(self, reachable: str) -> None:
        assert _problems(kubeconfig=reachable, context="kind")["context"].value == "kind"

    def test_is_told_when_there_is_no_kubeconfig(self, tmp_path: Path) -> None:
        assert set(_problems(kubeconfig=str(tmp_path / "nowhere"))) == {"kubeconfig"}

    def test_is_told_when_it_does_not_answer(self, tmp_path: Path) -> None:
        file = kubeconfig(tmp_path / "kubeconfig", cluster={"server": "http://127.0.0.1:1"})
        assert "unreachable" in _problems(kubeconfig=str(file))["context"].rule


class TestGke:
    """A cluster of the stack's own."""

    def test_has_its_settings(self) -> None:
        gke = load(_config(**GKE)).gke
        assert gke is not None and gke.project == "my-project-123"

    def test_needs_no_kubeconfig(self) -> None:
        assert load(_config(**GKE, kubeconfig="/nowhere")).cluster is None, "CI has none"

    def test_takes_the_project_of_the_gcp_provider(self) -> None:
        gke = load({**_config(target="gke"), "gcp:project": "other-project"}).gke
        assert gke is not None and gke.project == "other-project", "the usual place for it"

    def test_prefers_the_project_of_its_own(self) -> None:
        gke = load({**_config(**GKE), "gcp:project": "other-project"}).gke
        assert gke is not None and gke.project == "my-project-123"

    def test_asks_for_a_project(self) -> None:
        assert _problems(target="gke")["gke.project"].fix == (
            "pulumi config set --path 'incremental-istio:gke.project' my-project-123"
        )


class TestKeys:
    """The top level."""

    @pytest.mark.parametrize("off", ["false", "False", "0", "no"])
    def test_say_in_any_word_that_bookinfo_is_off(self, off: str) -> None:
        settings = load(_config(**GKE, bookinfo=off))
        assert (settings.bookinfo, settings.routes) == (False, {}), "without Bookinfo there is no Service for its route"

    def test_of_other_projects_and_providers_are_left_alone(self) -> None:
        assert isinstance(load({**_config(**GKE), "kubernetes:context": "x", "other:target": "y"}), Settings)

    def test_that_nobody_knows_are_told(self) -> None:
        problem = _problems(**GKE, gatway="x")["gatway"]
        assert problem.value == "x"
        assert problem.rule == (
            "there is no such key "
            "(known: bookinfo, context, egress, gateway, gke, istio, kubeconfig, namespace, routes, target)"
        )
        assert problem.fix == "pulumi config rm 'incremental-istio:gatway'"

    def test_do_not_include_the_cluster(self) -> None:
        assert "there is no such key" in _problems(**GKE, cluster={"context": "x"})["cluster"].rule, (
            "it is worked out, and nobody may slip one in"
        )

    @pytest.mark.parametrize("target", ["aws", "", "GKE"])
    def test_refuse_an_unknown_target(self, target: str) -> None:
        problem = _problems(target=target)["target"]
        assert (problem.value, problem.rule) == (target, "it should be 'gke' or 'existing'")
        assert problem.fix == "pulumi config set 'incremental-istio:target' existing"

    @pytest.mark.parametrize("namespace", ["Shop", "shop_1", "", "a" * 64])
    def test_refuse_a_namespace_that_kubernetes_would(self, namespace: str) -> None:
        problem = _problems(**GKE, namespace=namespace)["namespace"]
        assert problem.rule.startswith("a Kubernetes name has 1 to 63 lower-case letters")
        assert problem.fix == "pulumi config set 'incremental-istio:namespace' default"

    def test_refuse_a_namespace_that_every_cluster_has(self) -> None:
        assert "every cluster has this one" in _problems(**GKE, namespace="kube-system")["namespace"].rule

    def test_refuse_istios_namespace_for_the_applications(self) -> None:
        assert "istio.namespace" in _problems(**GKE, namespace="istio-system")["namespace"].rule, (
            "declared twice, the second one would fail half-way"
        )

    @pytest.mark.parametrize("key", ["gke", "istio", "gateway", "routes", "egress"])
    @pytest.mark.parametrize("value", ["text", "[1]", "5", "null", "true", '"{}"', "{"])
    def test_of_objects_refuse_anything_else(self, key: str, value: str) -> None:
        problem = _problems(**{**GKE, key: value})[key]
        assert problem.rule == "it is an object, with keys of its own", "no traceback"
        assert problem.fix == f"pulumi config rm 'incremental-istio:{key}'"


class TestProblems:
    """All at once."""

    def test_of_ways_out_that_are_sound_are_told_beside_those_of_another(self) -> None:
        weather, climate = {"host": "api.example.com"}, {"host": "api.example.com", "port": 8443}
        problems = _problems(**GKE, egress={"weather": weather, "climate": climate, "maps": {"host": "*"}})
        assert set(problems) == {"egress.climate.host", "egress.maps.host"}

    def test_of_every_section_and_the_cluster_are_told_together(self, tmp_path: Path) -> None:
        problems = _problems(
            kubeconfig=str(tmp_path / "nowhere"),
            namespace="Shop",
            bogus="x",
            istio={"charts": str(tmp_path / "nowhere"), "version": "latest"},
            gateway={"replicas": 3, "kind": "x"},
            routes={"reviews": {"service": "R", "split": {"v1": 60, "v2": 60}}},
        )
        assert set(problems) == {
            "bogus",
            "istio.charts",
            "istio.version",
            "gateway.maxReplicas",
            "gateway.kind",
            "routes.reviews.service",
            "routes.reviews.split",
            "kubeconfig",
            "namespace",
        }

    def test_have_a_command_each(self, tmp_path: Path) -> None:
        problems = _problems(
            kubeconfig=str(tmp_path / "nowhere"), namespace="Shop", bogus="x", routes={"reviews": {"split": {}}}
        )
        assert all(one.fix.startswith(("pulumi config ", "make lab && pulumi config ")) for one in problems.values())

    def test_between_routes_are_told_beside_a_route_that_is_wrong_itself(self, reachable: str) -> None:
        routes = {"a": {"port": 80, "prefix": "/x"}, "b": {"port": 80, "prefix": "/x"}, "c": {"port": 0}}
        assert set(_problems(kubeconfig=reachable, routes=routes)) == {"routes.b.prefix", "routes.c.port"}

    def test_between_routes_are_told_once(self, reachable: str) -> None:
        routes = {"a": {"port": 80, "prefix": "/x"}, "b": {"port": 80, "prefix": "/x"}}
        with pytest.raises(ConfigError) as caught:
            load(_config(kubeconfig=reachable, routes=routes))
        assert [problem.key for problem in caught.value.problems] == ["routes.b.prefix"]

    def test_leave_nothing_declared(self, monkeypatch: pytest.MonkeyPatch) -> None:
        declared: list[object] = []
        monkeypatch.setattr(pulumi.Resource, "__init__", lambda *args, **_: declared.append(args))
        _problems(target="aws")
        assert not declared


def test_the_engines_config_is_read_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(_config(**GKE, namespace="shop")))
    assert load().namespace == "shop"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(_config(**GKE)).namespace = "other"
