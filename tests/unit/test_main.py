"""The story of the stack, told to an engine that creates nothing, for both targets."""

import json
import sys
from collections.abc import Iterator

import pytest

from settings import ConfigError
from settings.brought import OF_BOOKINFO
from tests.unit.components.conftest import Recorder, containers
from tests.unit.components.gke_program import CLUSTER, POOL
from tests.unit.settings.api_server import answering, kubeconfig
from tests.unit.story import MAIN, tell, tell_gke


@pytest.fixture(name="reachable", scope="module")
def _reachable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with answering() as (url, _):
        yield str(kubeconfig(tmp_path_factory.mktemp("cluster") / "kubeconfig", cluster={"server": url}))


@pytest.fixture(name="existing", scope="module")
def _existing(reachable: str) -> Recorder:
    return tell(Recorder(), kubeconfig=reachable, namespace="shop")


@pytest.fixture(name="gke", scope="module")
def _gke() -> Recorder:
    return tell_gke()


@pytest.fixture(name="stack", params=["existing", "gke"])
def _stack(request: pytest.FixtureRequest) -> Recorder:
    recorder = request.getfixturevalue(request.param)
    assert isinstance(recorder, Recorder)
    return recorder


class TestStory:
    """The same for every cluster."""

    def test_is_short_enough_to_be_read_at_once(self) -> None:
        assert len(MAIN.read_text().splitlines()) <= 80, "it is where a reader starts"

    def test_has_istio_the_two_applications_and_the_route(self, stack: Recorder) -> None:
        components = {one.type for one in stack.resources if one.type.startswith("incremental-istio:")}
        assert components - {one for one in components if ":gke:" in one} == {
            "incremental-istio:istio:MinimalIstio",
            "incremental-istio:istio:GatewayProxy",
            "incremental-istio:istio:GatewayRoute",
            "incremental-istio:apps:Bookinfo",
            "incremental-istio:apps:Sleep",
            "incremental-istio:apps:Microservice",
        }

    def test_declares_every_object_through_the_clusters_provider(self, stack: Recorder) -> None:
        provider = stack.cluster_provider().name
        stray = [one.name for one in stack.objects() if one.provider != provider]
        assert not stray, "they would land wherever kubectl points at"

    def test_renders_the_charts_without_a_cluster(self, stack: Recorder) -> None:
        assert {one.provider for one in stack.all_of(":Chart")} == {"istio-charts"}, (
            "a cluster that is not there yet would preview each chart as one empty line"
        )

    def test_puts_the_applications_into_their_namespace(self, stack: Recorder) -> None:
        apps = [one for one in stack.objects() if one.type.endswith(":Deployment") and "gateway" not in one.name]
        assert {one.inputs["metadata"]["namespace"] for one in apps} == {"shop"}

    @pytest.mark.parametrize("component", [":Bookinfo", ":Sleep", ":GatewayRoute"])
    def test_declares_the_namespace_before_what_lives_in_it(self, stack: Recorder, component: str) -> None:
        assert "shop" in stack.one(component).depends_on, "the API server refuses an object without its namespace"

    @pytest.mark.parametrize("component", [":Bookinfo", ":Sleep"])
    def test_gives_istiod_a_head_start(self, stack: Recorder, component: str) -> None:
        assert "istio-egressgateway-service" in stack.one(component).depends_on, "istiod is what takes longest"

    def test_declares_the_route_after_its_crds(self, stack: Recorder) -> None:
        assert "istio-base" in stack.one(":GatewayRoute").depends_on, "the API server does not know the kinds before"

    def test_programs_the_ingress_gateway(self, stack: Recorder) -> None:
        (gateway,) = [one for one in stack.objects() if one.inputs.get("kind") == "Gateway"]
        assert gateway.inputs["spec"]["selector"] == {"istio": "ingressgateway"}

    def test_knows_the_names_that_its_applications_take(self, stack: Recorder) -> None:
        services = {one.inputs["metadata"]["name"] for one in stack.all_of("core/v1:Service")}
        assert {name for name in services if "gateway" not in name} == OF_BOOKINFO, (
            "a way out cannot be called like them"
        )

    def test_declares_no_webhook(self, stack: Recorder) -> None:
        assert not [one.name for one in stack.resources if "Webhook" in one.type], "the whole point"

    def test_has_a_proxy_only_in_the_gateways(self, stack: Recorder) -> None:
        proxies = {
            one.inputs["metadata"]["name"]
            for one in stack.all_of(":Deployment")
            for container in containers(one)
            if "proxy" in container["name"] or "proxyv2" in container["image"]
        }
        assert proxies == {"istio-ingressgateway", "istio-egressgateway"}, "no sidecar anywhere"

    def test_asks_no_injector_for_anything(self, stack: Recorder) -> None:
        text = json.dumps([dict(one.inputs) for one in stack.objects()])
        assert text.count("sidecar.istio.io") == 2, "both gateways say no to it"
        assert not [word for word in ("istio-injection", "istio.io/rev", "inject.istio.io") if word in text]

    def test_runs_nothing_privileged(self, stack: Recorder) -> None:
        contexts = [
            container["securityContext"] for one in stack.all_of(":Deployment") for container in containers(one)
        ]
        assert not [one for one in contexts if one.get("privileged") or one["allowPrivilegeEscalation"]]
        assert all(one["capabilities"] == {"drop": ["ALL"]} for one in contexts)

    def test_pins_every_image(self, stack: Recorder) -> None:
        images = {container["image"] for one in stack.all_of(":Deployment") for container in containers(one)}
        loose = [image for image in images if ":" not in image.rpartition("/")[2] or image.endswith(":latest")]
        assert not loose, "the same config means the same pods"

    def test_awaits_no_service_without_an_address_to_wait_for(self, stack: Recorder) -> None:
        services = [one for one in stack.all_of("core/v1:Service") if one.inputs["spec"].get("type") != "LoadBalancer"]
        assert all(one.inputs["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"} for one in services), (
            "each costs ten seconds, and their Deployments are awaited"
        )


class TestExisting:
    """A context of a kubeconfig."""

    def test_goes_without_google(self, existing: Recorder) -> None:
        assert not [one.name for one in existing.resources if one.type.startswith("gcp:")]

    def test_deletes_its_objects_one_by_one(self, existing: Recorder) -> None:
        assert {one.deleted_with for one in existing.objects()} == {""}, "the cluster stays"

    def test_does_not_import_googles_sdk(self, reachable: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for module in [name for name in sys.modules if name.partition(".")[0] in {"components", "settings"}]:
                patch.delitem(sys.modules, module)
            # Python refuses to import what stands there as None.
            patch.setitem(sys.modules, "pulumi_gcp", None)
            told = tell(Recorder(), kubeconfig=reachable)
        assert told.resources, "it takes longer to import than the whole of such a stack"

    def test_leads_aliases_to_the_namespace_of_istio(self, reachable: str) -> None:
        routes = {"reviews": {"aliases": {"team-b/reviews": "gateway"}}}
        recorder = tell(Recorder(), kubeconfig=reachable, istio={"namespace": "mesh"}, routes=routes)
        (alias,) = [one for one in recorder.objects() if one.inputs.get("spec", {}).get("type") == "ExternalName"]
        assert alias.inputs["spec"]["externalName"].endswith(".mesh.svc.cluster.local"), "the gateway's pods are there"

    def test_goes_out_by_the_egress_gateway(self, reachable: str) -> None:
        recorder = tell(Recorder(), kubeconfig=reachable, egress={"weather": {"host": "api.example.com"}})
        way_out = recorder.one(":EgressRoute").name
        (gateway,) = [one for one in recorder.all_of(":Gateway") if one.parent == way_out]
        assert gateway.inputs["spec"]["selector"] == {"istio": "egressgateway"}

    def test_uses_the_namespace_default_without_declaring_it(self, reachable: str) -> None:
        recorder = tell(Recorder(), kubeconfig=reachable)
        assert [one.inputs["metadata"]["name"] for one in recorder.all_of(":Namespace")] == ["istio-system"]


class TestBeside:
    """A cluster that has an Istio; rendered, since no server here has one."""

    @pytest.mark.parametrize("install", ["gateway", "nothing"])
    def test_has_no_control_plane_of_the_stack(self, install: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("INCREMENTAL_ISTIO_RENDER", "objects")
        recorder = tell(Recorder(), istio={"install": install})
        assert not recorder.all_of(":Chart") and not recorder.all_of(":MinimalIstio")
        assert len(recorder.all_of(":GatewayRoute")) == 1, "the routes are the same"


class TestGke:
    """A cluster of the stack's own."""

    def test_stands_before_anything_is_put_into_it(self, gke: Recorder) -> None:
        assert gke.one(POOL).name in gke.cluster_provider().depends_on, "every object goes through the provider"

    def test_takes_everything_in_it_along(self, gke: Recorder) -> None:
        left = [
            one.name
            for one in [*gke.objects(), *gke.all_of(":Chart")]
            if one.deleted_with != gke.one(CLUSTER).name and "LoadBalancer" not in str(one.inputs)
        ]
        assert not left, "a teardown need not delete them first"

    def test_leaves_the_load_balancer_to_be_deleted_first(self, gke: Recorder) -> None:
        (balancer,) = [one for one in gke.objects() if one.inputs.get("spec", {}).get("type") == "LoadBalancer"]
        ancestors = [one for one in gke.resources if one.name in {balancer.parent, "istio"}]
        assert {one.deleted_with for one in [balancer, *ancestors]} == {""}, (
            "GCP keeps the forwarding rules of a Service that was never deleted, and the engine hands the option down"
        )


class TestProblems:
    """A config that cannot be used."""

    def test_end_it_before_anything_is_declared(self) -> None:
        recorder = Recorder()
        with pytest.raises(ConfigError):
            tell(recorder, target="gke", routes={"reviews": {"split": {"v1": 60, "v2": 60}}})
        assert not recorder.resources, "half a stack is worse than none"
