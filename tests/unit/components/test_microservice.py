"""A Service as a team without Istio declares it."""

from typing import Any

import pytest

from components.microservice import Microservice, MicroserviceArgs, Mount, Workload
from tests.unit.components.conftest import Recorder, Registered, containers

Declared = dict[str, Registered]


def _declare(**more: Any) -> Recorder:
    recorder = Recorder()
    args: dict[str, Any] = {
        "service": "shop",
        "namespace": "team-a",
        "port": 8000,
        "account": "shop-account",
        "deployments": {
            "shop-v1": Workload(image="shop:1", labels={"version": "v1"}),
            "shop-v2": Workload(image="shop:2", labels={"version": "v2"}),
        },
    }
    recorder.run(lambda: Microservice("shop", MicroserviceArgs(**args | more)))
    return recorder


@pytest.fixture(name="plain", scope="module")
def _plain() -> Recorder:
    return _declare()


class TestObjects:
    """Which there are, and how they are called."""

    def test_are_an_account_a_service_and_a_deployment_for_each_version(self, plain: Recorder) -> None:
        assert sorted((one.type.rpartition(":")[2], one.name) for one in plain.objects()) == [
            ("Deployment", "shop-v1"),
            ("Deployment", "shop-v2"),
            ("Service", "shop-service"),
            ("ServiceAccount", "shop-account"),
        ]

    def test_stand_under_the_component(self, plain: Recorder) -> None:
        assert {one.parent for one in plain.objects()} == {"shop"}

    def test_live_in_the_namespace(self, plain: Recorder) -> None:
        assert {one.inputs["metadata"]["namespace"] for one in plain.objects()} == {"team-a"}


class TestService:
    """How the pods are found."""

    def test_finds_every_version(self, plain: Recorder) -> None:
        assert plain.one(":Service").inputs["spec"]["selector"] == {"app": "shop"}, "the post's first check"

    def test_says_its_protocol(self, plain: Recorder) -> None:
        assert plain.one(":Service").inputs["spec"]["ports"] == [{"name": "http", "port": 8000}], (
            "without the name Istio would route opaque TCP"
        )

    def test_is_not_awaited(self, plain: Recorder) -> None:
        assert plain.one(":Service").inputs["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}, (
            "its Deployments are, and each Service would cost ten seconds"
        )


class TestDeployments:
    """What runs."""

    def test_select_only_their_own_pods(self, plain: Recorder) -> None:
        for one in plain.all_of(":Deployment"):
            spec = one.inputs["spec"]
            assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"], one.name

    def test_wear_their_version(self, plain: Recorder) -> None:
        labels = {one.name: one.inputs["spec"]["template"]["metadata"]["labels"] for one in plain.all_of(":Deployment")}
        assert labels == {
            "shop-v1": {"app": "shop", "version": "v1"},
            "shop-v2": {"app": "shop", "version": "v2"},
        }, "subsets go by it"

    def test_are_awaited(self, plain: Recorder) -> None:
        assert not any("annotations" in one.inputs["metadata"] for one in plain.all_of(":Deployment")), (
            "when `up` is through, the checks can pass"
        )

    def test_run_under_the_services_account(self, plain: Recorder) -> None:
        accounts = {one.inputs["spec"]["template"]["spec"]["serviceAccountName"] for one in plain.all_of(":Deployment")}
        assert accounts == {"shop-account"}

    def test_run_without_privileges(self, plain: Recorder) -> None:
        for one in plain.all_of(":Deployment"):
            assert containers(one)[0]["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "runAsNonRoot": True,
                "capabilities": {"drop": ["ALL"]},
            }, one.name

    def test_have_only_what_was_asked_for(self, plain: Recorder) -> None:
        (container,) = containers(plain.all_of(":Deployment")[0])
        assert set(container) == {"name", "image", "imagePullPolicy", "securityContext"}, "an empty list is a diff"

    def test_take_what_a_container_may_need(self) -> None:
        recorder = _declare(
            command=["run"],
            container_ports=[{"container_port": 8000}],
            env=[{"name": "A", "value": "b"}],
            mounts=[Mount(path="/data", volume={"name": "data", "empty_dir": {}})],
        )
        (container,) = containers(recorder.all_of(":Deployment")[0])
        assert (container["command"], container["ports"], container["env"], container["volumeMounts"]) == (
            ["run"],
            [{"containerPort": 8000}],
            [{"name": "A", "value": "b"}],
            [{"name": "data", "mountPath": "/data"}],
        )

    @pytest.mark.parametrize("seconds", [0, 5])
    def test_take_their_time_to_end(self, seconds: int) -> None:
        pod = _declare(grace_seconds=seconds).all_of(":Deployment")[0].inputs["spec"]["template"]["spec"]
        assert pod["terminationGracePeriodSeconds"] == seconds, "none at all is a number too"
