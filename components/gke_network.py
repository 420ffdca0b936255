"""The network that a GKE cluster lives in.

Owns a VPC with one subnetwork, and for private nodes their way out. It does not own a
network that is there already: of that it only knows the names.
"""

import pulumi
from pulumi_gcp.container import ClusterIpAllocationPolicyArgsDict

from components.gke_compute import Compute
from settings.gke import GkeSettings

PODS = "pods"
SERVICES = "services"


class GkeNetwork(pulumi.ComponentResource):
    """A VPC-native home for one cluster; depending on it means waiting for Cloud NAT too.

    Attributes:
        network: name or path, as a cluster takes it.
        subnetwork: name or path, as a cluster takes it.
        ip_allocation: which ranges of the subnetwork pods and Services get.
    """

    network: pulumi.Input[str]
    subnetwork: pulumi.Input[str]
    ip_allocation: ClusterIpAllocationPolicyArgsDict

    def __init__(self, name: str, args: GkeSettings, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the network, or take the existing one's names over."""
        super().__init__("incremental-istio:gke:GkeNetwork", name, None, opts)
        self._name = name
        self._args = args
        if args.network.name is not None and args.network.subnetwork is not None:
            self.network = args.network.name
            self.subnetwork = args.network.subnetwork
            self.ip_allocation = self._existing_ranges()
        else:
            network = self._own_network()
            self.network = network.id
            self.subnetwork = self._own_subnetwork(network).id
            self.ip_allocation = {
                "cluster_secondary_range_name": PODS,
                "services_secondary_range_name": SERVICES,
            }
            if args.network.private_nodes:
                self._nat(network)
        self.register_outputs({"network": self.network, "subnetwork": self.subnetwork})

    def _existing_ranges(self) -> ClusterIpAllocationPolicyArgsDict:
        wanted = self._args.network
        if wanted.pods_range is not None and wanted.services_range is not None:
            return {
                "cluster_secondary_range_name": wanted.pods_range,
                "services_secondary_range_name": wanted.services_range,
            }
        # Sizes without addresses: GKE looks for room and adds the ranges to the subnetwork.
        return {"cluster_ipv4_cidr_block": "/16", "services_ipv4_cidr_block": "/20"}

    def _own_network(self) -> Compute:
        properties = {"project": self._args.project, "autoCreateSubnetworks": False}
        return Compute("Network", f"{self._name}-vpc", properties, pulumi.ResourceOptions(parent=self))

    def _own_subnetwork(self, network: Compute) -> Compute:
        ranges = self._args.network
        properties = {
            "project": self._args.project,
            "region": self._args.region,
            "network": network.id,
            "ipCidrRange": ranges.nodes,
            "secondaryIpRanges": [
                {"rangeName": PODS, "ipCidrRange": ranges.pods},
                {"rangeName": SERVICES, "ipCidrRange": ranges.services},
            ],
            # Nodes without a public address still reach Google's registries and APIs, past the NAT.
            "privateIpGoogleAccess": True,
        }
        return Compute("Subnetwork", f"{self._name}-subnet", properties, pulumi.ResourceOptions(parent=self))

    def _nat(self, network: Compute) -> None:
        place = {"project": self._args.project, "region": self._args.region}
        below = pulumi.ResourceOptions(parent=self)
        router = Compute("Router", f"{self._name}-router", {**place, "network": network.id}, below)
        properties = {
            **place,
            "router": router.name,
            "natIpAllocateOption": "AUTO_ONLY",
            "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        }
        Compute("RouterNat", f"{self._name}-nat", properties, below)
