"""No sidecar, and nothing that would inject one."""

import pytest

from policy.sidecars import injection, proxies, webhooks
from tests.unit.policy.documents import declared, facts, namespace, pod, proxy, workload

INJECT = "sidecar.istio.io/inject"


@pytest.mark.parametrize("label", [{"istio-injection": "enabled"}, {"istio.io/rev": "canary"}])
def test_a_namespace_with_an_injectors_label_is_found(label: dict[str, str]) -> None:
    assert len(facts(injection([namespace(**label)]))) == 1


@pytest.mark.parametrize("label", [{}, {"istio-injection": "disabled"}, {"team": "a"}])
def test_a_namespace_that_asks_for_no_injection_is_fine(label: dict[str, str]) -> None:
    assert facts(injection([namespace(**label)])) == []


def test_a_pod_with_the_label_that_asks_for_a_sidecar_is_found() -> None:
    assert facts(injection([workload(pod({INJECT: "true"}))])) == [
        f"its pods have `{INJECT}: true`, which asks an injector for sidecars"
    ]


def test_a_pod_with_the_old_annotation_is_found() -> None:
    template = {"metadata": {"annotations": {INJECT: "true"}}, "spec": {"containers": []}}
    assert len(facts(injection([workload(template)]))) == 1


def test_a_pod_of_a_revision_is_found() -> None:
    assert len(facts(injection([workload(pod({"istio.io/rev": "default"}))]))) == 1


def test_a_pod_that_says_no_is_fine_with_a_revision_as_istiods_has_one() -> None:
    assert facts(injection([workload(pod({INJECT: "false", "istio.io/rev": "default"}))])) == []


def test_a_pod_by_itself_is_found() -> None:
    body = {"apiVersion": "v1", "kind": "Pod", **pod({INJECT: "true"})}
    assert len(facts(injection([declared(body)]))) == 1


def test_the_pod_of_a_cron_job_is_found() -> None:
    spec = {"jobTemplate": {"spec": {"template": pod({INJECT: "true"})}}}
    assert len(facts(injection([declared({"apiVersion": "batch/v1", "kind": "CronJob", "spec": spec})]))) == 1


def test_a_pod_without_labels_is_fine() -> None:
    assert facts(injection([workload(pod())])) == []


@pytest.mark.parametrize("kind", ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
def test_a_webhook_is_found_with_its_name(kind: str) -> None:
    body = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "webhooks": [{"name": "a.istio.io"}]}
    assert facts(webhooks([declared(body)])) == ["it puts itself before the API server (a.istio.io)"]


def test_an_admission_policy_is_no_webhook() -> None:
    body = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy"}
    assert facts(webhooks([declared(body)])) == []


def test_a_sidecar_beside_an_application_is_found() -> None:
    assert len(facts(proxies([workload(pod(containers=[proxy("proxy", "sidecar")]))]))) == 1


def test_a_sidecar_among_the_init_containers_is_found() -> None:
    assert len(facts(proxies([workload(pod(initContainers=[proxy("proxy", "sidecar")]))]))) == 1


@pytest.mark.parametrize("image", ["docker.io/istio/proxyv2:1.29.2", "gcr.io/istio/proxyv2@sha256:1", "proxyv2"])
def test_a_sidecar_by_another_name_is_found_by_its_image(image: str) -> None:
    assert len(facts(proxies([workload(pod(containers=[proxy(name="helper", image=image)]))]))) == 1


@pytest.mark.parametrize("label", ["ingressgateway", "egressgateway", "incremental-ingressgateway"])
def test_a_gateway_is_fine(label: str) -> None:
    gateway = pod({"istio": label}, containers=[proxy("proxy", "router")])
    assert facts(proxies([workload(gateway)])) == []


def test_a_router_that_is_not_labelled_as_a_gateway_is_found() -> None:
    assert len(facts(proxies([workload(pod(containers=[proxy("proxy", "router")]))]))) == 1


def test_a_sidecar_under_a_gateways_label_is_found() -> None:
    disguised = pod({"istio": "ingressgateway"}, containers=[proxy("proxy", "sidecar")])
    assert len(facts(proxies([workload(disguised)]))) == 1


def test_an_application_by_itself_is_fine() -> None:
    assert facts(proxies([workload(pod())])) == []
