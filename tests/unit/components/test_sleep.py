"""sleep has the objects of Istio 1.29.2's sample.

https://github.com/istio/istio/blob/1.29.2/samples/sleep/sleep.yaml
"""

from typing import Any

import pytest

from components.sleep import Sleep, SleepArgs
from tests.unit.components.conftest import Recorder


@pytest.fixture(name="sleep", scope="module")
def _sleep() -> Recorder:
    recorder = Recorder()
    recorder.run(lambda: Sleep("sleep", SleepArgs(namespace="shop")))
    return recorder


@pytest.fixture(name="pod", scope="module")
def _pod(sleep: Recorder) -> dict[str, Any]:
    pod: dict[str, Any] = sleep.one(":Deployment").inputs["spec"]["template"]["spec"]
    return pod


def test_every_object_has_the_samples_name(sleep: Recorder) -> None:
    assert {one.inputs["metadata"]["name"] for one in sleep.objects()} == {"sleep"}, "the post's commands use it"


def test_the_objects_are_the_samples(sleep: Recorder) -> None:
    kinds = sorted(one.type.rpartition(":")[2] for one in sleep.objects())
    assert kinds == ["Deployment", "Service", "ServiceAccount"]


def test_the_service_has_the_samples_port(sleep: Recorder) -> None:
    assert sleep.one(":Service").inputs["spec"]["ports"] == [{"name": "http", "port": 80}]


def test_the_pod_has_the_samples_label(sleep: Recorder) -> None:
    assert sleep.one(":Deployment").inputs["spec"]["template"]["metadata"]["labels"] == {"app": "sleep"}, (
        "`kubectl get pod -l app=sleep` in the post"
    )


def test_the_image_is_the_samples(pod: dict[str, Any]) -> None:
    assert pod["containers"][0]["image"] == "docker.io/curlimages/curl:8.16.0"


def test_the_pod_sleeps(pod: dict[str, Any]) -> None:
    assert pod["containers"][0]["command"] == ["/bin/sleep", "infinity"]


def test_the_pod_goes_at_once(pod: dict[str, Any]) -> None:
    assert pod["terminationGracePeriodSeconds"] == 0, "sleep ignores SIGTERM, and a destroy would wait 30 seconds"


def test_the_samples_secret_may_be_absent(pod: dict[str, Any]) -> None:
    assert pod["volumes"] == [{"name": "secret-volume", "secret": {"secretName": "sleep-secret", "optional": True}}]


def test_the_secret_is_mounted_where_the_sample_has_it(pod: dict[str, Any]) -> None:
    assert pod["containers"][0]["volumeMounts"] == [{"name": "secret-volume", "mountPath": "/etc/sleep/tls"}]


def test_the_user_is_a_number(pod: dict[str, Any]) -> None:
    security = pod["containers"][0]["securityContext"]
    assert (security["runAsUser"], security["runAsGroup"], security["runAsNonRoot"]) == (100, 101, True), (
        "the image has a name, from which the kubelet cannot tell that it is not root, and refuses it"
    )


def test_it_may_do_nothing_else(pod: dict[str, Any]) -> None:
    security = pod["containers"][0]["securityContext"]
    assert (security["allowPrivilegeEscalation"], security["capabilities"]) == (False, {"drop": ["ALL"]})


def test_there_is_no_sidecar(pod: dict[str, Any]) -> None:
    assert len(pod["containers"]) == 1
    assert "initContainers" not in pod


def test_nothing_names_istio(sleep: Recorder) -> None:
    assert not [one.name for one in sleep.objects() if "istio" in str(one.inputs)], "no label of an injector"
