"""What `GkeNetwork` asks Google for: a network of its own, or nothing at all."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from settings.gke import GkeSettings
from tests.unit.components.conftest import Recorder
from tests.unit.components.gke_program import declare

if TYPE_CHECKING:
    from components.gke_network import GkeNetwork

CLUSTER = "gcp:container/cluster:Cluster"
VPC = "gcp:compute/network:Network"
SUBNET = ":Subnetwork"

Build = Callable[..., "GkeNetwork"]


@pytest.fixture(name="build")
def _build(recorder: Recorder) -> Build:
    """Declare a network with some keys of `gke.network`, in the YAML's spelling."""
    from components.gke_network import GkeNetwork

    recorder.computed = {"gcp:compute/router:Router": {"name": "router-1234567"}}

    def build(location: str = "us-central1-f", **config: Any) -> GkeNetwork:
        settings = GkeSettings.model_validate({"project": "my-project-123", "location": location, "network": config})
        assert not list(settings.problems("gke")), "a test's config must be a valid one"
        network = recorder.run(lambda: GkeNetwork("net", settings))
        assert isinstance(network, GkeNetwork)
        return network

    return build


class TestOwnNetwork:
    """By default the cluster has a network to itself."""

    def test_has_no_subnetworks_but_its_own(self, build: Build, recorder: Recorder) -> None:
        build()
        assert recorder.one(VPC).inputs["autoCreateSubnetworks"] is False, (
            "a subnetwork in each of Google's regions is neither wanted nor taken away quickly"
        )

    def test_has_the_configs_ranges(self, build: Build, recorder: Recorder) -> None:
        build(nodes="10.1.0.0/24", pods="10.2.0.0/16", services="10.3.0.0/20")
        inputs = recorder.one(SUBNET).inputs
        assert inputs["ipCidrRange"] == "10.1.0.0/24"
        assert inputs["secondaryIpRanges"] == [
            {"rangeName": "pods", "ipCidrRange": "10.2.0.0/16"},
            {"rangeName": "services", "ipCidrRange": "10.3.0.0/20"},
        ]

    @pytest.mark.parametrize("location", ["europe-west4-a", "europe-west4"])
    def test_stands_in_the_clusters_region(self, build: Build, recorder: Recorder, location: str) -> None:
        build(location)
        assert recorder.one(SUBNET).inputs["region"] == "europe-west4"

    def test_gives_pods_and_services_the_ranges_made_for_them(self, build: Build) -> None:
        assert build().ip_allocation == {
            "cluster_secondary_range_name": "pods",
            "services_secondary_range_name": "services",
        }

    def test_leads_to_google_without_public_addresses(self, build: Build, recorder: Recorder) -> None:
        build()
        assert recorder.one(SUBNET).inputs["privateIpGoogleAccess"] is True, "images come from there"

    def test_has_no_nat_for_public_nodes(self, build: Build, recorder: Recorder) -> None:
        build()
        assert not recorder.all_of(":Router") + recorder.all_of(":RouterNat"), "it costs, and nobody uses it"

    def test_has_a_nat_for_private_nodes(self, build: Build, recorder: Recorder) -> None:
        build(privateNodes=True)
        nat = recorder.one(":RouterNat").inputs
        assert nat["router"] == "router-1234567", "Istio's images are on Docker Hub, outside of Google"
        assert nat["sourceSubnetworkIpRangesToNat"] == "ALL_SUBNETWORKS_ALL_IP_RANGES", "pods go out too"


class TestExistingNetwork:
    """Somebody else's network is used and left as it is."""

    NAMES = {"name": "shared", "subnetwork": "shared-us-central1"}

    def test_is_used_by_its_names(self, build: Build) -> None:
        network = build(**self.NAMES)
        assert (network.network, network.subnetwork) == ("shared", "shared-us-central1")

    def test_is_not_touched(self, build: Build, recorder: Recorder) -> None:
        build(**self.NAMES, privateNodes=True)
        assert [one.type for one in recorder.resources] == ["incremental-istio:gke:GkeNetwork"], (
            "a second NAT for the same subnetwork is an error; its owner has one or none"
        )

    def test_gives_the_ranges_that_the_config_names(self, build: Build) -> None:
        network = build(**self.NAMES, podsRange="p", servicesRange="s")
        assert network.ip_allocation == {
            "cluster_secondary_range_name": "p",
            "services_secondary_range_name": "s",
        }

    def test_gets_ranges_from_gke_when_none_are_named(self, build: Build) -> None:
        assert build(**self.NAMES).ip_allocation == {
            "cluster_ipv4_cidr_block": "/16",
            "services_ipv4_cidr_block": "/20",
        }


class TestCluster:
    """What the cluster makes of it."""

    @staticmethod
    def _declare(recorder: Recorder, **network: Any) -> None:
        settings = GkeSettings.model_validate({"project": "my-project-123", "network": network})
        recorder.run(lambda: declare(settings), preview=True)

    def test_moves_in(self, recorder: Recorder) -> None:
        self._declare(recorder)
        inputs = recorder.one(CLUSTER).inputs
        assert (inputs["network"], inputs["subnetwork"]) == (
            "istio-inc-network-vpc-id",
            "istio-inc-network-subnet-id",
        )
        assert inputs["networkingMode"] == "VPC_NATIVE"

    def test_moves_into_an_existing_one(self, recorder: Recorder) -> None:
        self._declare(recorder, name="shared", subnetwork="shared-us-central1")
        inputs = recorder.one(CLUSTER).inputs
        assert (inputs["network"], inputs["subnetwork"]) == ("shared", "shared-us-central1")

    def test_stands_on_nat_and_subnetwork_until_it_is_gone(self, recorder: Recorder) -> None:
        self._declare(recorder, privateNodes=True)
        below = {"istio-inc-network-nat", "istio-inc-network-router", "istio-inc-network-subnet"}
        assert below <= recorder.one(CLUSTER).depends_on, (
            "nodes without a way out never become ready, and a subnetwork in use cannot be deleted"
        )

    def test_has_private_nodes_when_told_so(self, recorder: Recorder) -> None:
        self._declare(recorder, privateNodes=True)
        assert recorder.one(CLUSTER).inputs["privateClusterConfig"] == {"enablePrivateNodes": True}, (
            "the control plane stays reachable, or the stack could not go on"
        )

    def test_has_public_nodes_as_in_the_post(self, recorder: Recorder) -> None:
        self._declare(recorder)
        assert "privateClusterConfig" not in recorder.one(CLUSTER).inputs
