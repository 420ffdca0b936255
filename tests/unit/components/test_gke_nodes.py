"""The machines of a `GkeCluster`, and the account they run as."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.components.conftest import Recorder
from tests.unit.components.gke_program import (
    CLUSTER,
    NODES_EMAIL,
    POOL,
    Build,
)


@pytest.fixture(name="account_id")
def _account_id() -> Callable[[str], str]:
    from components.gke_nodes import account_id

    return account_id


class TestNodes:
    """The pool and its machines."""

    @staticmethod
    def _config(engine: Recorder) -> dict[str, Any]:
        config = engine.one(POOL).inputs["nodeConfig"]
        assert isinstance(config, dict)
        return config

    @pytest.mark.parametrize(
        ("key", "value", "field"),
        [
            ("machineType", "n2-standard-4", "machineType"),
            ("diskSizeGb", 50, "diskSizeGb"),
            ("diskType", "pd-ssd", "diskType"),
            ("spot", True, "spot"),
        ],
    )
    def test_are_made_as_the_config_says(
        self, build: Build, engine: Recorder, key: str, value: object, field: str
    ) -> None:
        build(nodes={key: value})
        assert self._config(engine)[field] == value

    def test_are_cheap_and_still_hold_istio_and_bookinfo(self, build: Build, engine: Recorder) -> None:
        build()
        assert self._config(engine)["machineType"] == "e2-standard-2", (
            "e2-medium leaves 2.8 GiB, of which istiod asks 2 and GKE's own pods the rest"
        )

    @pytest.mark.parametrize(
        ("key", "field"),
        [("secureBoot", "enableSecureBoot"), ("integrityMonitoring", "enableIntegrityMonitoring")],
    )
    @pytest.mark.parametrize("wanted", [True, False])
    def test_are_shielded_as_the_config_says(
        self, build: Build, engine: Recorder, key: str, field: str, *, wanted: bool
    ) -> None:
        build(nodes={key: wanted})
        assert self._config(engine)["shieldedInstanceConfig"][field] is wanted

    def test_are_shielded_by_default(self, build: Build, engine: Recorder) -> None:
        build()
        assert self._config(engine)["shieldedInstanceConfig"] == {
            "enableSecureBoot": True,
            "enableIntegrityMonitoring": True,
        }

    def test_scale_between_the_configs_limits_over_all_zones(self, build: Build, engine: Recorder) -> None:
        build(nodes={"min": 2, "max": 5})
        assert engine.one(POOL).inputs["autoscaling"] == {"totalMinNodeCount": 2, "totalMaxNodeCount": 5}, (
            "the plain limits count per zone, so a region would triple the bill"
        )

    @pytest.mark.parametrize(
        ("config", "count"),
        [
            ({"nodes": {"min": 3}}, 3),
            ({"location": "us-central1", "nodes": {"min": 4, "max": 6}}, 2),
            ({"nodes": {"min": 3, "zones": ["us-central1-a", "us-central1-b"]}}, 2),
        ],
    )
    def test_start_with_the_least_spread_over_the_zones(
        self, build: Build, engine: Recorder, config: dict[str, Any], count: int
    ) -> None:
        build(**config)
        assert engine.one(POOL).inputs["initialNodeCount"] == count, "this one counts per zone"

    def test_are_not_replaced_because_the_pool_has_scaled(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(POOL).ignore_changes == ("initialNodeCount",), "a difference in it replaces the pool"

    def test_stand_in_the_configs_zones(self, build: Build, engine: Recorder) -> None:
        build(location="us-central1", nodes={"zones": ["us-central1-a", "us-central1-f"]})
        assert engine.one(POOL).inputs["nodeLocations"] == ["us-central1-a", "us-central1-f"]

    def test_stand_where_gke_puts_them_without_zones(self, build: Build, engine: Recorder) -> None:
        build()
        assert "nodeLocations" not in engine.one(POOL).inputs

    def test_come_up_before_the_old_ones_go(self, build: Build, engine: Recorder) -> None:
        build()
        assert "name" not in engine.one(POOL).inputs, "under a fixed name the old pool has to go first"

    def test_have_a_pool_name_that_gke_takes(self, build: Build, engine: Recorder) -> None:
        build(name="a" * 40)
        assert len(f"{engine.one(POOL).name}-1234567") <= 40, "Pulumi adds eight characters, GKE takes 40"

    def test_are_repaired_and_upgraded(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(POOL).inputs["management"] == {"autoRepair": True, "autoUpgrade": True}, (
            "a release channel refuses a pool without"
        )

    def test_go_with_the_cluster(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(POOL).deleted_with == engine.one(CLUSTER).name, "teardown is minutes shorter"

    def test_hide_their_own_credentials_from_pods(self, build: Build, engine: Recorder) -> None:
        build()
        assert self._config(engine)["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}

    def test_serve_plain_metadata_without_workload_identity(self, build: Build, engine: Recorder) -> None:
        build(workloadIdentity=False)
        assert self._config(engine)["workloadMetadataConfig"] == {"mode": "GCE_METADATA"}, (
            "GKE's metadata server needs Workload Identity"
        )

    def test_wear_the_labels_too(self, build: Build, engine: Recorder) -> None:
        build(owner="team-a")
        assert self._config(engine)["resourceLabels"]["owner"] == "team-a", "the machines are what costs"

    def test_run_as_an_account_of_their_own(self, build: Build, engine: Recorder) -> None:
        build()
        assert self._config(engine)["serviceAccount"] == NODES_EMAIL, "the default account may edit the project"

    def test_are_of_one_kind_from_the_first(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(CLUSTER).inputs["nodeConfig"] == self._config(engine), (
            "a policy that refuses other machines refuses the first pool too"
        )


class TestNodeIdentity:
    """The account of the nodes."""

    def test_has_one_role(self, build: Build, engine: Recorder) -> None:
        build()
        granted = [one.inputs["role"] for one in engine.resources if "role" in one.inputs]
        assert granted == ["roles/container.defaultNodeServiceAccount"], "all that a node needs, and no more"

    def test_is_whom_the_role_is_granted(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(":IAMMember").inputs["member"] == f"serviceAccount:{NODES_EMAIL}"

    def test_grants_without_taking_from_others(self, build: Build, engine: Recorder) -> None:
        build()
        assert not engine.all_of(":IAMBinding") + engine.all_of(":IAMPolicy"), (
            "either would take the role away from everybody else in the project"
        )

    def test_has_no_key(self, build: Build, engine: Recorder) -> None:
        build()
        assert not engine.all_of(":Key"), "a key is a credential that nobody rotates"

    def test_keeps_its_role_until_the_nodes_are_gone(self, build: Build, engine: Recorder) -> None:
        build()
        assert engine.one(":IAMMember").name in engine.one(POOL).depends_on

    @pytest.mark.parametrize("cluster", ["a", "istio-inc", "a" * 24, "a" * 25, "a" * 40, "a" * 16 + "-" * 8 + "b"])
    def test_has_an_id_that_iam_takes(self, account_id: Callable[[str], str], cluster: str) -> None:
        assert 6 <= len(account_id(cluster)) <= 30, "IAM's limits"

    def test_is_told_apart_from_another_long_clusters(self, account_id: Callable[[str], str]) -> None:
        assert account_id("a" * 39 + "b") != account_id("a" * 39 + "c"), "cut short they would be the same"
