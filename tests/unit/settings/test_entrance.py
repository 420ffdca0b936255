"""The gateway that is there."""

from typing import Any

from settings.entrance import SERVICES, Entrance, absent, find
from settings.existing_istio import PODS
from tests.unit.settings.fake_api import DENIED, FakeApi, listed

SELECTOR = {"istio": "ingressgateway"}
LABELS = {**SELECTOR, "app": "istio-ingressgateway", "pod-template-hash": "1"}
POD = {"metadata": {"namespace": "istio-ingress", "labels": LABELS}}


def _service(name: str, selector: dict[str, str] | None, port: int = 80, status: Any = None) -> dict[str, Any]:
    spec = {"selector": selector, "ports": [{"port": port}]}
    return {"metadata": {"name": name, "namespace": "istio-ingress"}, "spec": spec, "status": status}


def _find(*services: dict[str, Any], pods: list[dict[str, Any]] | None = None) -> Entrance | None:
    found = listed(PODS, [POD] if pods is None else pods, **SELECTOR)
    return find(FakeApi(found | listed(SERVICES.format("istio-ingress"), services)), SELECTOR)


def test_is_reached_by_the_service_that_leads_to_its_pods() -> None:
    found = _find(_service("other", {"app": "other"}), _service("gateway", {"app": "istio-ingressgateway"}))
    assert found and found.host == "gateway.istio-ingress"


def test_is_not_reached_by_a_service_that_leads_nowhere_of_its_own() -> None:
    found = _find(_service("headless", None), _service("metrics", SELECTOR, port=15090))
    assert found == Entrance(selector=SELECTOR, namespace="istio-ingress")


def test_has_the_address_of_its_load_balancer() -> None:
    balanced = {"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}]}}
    found = _find(_service("gateway", SELECTOR, status=balanced))
    assert found and found.address == "lb.example.com"


def test_has_no_address_without_one() -> None:
    found = _find(_service("gateway", SELECTOR, status={"loadBalancer": {}}))
    assert found and found.address == ""


def test_is_not_there_without_pods() -> None:
    assert _find(pods=[]) is None


def test_is_taken_for_granted_where_nobody_may_ask() -> None:
    assert find(FakeApi(listed(PODS, DENIED, **SELECTOR)), SELECTOR) == Entrance(selector=SELECTOR)


def test_that_is_not_there_is_told_with_its_labels() -> None:
    problem = absent(SELECTOR)
    assert (problem.key, problem.value) == ("gateway.selector", "istio=ingressgateway")
    assert problem.fix.startswith("pulumi config set --path 'incremental-istio:gateway.selector.istio' VALUE")
