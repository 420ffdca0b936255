"""Minimal Istio: the post's `--set ...=false`, two gateways, and nothing that touches anybody else's pods."""

from typing import Any

import pytest

from components.istio import MinimalIstio, MinimalIstioArgs, base_values, discovery_address, istiod_values
from settings.istio import GatewaySettings, IstioSettings
from settings.occupied import MARK, owner
from tests.unit.components.conftest import Recorder, Registered, containers

POLICY = ":NetworkPolicy"


def _declare(gateway: dict[str, Any] | None = None, **istio: Any) -> Recorder:
    recorder = Recorder()
    args = MinimalIstioArgs(
        istio=IstioSettings.model_validate({"charts": "https://example.com/charts", **istio}),
        gateway=GatewaySettings.model_validate(gateway or {}),
    )
    recorder.run(lambda: MinimalIstio("istio", args))
    return recorder


@pytest.fixture(name="istio", scope="module")
def _istio() -> Recorder:
    return _declare()


@pytest.fixture(name="public", scope="module")
def _public() -> Recorder:
    return _declare(
        {"serviceType": "LoadBalancer", "sourceRanges": ["203.0.113.0/24"], "replicas": 2, "maxReplicas": 4}
    )


def _chart(recorder: Recorder, name: str) -> Registered:
    (chart,) = [one for one in recorder.all_of(":Chart") if one.inputs["name"] == name]
    return chart


def _named(recorder: Recorder, type_: str, name: str) -> Registered:
    (found,) = [one for one in recorder.all_of(type_) if one.inputs["metadata"]["name"] == name]
    return found


class TestCharts:
    """`base` and `istiod`."""

    def test_are_base_and_istiod_only(self, istio: Recorder) -> None:
        assert {one.inputs["name"] for one in istio.all_of(":Chart")} == {"base", "istiod"}, (
            "the chart `gateway` needs an injector"
        )

    def test_come_from_the_repository_in_the_version(self, istio: Recorder) -> None:
        inputs = _chart(istio, "istiod").inputs
        assert (inputs["chart"], inputs["version"], inputs["repositoryOpts"]) == (
            "istiod",
            "1.29.2",
            {"repo": "https://example.com/charts"},
        )

    def test_come_from_a_folder_as_they_are(self) -> None:
        inputs = _chart(_declare(charts="/charts"), "istiod").inputs
        assert inputs["chart"] == "/charts/istiod"
        assert not {"version", "repositoryOpts"} & set(inputs), "a folder is one version, and no repository"

    def test_go_into_istios_namespace(self, istio: Recorder) -> None:
        assert {one.inputs["namespace"] for one in istio.all_of(":Chart")} == {"istio-system"}

    def test_start_with_istiod_once_its_namespace_is_there(self, istio: Recorder) -> None:
        assert _chart(istio, "istiod").depends_on == {"istio-namespace"}, "everything else waits for it"

    def test_bring_the_crds_late(self, istio: Recorder) -> None:
        assert _chart(istio, "base").depends_on == {"istio-egressgateway-service"}, "most of the state is theirs"

    def test_are_adapted_object_by_object(self, istio: Recorder) -> None:
        assert {one.transforms for one in istio.all_of(":Chart")} == {1}, "see test_chart_objects.py"

    def test_have_values_that_are_known_before_the_cluster_is(self) -> None:
        recorder = Recorder()
        args = MinimalIstioArgs(istio=IstioSettings(charts="/charts"), gateway=GatewaySettings())
        recorder.run(lambda: MinimalIstio("istio", args), preview=True)
        assert _chart(recorder, "istiod").inputs["values"] == istiod_values(args.istio), (
            "a chart with an unknown value previews as a deletion of everything"
        )


class TestBaseValues:
    """No default validator, and only the kinds of traffic management."""

    def test_leave_the_default_validator_out(self) -> None:
        assert base_values()["defaultRevision"] == "", "its ValidatingWebhookConfiguration comes with a revision"

    def test_leave_four_kinds(self) -> None:
        kinds = {
            "authorizationpolicies.security.istio.io",
            "destinationrules.networking.istio.io",
            "envoyfilters.networking.istio.io",
            "gateways.networking.istio.io",
            "peerauthentications.security.istio.io",
            "proxyconfigs.networking.istio.io",
            "requestauthentications.security.istio.io",
            "serviceentries.networking.istio.io",
            "sidecars.networking.istio.io",
            "telemetries.telemetry.istio.io",
            "virtualservices.networking.istio.io",
            "wasmplugins.extensions.istio.io",
            "workloadentries.networking.istio.io",
            "workloadgroups.networking.istio.io",
        }
        assert kinds - set(base_values()["base"]["excludedCRDs"]) == {
            "destinationrules.networking.istio.io",
            "gateways.networking.istio.io",
            "serviceentries.networking.istio.io",
            "virtualservices.networking.istio.io",
        }

    def test_are_the_charts(self, istio: Recorder) -> None:
        assert _chart(istio, "base").inputs["values"] == base_values()


class TestIstiodValues:
    """The post's flags, in the words of Istio 1.29."""

    def test_are_exactly_these(self, istio: Recorder) -> None:
        assert _chart(istio, "istiod").inputs["values"] == {
            "global": {
                "hub": "docker.io/istio",
                "tag": "1.29.2",
                "istioNamespace": "istio-system",
                # The post's galley.
                "configValidation": False,
                # The post's sidecarInjectorWebhook.
                "operatorManageWebhooks": True,
                "omitSidecarInjectorConfigMap": True,
            },
            # The post's mixer and prometheus.
            "telemetry": {"enabled": False},
            "autoscaleEnabled": False,
            "resources": {"requests": {"cpu": "10m", "memory": "100Mi"}},
            "env": {
                # The post's security: a CA.
                "ENABLE_CA_SERVER": "false",
                # The way to a certificate in a Secret, without a CA.
                "XDS_AUTH_PLAINTEXT": "true",
                "PILOT_ENABLE_METADATA_EXCHANGE": "false",
                "PILOT_ENABLE_ALPN_FILTER": "false",
                # A gateway gets the clusters of its routes, and not those of every Service.
                "PILOT_FILTER_GATEWAY_CLUSTER_CONFIG": "true",
                "PILOT_ENABLE_GATEWAY_API": "false",
                "PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER": "false",
            },
            "meshConfig": {
                "enableAutoMtls": False,
                "enableTracing": False,
                "ingressControllerMode": "OFF",
                "defaultConfig": {
                    "discoveryAddress": "istiod.istio-system.svc:15010",
                    "controlPlaneAuthPolicy": "NONE",
                },
            },
        }, "each line takes away a part of Istio that would touch somebody else's pods"

    def test_follow_the_config(self) -> None:
        values = istiod_values(IstioSettings(namespace="mesh", version="1.30.0", hub="example.com/istio"))
        assert (values["global"]["hub"], values["global"]["tag"], values["global"]["istioNamespace"]) == (
            "example.com/istio",
            "1.30.0",
            "mesh",
        )

    def test_lead_gateways_to_plaintext_xds(self) -> None:
        assert discovery_address("mesh") == "istiod.mesh.svc:15010", "there is no CA to sign for 15012"


class TestGateways:
    """One in, one out."""

    def test_are_the_posts_two(self, istio: Recorder) -> None:
        names = {one.inputs["metadata"]["name"] for one in istio.all_of(":Deployment")}
        assert names == {"istio-ingressgateway", "istio-egressgateway"}

    def test_run_the_image_of_istios_version(self) -> None:
        recorder = _declare(hub="example.com/istio", version="1.30.0")
        images = {container["image"] for one in recorder.all_of(":Deployment") for container in containers(one)}
        assert images == {"example.com/istio/proxyv2:1.30.0"}

    def test_start_after_istiod(self, istio: Recorder) -> None:
        assert all("istio-istiod" in one.depends_on for one in istio.all_of(":Deployment"))

    def test_wait_for_the_namespace(self, istio: Recorder) -> None:
        assert all(one.depends_on == {"istio-namespace"} for one in istio.all_of(":GatewayProxy"))

    def test_have_only_the_way_in_open_to_the_world(self, public: Recorder) -> None:
        types = {one.inputs["metadata"]["name"]: one.inputs["spec"]["type"] for one in public.all_of("core/v1:Service")}
        assert types == {"istio-ingressgateway": "LoadBalancer", "istio-egressgateway": "ClusterIP"}

    def test_have_source_ranges_only_on_the_way_in(self, public: Recorder) -> None:
        egress = _named(public, "core/v1:Service", "istio-egressgateway").inputs["spec"]
        ingress = _named(public, "core/v1:Service", "istio-ingressgateway").inputs["spec"]
        assert ingress["loadBalancerSourceRanges"] == ["203.0.113.0/24"]
        assert "loadBalancerSourceRanges" not in egress, "Kubernetes refuses them on a ClusterIP"

    def test_scale_alike(self, public: Recorder) -> None:
        limits = [
            (one.inputs["spec"]["minReplicas"], one.inputs["spec"]["maxReplicas"])
            for one in public.all_of(":HorizontalPodAutoscaler")
        ]
        assert limits == [(2, 4), (2, 4)]


class TestXdsPolicy:
    """Plaintext XDS has no authentication, so who reaches it is decided by the network."""

    def test_is_about_istiod(self, istio: Recorder) -> None:
        assert istio.one(POLICY).inputs["spec"]["podSelector"] == {"matchLabels": {"app": "istiod"}}

    def test_lets_only_the_gateways_in_and_only_at_its_port(self, istio: Recorder) -> None:
        spec = istio.one(POLICY).inputs["spec"]
        gateways = {"key": "istio", "operator": "In", "values": ["ingressgateway", "egressgateway"]}
        assert spec["ingress"] == [
            {
                "from": [{"podSelector": {"matchExpressions": [gateways]}}],
                "ports": [{"protocol": "TCP", "port": 15010}],
            }
        ]
        assert spec["policyTypes"] == ["Ingress"], "istiod still reaches the API server"

    def test_stands_in_istios_namespace(self) -> None:
        assert _declare(namespace="mesh").one(POLICY).inputs["metadata"]["namespace"] == "mesh"


class TestNothingElse:
    """What a team would not expect from a stack that promises to leave its pods alone."""

    def test_declares_no_webhook(self, public: Recorder) -> None:
        assert not [one.name for one in public.resources if "Webhook" in one.type]

    def test_declares_no_sidecar_injector(self, public: Recorder) -> None:
        assert "sidecarInjectorWebhook" not in _chart(public, "istiod").inputs["values"]

    def test_labels_no_namespace(self, public: Recorder) -> None:
        assert "labels" not in public.one(":Namespace").inputs["metadata"], "none for injection"

    def test_marks_its_namespace_with_the_stack(self, public: Recorder) -> None:
        assert public.one(":Namespace").inputs["metadata"]["annotations"] == {MARK: owner()}, (
            "by it a second stack on the cluster is told that there is no room"
        )

    def test_runs_no_privileged_container(self, public: Recorder) -> None:
        contexts = [
            container["securityContext"] for one in public.all_of(":Deployment") for container in containers(one)
        ]
        assert all(one["privileged"] is False and one["capabilities"] == {"drop": ["ALL"]} for one in contexts)

    def test_grants_nothing_across_namespaces(self, public: Recorder) -> None:
        assert not [one.name for one in public.objects() if "ClusterRole" in one.type]

    def test_routes_nothing(self, public: Recorder) -> None:
        assert not [one.name for one in public.resources if "networking.istio.io" in one.type]

    def test_stands_under_one_component(self, public: Recorder) -> None:
        names = {one.name for one in public.resources}
        assert [one.name for one in public.resources if one.parent not in names] == ["istio"]
