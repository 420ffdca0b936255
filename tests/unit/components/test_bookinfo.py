"""Bookinfo has the objects of Istio 1.29.2's sample, and nothing of Istio in them.

https://github.com/istio/istio/blob/1.29.2/samples/bookinfo/platform/kube/bookinfo.yaml
"""

from typing import Any

import pytest

from components.bookinfo import Bookinfo, BookinfoArgs
from tests.unit.components.conftest import Recorder, containers

SERVICES = ("details", "ratings", "reviews", "productpage")
DEPLOYMENTS = ("details-v1", "ratings-v1", "reviews-v1", "reviews-v2", "reviews-v3", "productpage-v1")


@pytest.fixture(name="bookinfo", scope="module")
def _bookinfo() -> Recorder:
    recorder = Recorder()
    recorder.run(lambda: Bookinfo("bookinfo", BookinfoArgs(namespace="shop")))
    return recorder


def _named(recorder: Recorder, type_: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in recorder.all_of(type_) if one.inputs["metadata"]["name"] == name]
    return dict(found.inputs)


def _pod(recorder: Recorder, name: str) -> dict[str, Any]:
    pod: dict[str, Any] = _named(recorder, ":Deployment", name)["spec"]["template"]["spec"]
    return pod


def test_it_has_the_samples_services(bookinfo: Recorder) -> None:
    assert {one.inputs["metadata"]["name"] for one in bookinfo.all_of(":Service")} == set(SERVICES)


def test_it_has_the_samples_deployments(bookinfo: Recorder) -> None:
    assert {one.inputs["metadata"]["name"] for one in bookinfo.all_of(":Deployment")} == set(DEPLOYMENTS)


def test_it_has_nothing_else(bookinfo: Recorder) -> None:
    kinds = {one.type for one in bookinfo.objects()}
    assert kinds == {"kubernetes:core/v1:Service", "kubernetes:core/v1:ServiceAccount", "kubernetes:apps/v1:Deployment"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_samples_port(bookinfo: Recorder, service: str) -> None:
    assert _named(bookinfo, ":Service", service)["spec"]["ports"] == [{"name": "http", "port": 9080}]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_samples_labels(bookinfo: Recorder, service: str) -> None:
    assert _named(bookinfo, ":Service", service)["metadata"]["labels"] == {"app": service, "service": service}


@pytest.mark.parametrize("service", SERVICES)
def test_an_account_has_the_samples_name_and_label(bookinfo: Recorder, service: str) -> None:
    account = _named(bookinfo, ":ServiceAccount", f"bookinfo-{service}")
    assert account["metadata"]["labels"] == {"account": service}


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_deployment_has_the_samples_image(bookinfo: Recorder, deployment: str) -> None:
    (container,) = _pod(bookinfo, deployment)["containers"]
    assert (container["image"], container["imagePullPolicy"]) == (
        f"docker.io/istio/examples-bookinfo-{deployment}:1.20.3",
        "IfNotPresent",
    )


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_deployment_has_the_samples_labels(bookinfo: Recorder, deployment: str) -> None:
    service, version = deployment.split("-")
    spec = _named(bookinfo, ":Deployment", deployment)["spec"]
    assert spec["template"]["metadata"]["labels"] == {"app": service, "version": version}


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_deployment_has_one_replica(bookinfo: Recorder, deployment: str) -> None:
    assert _named(bookinfo, ":Deployment", deployment)["spec"]["replicas"] == 1, "the sample's"


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_deployment_runs_under_its_services_account(bookinfo: Recorder, deployment: str) -> None:
    service = deployment.split("-", maxsplit=1)[0]
    assert _pod(bookinfo, deployment)["serviceAccountName"] == f"bookinfo-{service}"


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_deployment_says_its_port(bookinfo: Recorder, deployment: str) -> None:
    (container,) = _pod(bookinfo, deployment)["containers"]
    assert container["ports"] == [{"containerPort": 9080}]


@pytest.mark.parametrize("deployment", ["reviews-v1", "reviews-v2", "reviews-v3"])
def test_reviews_logs_where_it_may_write(bookinfo: Recorder, deployment: str) -> None:
    (container,) = _pod(bookinfo, deployment)["containers"]
    assert container["env"] == [{"name": "LOG_DIR", "value": "/tmp/logs"}]


@pytest.mark.parametrize(
    ("deployment", "folders"),
    [
        ("reviews-v1", {"tmp": "/tmp", "wlp-output": "/opt/ibm/wlp/output"}),
        ("productpage-v1", {"tmp": "/tmp"}),
        ("details-v1", {}),
        ("ratings-v1", {}),
    ],
)
def test_a_pod_has_the_samples_scratch_space(bookinfo: Recorder, deployment: str, folders: dict[str, str]) -> None:
    pod = _pod(bookinfo, deployment)
    mounts = pod["containers"][0].get("volumeMounts", [])
    assert {mount["name"]: mount["mountPath"] for mount in mounts} == folders
    assert pod.get("volumes", []) == [{"name": name, "emptyDir": {}} for name in folders]


def test_no_pod_has_a_sidecar(bookinfo: Recorder) -> None:
    counts = {one.name: len(containers(one)) for one in bookinfo.all_of(":Deployment")}
    assert set(counts.values()) == {1}, "the application and nothing beside it is what the post is about"


def test_nothing_names_istio_but_the_images(bookinfo: Recorder) -> None:
    texts = [str(one.inputs).replace("docker.io/istio/examples-bookinfo", "") for one in bookinfo.objects()]
    assert not [text for text in texts if "istio" in text], "no label or annotation of an injector, no proxy"
