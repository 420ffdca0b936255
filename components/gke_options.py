"""What the config means in a GKE cluster's own words.

Owns the translation and nothing else: no resource is declared here. A function returns
None for what a cluster does not get: what is switched off, or what Autopilot decides alone.
"""

import pulumi
from pulumi_gcp.container import (
    ClusterClusterAutoscalingArgsDict,
    ClusterControlPlaneEndpointsConfigArgsDict,
    ClusterLoggingConfigArgsDict,
    ClusterMasterAuthorizedNetworksConfigArgsDict,
    ClusterMonitoringConfigArgsDict,
    ClusterNodeConfigArgsDict,
    ClusterPrivateClusterConfigArgsDict,
    ClusterWorkloadIdentityConfigArgsDict,
)

from components.gke_nodes import NODE_SCOPES, node_config
from settings.gke import GkeSettings


def private_nodes(args: GkeSettings) -> ClusterPrivateClusterConfigArgsDict | None:
    """Return the nodes' privacy. The control plane keeps its endpoints: who runs the stack is outside."""
    return {"enable_private_nodes": True} if args.network.private_nodes else None


def authorized_networks(args: GkeSettings) -> ClusterMasterAuthorizedNetworksConfigArgsDict | None:
    """Return who may reach the IP endpoint; None lets every address try."""
    networks = args.control_plane.authorized_networks
    if not networks:
        return None
    return {"cidr_blocks": [{"display_name": name, "cidr_block": cidr} for name, cidr in networks.items()]}


def endpoints(args: GkeSettings) -> ClusterControlPlaneEndpointsConfigArgsDict:
    """Return both endpoints, spelled out: one left out keeps what it was when it is switched off."""
    return {
        "dns_endpoint_config": {"allow_external_traffic": args.control_plane.dns_endpoint},
        "ip_endpoints_config": {"enabled": args.control_plane.ip_endpoint},
    }


def autopilot_nodes(args: GkeSettings, service_account: pulumi.Input[str]) -> ClusterClusterAutoscalingArgsDict | None:
    """Return the identity of Autopilot's nodes, else the project's default account with far more rights.

    https://github.com/hashicorp/terraform-provider-google/issues/9505
    """
    if not args.autopilot:
        return None
    return {"auto_provisioning_defaults": {"service_account": service_account, "oauth_scopes": NODE_SCOPES}}


def first_nodes(args: GkeSettings, service_account: pulumi.Input[str]) -> ClusterNodeConfigArgsDict | None:
    """Return the machine of the pool that is made and taken away with the cluster.

    The same as all others: a project's policy may allow no other, and its default account may be off.
    """
    if args.autopilot:
        return None
    return node_config(args, service_account)


def workload_identity(args: GkeSettings) -> ClusterWorkloadIdentityConfigArgsDict | None:
    """Return the pool of the pods' identities."""
    if args.autopilot or not args.workload_identity:
        return None
    return {"workload_pool": f"{args.project}.svc.id.goog"}


def datapath(args: GkeSettings) -> str | None:
    """Return the data plane; the advanced one, Dataplane V2, enforces NetworkPolicy without an addon."""
    if args.autopilot:
        return None
    return "ADVANCED_DATAPATH" if args.dataplane_v2 else "LEGACY_DATAPATH"


def logs(args: GkeSettings) -> ClusterLoggingConfigArgsDict | None:
    """Return whose logs are shipped. They cost by volume: https://cloud.google.com/stackdriver/pricing."""
    if args.autopilot:
        return None
    return {"enable_components": ["SYSTEM_COMPONENTS", *(["WORKLOADS"] if args.workload_logs else [])]}


def metrics(args: GkeSettings) -> ClusterMonitoringConfigArgsDict | None:
    """Return GKE's own metrics, which are free, without managed Prometheus, which is not."""
    if args.autopilot:
        return None
    return {"enable_components": ["SYSTEM_COMPONENTS"], "managed_prometheus": {"enabled": False}}
