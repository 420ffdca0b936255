"""The way into a `GkeCluster`: kubeconfig, provider and the admin's binding."""

import json
from typing import Any

import pulumi
import pytest

from settings.gke import GkeSettings
from tests.unit.components.conftest import Recorder, is_unknown
from tests.unit.components.gke_program import (
    BINDING,
    CLUSTER,
    POOL,
    PROVIDER,
    Build,
    declare,
    keys_of,
    kubeconfig_of,
)

CREDENTIALS = {"token", "password", "username", "client-certificate-data", "client-key-data", "auth-provider"}


class TestKubeconfig:
    """The way in, without a key to it."""

    def test_leads_to_the_clusters_address(self, build: Build, engine: Recorder) -> None:
        build()
        assert kubeconfig_of(engine)["clusters"][0]["cluster"] == {
            "server": "https://203.0.113.10",
            "certificate-authority-data": "Q0E=",
        }

    def test_leads_to_the_dns_name_when_that_endpoint_is_on(self, build: Build, engine: Recorder) -> None:
        build(controlPlane={"dnsEndpoint": True})
        assert kubeconfig_of(engine)["clusters"][0]["cluster"] == {"server": "https://gke-1.us-central1-f.gke.goog"}, (
            "its certificate is a public one, which the cluster's authority did not sign"
        )

    def test_names_its_one_context_as_gcloud_does(self, build: Build, engine: Recorder) -> None:
        cluster = build()
        assert cluster.context == "gke_my-project-123_us-central1-f_istio-inc"
        assert kubeconfig_of(engine)["current-context"] == cluster.context

    def test_calls_googles_plugin(self, build: Build, engine: Recorder) -> None:
        build()
        login = kubeconfig_of(engine)["users"][0]["user"]["exec"]
        assert login["command"] == "gke-gcloud-auth-plugin"
        assert login["provideClusterInfo"] is True, "the plugin refuses to run without it"

    def test_says_how_to_install_the_plugin(self, build: Build, engine: Recorder) -> None:
        build()
        hint = kubeconfig_of(engine)["users"][0]["user"]["exec"]["installHint"]
        assert "gcloud components install gke-gcloud-auth-plugin" in hint, "the command that fixes it"

    def test_holds_no_credential(self, build: Build, engine: Recorder) -> None:
        build()
        found = keys_of(kubeconfig_of(engine)) & CREDENTIALS
        assert not found, "whoever reads the stack's state must not get into the cluster by it"

    def test_is_a_secret(self, engine: Recorder) -> None:
        settings = GkeSettings(project="my-project-123")
        secret = engine.run(lambda: pulumi.Output.from_input(declare(settings).kubeconfig.is_secret()))
        assert secret is True, "the state and the outputs would show it to everybody"

    def test_is_unknown_in_the_first_preview(self, engine: Recorder) -> None:
        engine.computed = {}
        settings = GkeSettings(project="my-project-123")
        engine.run(lambda: declare(settings), preview=True)
        assert is_unknown(engine.one(PROVIDER).inputs["kubeconfig"]), "there is no address yet to put in it"

    def test_is_unknown_in_a_preview_without_a_dns_name(self, engine: Recorder) -> None:
        engine.computed = {}
        settings = GkeSettings.model_validate({"project": "my-project-123", "controlPlane": {"dnsEndpoint": True}})
        engine.run(lambda: declare(settings), preview=True)
        assert is_unknown(engine.one(PROVIDER).inputs["kubeconfig"]), "a made-up name would be tried"

    @pytest.mark.parametrize("known", [{}, {"dnsEndpointConfig": {"allowExternalTraffic": True}}])
    def test_tells_what_to_do_when_there_is_no_dns_name(
        self, build: Build, engine: Recorder, known: dict[str, Any]
    ) -> None:
        engine.computed[CLUSTER] = {"controlPlaneEndpointsConfig": known}
        with pytest.raises(pulumi.RunError, match=r"no DNS name.*pulumi refresh"):
            build(controlPlane={"dnsEndpoint": True})

    def test_is_yaml_that_needs_no_escaping(self) -> None:
        from components.gke_access import kubeconfig_text

        text = kubeconfig_text('a "quoted": name', "host", None)
        assert json.loads(text)["current-context"] == 'a "quoted": name', "no text is pasted together"


class TestProvider:
    """What the cluster's objects are declared through."""

    def test_waits_for_the_nodes(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(POOL).name in engine.one(PROVIDER).depends_on, (
            "without a node nothing is scheduled, and `up` waits until it gives up"
        )

    def test_waits_for_the_cluster_on_autopilot(self, build: Build, engine: Recorder) -> None:
        build(autopilot=True, location="us-central1")
        assert engine.one(PROVIDER).depends_on == {engine.one(CLUSTER).name}

    def test_knows_the_cluster_by_its_id(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(PROVIDER).inputs["clusterIdentifier"] == "istio-inc-cluster-id", (
            "told by its kubeconfig, a rotated certificate would replace every object"
        )

    def test_does_not_forget_a_cluster_that_is_away_for_a_while(self, build: Build, engine: Recorder) -> None:
        build()
        assert "deleteUnreachable" not in engine.one(PROVIDER).inputs, (
            "a refresh would empty the state; `python -m environments destroy` asks for it by itself"
        )

    def test_takes_back_what_was_changed_by_hand(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(PROVIDER).inputs["enablePatchForce"] == "true"

    def test_carries_the_admin_binding(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(BINDING).provider == engine.one(PROVIDER).name, (
            "by the default provider it would land in whatever cluster kubectl is at"
        )


class TestAdmin:
    """Who is bound to cluster-admin."""

    def test_is_the_account_of_the_config(self, build: Build, engine: Recorder) -> None:
        build(clusterAdmin="ci@example.com")
        assert [one["name"] for one in engine.one(BINDING).inputs["subjects"]] == ["ci@example.com"]

    def test_is_not_looked_up_when_the_config_names_it(self, build: Build, engine: Recorder) -> None:
        build(clusterAdmin="ci@example.com")
        assert not engine.invokes, "an identity without e-mail address, as in some CI, could not be looked up"

    def test_goes_with_the_cluster(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(BINDING).deleted_with == engine.one(CLUSTER).name, "one call less on the way down"
