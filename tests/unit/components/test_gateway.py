"""A gateway's objects: what there is, and where only some config asks for it."""

from typing import Any

import pulumi_kubernetes as kubernetes
import pytest

from components.gateway import GatewayProxy, GatewayProxyArgs
from tests.unit.components.conftest import Recorder, containers


def _declare(status: dict[str, Any] | None = None, **more: Any) -> tuple[Recorder, GatewayProxy]:
    recorder = Recorder()
    if status is not None:
        recorder.computed = {"kubernetes:core/v1:Service": {"status": status}}
    args: dict[str, Any] = {
        "role": "ingressgateway",
        "namespace": "istio-system",
        "image": "docker.io/istio/proxyv2:1.29.2",
        "discovery_address": "istiod.istio-system.svc:15010",
    }
    gateway = recorder.run(lambda: GatewayProxy("istio-ingressgateway", GatewayProxyArgs(**args | more)))
    assert isinstance(gateway, GatewayProxy)
    return recorder, gateway


@pytest.fixture(name="plain", scope="module")
def _plain() -> Recorder:
    return _declare()[0]


@pytest.fixture(name="balanced", scope="module")
def _balanced() -> Recorder:
    return _declare(service_type="LoadBalancer", source_ranges=("203.0.113.0/24",))[0]


class TestObjects:
    """Which there are."""

    def test_are_access_deployment_and_service(self, plain: Recorder) -> None:
        assert {one.type.rpartition(":")[2] for one in plain.objects()} == {
            "ServiceAccount",
            "Role",
            "RoleBinding",
            "Deployment",
            "Service",
        }

    def test_have_the_gateways_name(self, plain: Recorder) -> None:
        assert {one.inputs["metadata"]["name"] for one in plain.objects()} == {"istio-ingressgateway"}, "the post's"

    def test_wear_the_label_that_a_gateway_selects_by(self, plain: Recorder) -> None:
        labels = [one.inputs["metadata"]["labels"] for one in plain.objects()]
        assert all(one == {"app": "istio-ingressgateway", "istio": "ingressgateway"} for one in labels)

    def test_stand_under_the_component(self, plain: Recorder) -> None:
        assert {one.parent for one in plain.objects()} == {"istio-ingressgateway"}


class TestAccess:
    """What it may ask the API server for."""

    def test_is_to_read_secrets_and_nothing_else(self, plain: Recorder) -> None:
        assert plain.one(":Role").inputs["rules"] == [
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "watch", "list"]}
        ]

    def test_ends_at_its_namespace(self, plain: Recorder) -> None:
        assert not plain.all_of(":ClusterRole")
        assert plain.one(":RoleBinding").inputs["roleRef"]["kind"] == "Role"

    def test_is_its_own_accounts(self, plain: Recorder) -> None:
        assert plain.one(":RoleBinding").inputs["subjects"] == [
            {"kind": "ServiceAccount", "name": "istio-ingressgateway", "namespace": "istio-system"}
        ]

    def test_comes_without_a_token_in_the_pod(self, plain: Recorder) -> None:
        assert plain.one(":ServiceAccount").inputs["automountServiceAccountToken"] is False


class TestDeployment:
    """The pods."""

    def test_selects_them_by_the_gateways_labels(self, plain: Recorder) -> None:
        spec = plain.one(":Deployment").inputs["spec"]
        assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()

    def test_runs_the_image(self, plain: Recorder) -> None:
        (container,) = containers(plain.one(":Deployment"))
        assert container["image"] == "docker.io/istio/proxyv2:1.29.2"

    def test_loses_no_capacity_in_an_update(self, plain: Recorder) -> None:
        assert plain.one(":Deployment").inputs["spec"]["strategy"] == {
            "rollingUpdate": {"maxSurge": "100%", "maxUnavailable": "25%"}
        }

    def test_is_awaited(self, plain: Recorder) -> None:
        assert "annotations" not in plain.one(":Deployment").inputs["metadata"], "`up` ends when it is programmed"

    def test_waits_for_nobody_by_default(self, plain: Recorder) -> None:
        assert plain.one(":Deployment").depends_on == set()

    def test_waits_for_the_control_plane_that_it_is_given(self) -> None:
        recorder = Recorder()

        def program() -> None:
            istiod = kubernetes.core.v1.ConfigMap("istiod")
            args = GatewayProxyArgs(role="r", namespace="n", image="i:1", discovery_address="a", control_plane=istiod)
            GatewayProxy("gateway", args)

        recorder.run(program)
        assert recorder.one(":Deployment").depends_on == {"istiod"}, "Envoy backs off while there is nobody to answer"


class TestScaling:
    """Autoscaler and budget, only where they can do something."""

    def test_is_fixed_at_one_by_default(self, plain: Recorder) -> None:
        assert plain.one(":Deployment").inputs["spec"]["replicas"] == 1

    def test_has_no_autoscaler_for_a_fixed_number(self) -> None:
        assert not _declare(replicas=3, max_replicas=3)[0].all_of(":HorizontalPodAutoscaler"), "it has no room to move"

    def test_has_an_autoscaler_with_room_to_move(self) -> None:
        spec = _declare(replicas=2, max_replicas=5)[0].one(":HorizontalPodAutoscaler").inputs["spec"]
        assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 5)
        assert spec["scaleTargetRef"] == {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "name": "istio-ingressgateway",
        }

    def test_follows_the_cpu(self) -> None:
        (metric,) = _declare(max_replicas=5)[0].one(":HorizontalPodAutoscaler").inputs["spec"]["metrics"]
        assert metric["resource"] == {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}

    def test_is_left_to_the_autoscaler(self) -> None:
        spec = _declare(max_replicas=5)[0].one(":Deployment").inputs["spec"]
        assert "replicas" not in spec, "each `up` would undo what the autoscaler did"

    def test_has_no_budget_for_one_replica(self, plain: Recorder) -> None:
        assert not plain.all_of(":PodDisruptionBudget"), "it would only block the drain of its node"

    def test_has_no_budget_for_one_replica_that_may_become_more(self) -> None:
        assert not _declare(max_replicas=5)[0].all_of(":PodDisruptionBudget"), "it is one most of the time"

    def test_has_a_budget_for_several_replicas(self) -> None:
        spec = _declare(replicas=2, max_replicas=2)[0].one(":PodDisruptionBudget").inputs["spec"]
        assert (spec["minAvailable"], spec["selector"]) == (
            1,
            {"matchLabels": {"app": "istio-ingressgateway", "istio": "ingressgateway"}},
        )


class TestService:
    """How it is reached."""

    @pytest.mark.parametrize("kind", ["ClusterIP", "NodePort", "LoadBalancer"])
    def test_is_of_the_type_that_is_asked_for(self, kind: str) -> None:
        assert _declare(service_type=kind)[0].one(":Service").inputs["spec"]["type"] == kind

    def test_leads_to_unprivileged_ports(self, plain: Recorder) -> None:
        ports = plain.one(":Service").inputs["spec"]["ports"]
        assert ports == [
            {"name": "http2", "port": 80, "targetPort": 8080},
            {"name": "https", "port": 443, "targetPort": 8443},
        ]

    @pytest.mark.parametrize("kind", ["NodePort", "LoadBalancer"])
    def test_shows_its_health_to_who_balances_the_load(self, kind: str) -> None:
        ports = _declare(service_type=kind)[0].one(":Service").inputs["spec"]["ports"]
        assert ports[0] == {"name": "status-port", "port": 15021, "targetPort": 15021}

    @pytest.mark.parametrize("kind", ["ClusterIP", "NodePort"])
    def test_is_not_awaited(self, kind: str) -> None:
        metadata = _declare(service_type=kind)[0].one(":Service").inputs["metadata"]
        assert metadata["annotations"] == {"pulumi.com/skipAwait": "true"}, "the Deployment is"

    def test_is_awaited_until_the_load_balancer_has_an_address(self, balanced: Recorder) -> None:
        assert balanced.one(":Service").inputs["metadata"]["annotations"] == {
            "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}"
        }, "the outputs have it"

    def test_lets_only_the_source_ranges_in(self, balanced: Recorder) -> None:
        assert balanced.one(":Service").inputs["spec"]["loadBalancerSourceRanges"] == ["203.0.113.0/24"]

    def test_lets_everybody_in_without_source_ranges(self, plain: Recorder) -> None:
        assert "loadBalancerSourceRanges" not in plain.one(":Service").inputs["spec"]


class TestAddress:
    """Where it is."""

    def test_has_a_name_in_the_cluster(self) -> None:
        assert _declare()[1].host == "istio-ingressgateway.istio-system", "the post's second check asks for it"

    @pytest.mark.parametrize(
        ("status", "address"),
        [
            ({"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}, {"ip": "203.0.113.2"}]}}, "203.0.113.1"),
            ({"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}]}}, "lb.example.com"),
            ({"loadBalancer": {"ingress": [{}]}}, ""),
            ({"loadBalancer": {"ingress": []}}, ""),
            ({"loadBalancer": {}}, ""),
            ({}, ""),
            (None, ""),
        ],
    )
    def test_is_the_first_that_the_load_balancer_gave(self, status: dict[str, Any] | None, address: str) -> None:
        recorder, gateway = _declare(status)
        assert recorder.run(lambda: gateway.address) == address

    def test_is_selected_by_its_role(self) -> None:
        assert _declare()[1].selector == {"istio": "ingressgateway"}
