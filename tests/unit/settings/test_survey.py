"""What a cluster is asked before anything is created, and what comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from settings import existing_istio, survey, targets
from settings.api_client import LoginError
from settings.cluster import ExistingCluster
from settings.entrance import SERVICES
from settings.istio import GatewaySettings, IstioSettings
from settings.istiod import CONFIG_MAP, DEPLOYMENTS, Istiod
from settings.occupied import CRD, NAMESPACES
from settings.route import RouteSettings
from settings.routes import contents
from tests.unit.settings.fake_api import DENIED, FakeApi, istiod, listed, namespace

CLUSTER = ExistingCluster(path=Path("k"), context="lab", server="https://lab", kubeconfig="content")
KINDS = {existing_istio.GROUP: {"resources": [{"name": kind} for kind in existing_istio.KINDS]}}
ISTIOD = listed(DEPLOYMENTS.format(""), [istiod()], app="istiod")
LABELS = {"istio": "ingressgateway"}
PODS = listed(existing_istio.PODS, [{"metadata": {"namespace": "istio-system", "labels": LABELS}}], **LABELS)
SERVICE = {
    "metadata": {"name": "istio-ingressgateway", "namespace": "istio-system"},
    "spec": {"selector": LABELS, "ports": [{"port": 80}]},
}
ISTIO = {**KINDS, **ISTIOD, **PODS, **listed(SERVICES.format("istio-system"), [SERVICE])}


def _survey(
    monkeypatch: pytest.MonkeyPatch, install: str, objects: dict[str, Any] | None, **routes: Any
) -> survey.Survey:
    @contextmanager
    def client(_: ExistingCluster) -> Iterator[FakeApi]:
        if objects is None:
            raise LoginError("no plugin")
        yield FakeApi(objects)

    monkeypatch.setattr(survey, "client", client)
    plan = survey.Plan(
        istio=IstioSettings.model_validate({"install": install}),
        gateway=GatewaySettings(),
        routes={
            name: RouteSettings.model_validate(content)
            for name, content in contents(routes, "default", bookinfo=True).items()
        },
        egress=False,
        applications="default",
    )
    return survey.survey(CLUSTER, plan)


class TestControlPlane:
    """All of Istio comes from the stack."""

    def test_needs_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = _survey(monkeypatch, "controlPlane", listed(NAMESPACES, []) | ISTIO | {CRD: {"kind": "x"}})
        assert [problem.key for problem in found.problems] == ["context"]

    def test_is_not_refused_where_nobody_can_log_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = _survey(monkeypatch, "controlPlane", None)
        assert (found.problems, found.warnings) == ([], []), "the provider tells it better"

    def test_is_not_refused_for_an_answer_in_no_known_shape(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = _survey(monkeypatch, "controlPlane", listed(NAMESPACES, [{"kind": "x"}]))
        assert not found.problems

    def test_warns_of_routes_to_nowhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = _survey(monkeypatch, "controlPlane", {}, cart={"port": 80})
        assert [warning.partition(":")[0] for warning in found.warnings] == ["routes.cart"]


class TestGateway:
    """A gateway beside a control plane."""

    def test_stands_beside_the_istiod_that_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = _survey(monkeypatch, "gateway", ISTIO)
        assert not found.problems and found.istiod and found.istiod.version == "1.29.2"

    def test_is_refused_with_all_that_lacks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = _survey(monkeypatch, "gateway", {})
        assert len(found.problems) == 2, "the CRDs and istiod, at once"

    def test_warns_of_what_is_taken_for_granted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        denied = {
            path: None for name in ("", "namespaces/istio-system/")
            for path in listed(DEPLOYMENTS.format(name), DENIED, app="istiod")
        }  # fmt: skip
        found = _survey(monkeypatch, "gateway", KINDS | denied)
        assert found.istiod == Istiod(namespace="istio-system")
        assert "taken for granted: istiod in istio-system, with its CA on" in found.warnings[0]

    def test_warns_of_a_mesh_that_is_no_yaml(self, monkeypatch: pytest.MonkeyPatch) -> None:
        mesh = {CONFIG_MAP.format("istio-system", "istio"): {"data": {"mesh": "a: [b"}}}
        assert "no shape that is known here" in _survey(monkeypatch, "gateway", ISTIO | mesh).warnings[0]

    def test_warns_where_nobody_can_log_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "(no plugin)" in _survey(monkeypatch, "gateway", None).warnings[0]

    def test_warns_of_sidecars_in_the_applications_pods(self, monkeypatch: pytest.MonkeyPatch) -> None:
        labelled = listed(NAMESPACES, [namespace("default", {"istio-injection": "enabled"})])
        (warning,) = _survey(monkeypatch, "gateway", ISTIO | labelled).warnings
        assert "namespace default is labelled for injection" in warning, "not without saying so"


class TestNothing:
    """Only routes."""

    def test_go_to_the_gateway_that_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = _survey(monkeypatch, "nothing", ISTIO)
        assert not found.problems and found.entrance and found.entrance.host == "istio-ingressgateway.istio-system"

    def test_are_refused_without_a_gateway(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = _survey(monkeypatch, "nothing", KINDS | ISTIOD)
        assert [problem.key for problem in found.problems] == ["gateway.selector"]

    def test_that_all_name_a_gateway_need_no_selector(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shared = {targets.GATEWAY.format("a", "shared"): {"spec": {"selector": {"istio": "shared"}}}}
        found = _survey(monkeypatch, "nothing", KINDS | ISTIOD | shared, reviews={"gateway": "a/shared"})
        assert not found.problems

    def test_that_all_name_a_gateway_go_with_its_pods(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shared = {targets.GATEWAY.format("a", "shared"): {"spec": {"selector": {"istio": "shared"}}}}
        found = _survey(monkeypatch, "nothing", KINDS | ISTIOD | shared, reviews={"gateway": "a/shared"})
        assert found.entrance and found.entrance.selector == {"istio": "shared"}, "nobody has the selector's labels"

    def _at_a_shared_gateway(self, monkeypatch: pytest.MonkeyPatch) -> survey.Survey:
        pods = listed(existing_istio.PODS, [{"metadata": {"namespace": "a", "labels": {"x": "y"}}}], x="y")
        service = {
            "metadata": {"name": "shared", "namespace": "a"},
            "spec": {"selector": {"x": "y"}, "ports": [{"port": 80}]},
        }
        shared = {targets.GATEWAY.format("a", "shared"): {"spec": {"selector": {"x": "y"}}}}
        objects = ISTIO | shared | pods | listed(SERVICES.format("a"), [service])
        return _survey(monkeypatch, "nothing", objects, reviews={"gateway": "a/shared"})

    def test_that_name_a_gateway_are_reached_where_that_is_served(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self._at_a_shared_gateway(monkeypatch).entrance
        assert found and found.host == "shared.a", "the checks ask there"

    def test_that_name_none_stay_with_the_selectors_pods(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self._at_a_shared_gateway(monkeypatch).entrance
        assert found and (found.selector, found.namespace) == (LABELS, "istio-system"), (
            "their NetworkPolicy would let the wrong pods in"
        )
