"""What `GkeCluster` asks Google for, as far as mocks can tell."""

import sys
from typing import Any

import pulumi_gcp
import pytest

from settings.gke import GkeSettings
from tests.unit.components.conftest import Recorder
from tests.unit.components.gke_program import (
    BINDING,
    CLUSTER,
    ME,
    NODES_EMAIL,
    POOL,
    Build,
    declare,
    keys_of,
    like_google,
)


class TestThePostsCluster:
    """Without any config but the project it is the post's."""

    def test_is_called_istio_inc(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).inputs["name"] == "istio-inc", "the post's name"

    def test_stands_in_the_posts_zone(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).inputs["location"] == "us-central1-f", "the post's --zone"

    def test_gives_up_its_default_pool(self, build: Build, engine: Recorder) -> None:
        build()
        inputs = engine.one(CLUSTER).inputs
        assert (inputs["removeDefaultNodePool"], inputs["initialNodeCount"]) == (True, 1), (
            "GKE makes no cluster without a pool, and the default one could not be changed in place"
        )

    def test_declares_no_pool_inside_the_cluster(self, build: Build, engine: Recorder) -> None:
        build()
        assert "nodePools" not in engine.one(CLUSTER).inputs, (
            "a pool inside the cluster makes each of its changes a change of the cluster"
        )

    def test_binds_whoever_runs_the_stack_to_cluster_admin(self, build: Build, engine: Recorder) -> None:
        build()
        assert [one["name"] for one in engine.one(BINDING).inputs["subjects"]] == [ME], (
            "the post binds `gcloud config get-value core/account`"
        )

    def test_calls_the_binding_as_the_post_does(self, build: Build, engine: Recorder) -> None:
        build()
        inputs = engine.one(BINDING).inputs
        assert inputs["metadata"]["name"] == "cluster-admin-binding", "the post's name"
        assert inputs["roleRef"]["name"] == "cluster-admin", "the post's role"

    def test_pins_no_version(self, build: Build, engine: Recorder) -> None:
        build()
        pins = {"minMasterVersion", "nodeVersion", "version"}
        declared = keys_of(dict(engine.one(CLUSTER).inputs)) | keys_of(dict(engine.one(POOL).inputs))
        assert not pins & declared, "a pin under a release channel fights each of its upgrades"


class TestCluster:
    """Each option, and what it turns into."""

    @pytest.mark.parametrize("channel", ["RAPID", "REGULAR", "STABLE", "EXTENDED"])
    def test_follows_its_release_channel(self, build: Build, engine: Recorder, channel: str) -> None:
        build(releaseChannel=channel)
        assert engine.one(CLUSTER).inputs["releaseChannel"] == {"channel": channel}

    def test_may_be_destroyed_while_it_is_ephemeral(self, build: Build, engine: Recorder) -> None:
        build(ephemeral=True)
        assert engine.one(CLUSTER).inputs["deletionProtection"] is False, "else `pulumi destroy` fails"

    def test_is_protected_when_it_is_long_lived(self, build: Build, engine: Recorder) -> None:
        build(ephemeral=False)
        assert engine.one(CLUSTER).inputs["deletionProtection"] is True

    def test_wears_the_environments_labels_and_the_users(self, build: Build, engine: Recorder) -> None:
        build(environment="pr-12", owner="team-a", ttl="72h", labels={"cost-center": "1234"})
        assert engine.one(CLUSTER).inputs["resourceLabels"] == {
            "environment": "pr-12",
            "owner": "team-a",
            "ttl": "72h",
            "cost-center": "1234",
        }

    def test_runs_dataplane_v2_by_default(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).inputs["datapathProvider"] == "ADVANCED_DATAPATH", (
            "istiod's plaintext port is guarded by a NetworkPolicy, which somebody must enforce"
        )

    def test_runs_the_legacy_data_plane_when_told_to(self, build: Build, engine: Recorder) -> None:
        build(dataplaneV2=False)
        assert engine.one(CLUSTER).inputs["datapathProvider"] == "LEGACY_DATAPATH"

    def test_has_workload_identity_by_default(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).inputs["workloadIdentityConfig"] == {"workloadPool": "my-project-123.svc.id.goog"}

    def test_has_no_workload_identity_when_told_so(self, build: Build, engine: Recorder) -> None:
        build(workloadIdentity=False)
        assert "workloadIdentityConfig" not in engine.one(CLUSTER).inputs

    def test_ships_only_the_systems_logs(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).inputs["loggingConfig"] == {"enableComponents": ["SYSTEM_COMPONENTS"]}, (
            "logs cost by volume"
        )

    def test_ships_the_pods_logs_when_told_to(self, build: Build, engine: Recorder) -> None:
        build(workloadLogs=True)
        assert "WORKLOADS" in engine.one(CLUSTER).inputs["loggingConfig"]["enableComponents"]

    def test_has_no_managed_prometheus(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).inputs["monitoringConfig"]["managedPrometheus"] == {"enabled": False}, (
            "it is on by default, and costs by sample"
        )

    def test_has_shielded_nodes(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).inputs["enableShieldedNodes"] is True

    def test_is_regional_in_a_region(self, build: Build, engine: Recorder) -> None:
        build(location="europe-west4")
        assert engine.one(CLUSTER).inputs["location"] == "europe-west4"

    def test_is_not_replaced_for_the_pool_that_it_gave_up(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).ignore_changes == ("nodeConfig",), (
            "https://github.com/hashicorp/terraform-provider-google/issues/12070"
        )

    def test_is_deleted_before_it_is_replaced(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).delete_before_replace, "two clusters of one name cannot be"


class TestControlPlane:
    """Who may reach the Kubernetes API, and how."""

    def test_lets_every_address_try_by_default(self, build: Build, engine: Recorder) -> None:
        build()
        assert "masterAuthorizedNetworksConfig" not in engine.one(CLUSTER).inputs, (
            "an empty list would shut everybody out, the stack among them"
        )

    def test_lets_only_the_authorized_networks_try(self, build: Build, engine: Recorder) -> None:
        build(controlPlane={"authorizedNetworks": {"office": "203.0.113.0/24"}})
        assert engine.one(CLUSTER).inputs["masterAuthorizedNetworksConfig"] == {
            "cidrBlocks": [{"displayName": "office", "cidrBlock": "203.0.113.0/24"}]
        }

    def test_opens_only_the_ip_endpoint_by_default(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).inputs["controlPlaneEndpointsConfig"] == {
            "dnsEndpointConfig": {"allowExternalTraffic": False},
            "ipEndpointsConfig": {"enabled": True},
        }, "spelled out, for an endpoint that is left out stays as it was"

    def test_opens_only_the_dns_endpoint_when_told_to(self, build: Build, engine: Recorder) -> None:
        build(controlPlane={"dnsEndpoint": True, "ipEndpoint": False})
        assert engine.one(CLUSTER).inputs["controlPlaneEndpointsConfig"] == {
            "dnsEndpointConfig": {"allowExternalTraffic": True},
            "ipEndpointsConfig": {"enabled": False},
        }


class TestApis:
    """Google's APIs."""

    def test_are_enabled_before_anything_needs_them(self, build: Build, engine: Recorder) -> None:
        build()
        apis = {one.name for one in engine.all_of(":Service")}
        assert {one.inputs["service"] for one in engine.all_of(":Service")} == {
            "cloudresourcemanager.googleapis.com",
            "compute.googleapis.com",
            "container.googleapis.com",
            "iam.googleapis.com",
        }
        assert engine.one(":GkeNetwork").depends_on == apis, "a new project has none of them"
        assert engine.one(":NodeIdentity").depends_on == apis, "a new project has none of them"

    def test_stay_enabled(self, build: Build, engine: Recorder) -> None:
        build()
        assert {one.inputs["disableOnDestroy"] for one in engine.all_of(":Service")} == {False}, (
            "others in the project may use them"
        )

    def test_are_left_alone_when_told_so(self, build: Build, engine: Recorder) -> None:
        build(enableApis=False)
        assert not engine.all_of(":Service"), "who runs the stack may not be allowed to"


class TestAutopilot:
    """GKE runs the nodes."""

    @pytest.fixture(name="inputs")
    def _inputs(self, build: Build, engine: Recorder) -> Any:
        build(autopilot=True, location="us-central1")
        return engine.one(CLUSTER).inputs

    def test_is_what_the_config_asks_for(self, inputs: dict[str, Any]) -> None:
        assert inputs["enableAutopilot"] is True

    def test_has_no_node_pool(self, inputs: dict[str, Any], engine: Recorder) -> None:
        assert inputs and not engine.all_of(POOL), "Autopilot refuses one"

    @pytest.mark.parametrize(
        "field",
        [
            "removeDefaultNodePool",
            "initialNodeCount",
            "nodeConfig",
            "enableShieldedNodes",
            "workloadIdentityConfig",
            "datapathProvider",
            "loggingConfig",
            "monitoringConfig",
        ],
    )
    def test_is_not_told_what_it_decides_alone(self, inputs: dict[str, Any], field: str) -> None:
        assert field not in inputs, "the GCP provider refuses it, or sees a difference for ever"

    def test_runs_its_nodes_as_the_account_of_their_own(self, inputs: dict[str, Any]) -> None:
        defaults = inputs["clusterAutoscaling"]["autoProvisioningDefaults"]
        assert defaults["serviceAccount"] == NODES_EMAIL, "the default account may edit the project"

    def test_ignores_no_change(self, inputs: dict[str, Any], engine: Recorder) -> None:
        assert inputs and engine.one(CLUSTER).ignore_changes == ()

    def test_is_not_spelled_out_for_a_standard_cluster(self, build: Build, engine: Recorder) -> None:
        build()
        assert not {"enableAutopilot", "clusterAutoscaling"} & set(engine.one(CLUSTER).inputs)


class TestTree:
    """How it hangs together."""

    def test_only_the_component_stands_at_the_top(self, build: Build, engine: Recorder) -> None:
        build(network={"privateNodes": True})
        names = {one.name for one in engine.resources}
        assert [one.name for one in engine.resources if one.parent not in names] == ["istio-inc"], (
            "a child without its component above it is listed beside it, and is not moved with it"
        )

    def test_hands_out_what_others_need(self, build: Build, engine: Recorder) -> None:
        cluster = build()
        assert engine.run(lambda: cluster.resource.name) == "istio-inc", "named in `deleted_with`"

    def test_does_not_use_the_largest_package_of_googles_sdk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in [name for name in sys.modules if name.partition(".")[0] == "components"]:
            monkeypatch.delitem(sys.modules, module)
        # Neither an import nor an attribute leads there.
        monkeypatch.setitem(sys.modules, "pulumi_gcp.compute", None)
        monkeypatch.setattr(pulumi_gcp, "compute", None)
        settings = GkeSettings.model_validate({"project": "my-project-123", "network": {"privateNodes": True}})
        recorder = like_google(Recorder())
        recorder.run(lambda: declare(settings))
        assert recorder.one(CLUSTER), "a preview would take twice as long as on an existing cluster"

    def test_every_google_resource_says_its_project(self, build: Build, engine: Recorder) -> None:
        build(network={"privateNodes": True})
        stray = [
            one.name
            for one in engine.resources
            if one.type.startswith("gcp:") and one.inputs.get("project") != "my-project-123"
        ]
        assert not stray, "they would land in whatever project gcloud is at"
