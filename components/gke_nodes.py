"""The machines of a GKE cluster: the identity they run as, and the pool they come from.

Owns both. It does not own what a pod may do in Google Cloud: with Workload Identity that
is granted to the pod's own service account, never to the node's.
"""

import hashlib

import pulumi
import pulumi_gcp as gcp
from pulumi_gcp.container import NodePoolNodeConfigArgsDict

from settings.gke import GkeSettings

# All that a node needs: to write logs and metrics. Pulling images from the project's own
# Artifact Registry would be a grant on that repository.
# https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
NODE_ROLE = "roles/container.defaultNodeServiceAccount"
# What a node may do is said by its role; a scope narrower than the role only breaks it.
NODE_SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
# https://cloud.google.com/iam/docs/service-accounts-create
ACCOUNT_ID_LENGTH = 30
ZONES_OF_A_REGION = 3


def account_id(cluster: str) -> str:
    """Return the id of the nodes' account: from a long cluster's name a part, and a hash of all of it."""
    plain = f"{cluster}-nodes"
    if len(plain) <= ACCOUNT_ID_LENGTH:
        return plain
    digest = hashlib.sha256(cluster.encode()).hexdigest()[:6]
    return f"{cluster[:17].rstrip('-')}-{digest}-nodes"


class NodeIdentity(pulumi.ComponentResource):
    """A service account with one role; depending on it means waiting for the role too."""

    email: pulumi.Output[str]

    def __init__(self, name: str, args: GkeSettings, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the account and its role."""
        super().__init__("incremental-istio:gke:NodeIdentity", name, None, opts)
        account = gcp.serviceaccount.Account(
            f"{name}-account",
            project=args.project,
            account_id=account_id(args.name),
            display_name=f"Nodes of the GKE cluster {args.name}",
            opts=pulumi.ResourceOptions(parent=self),
        )
        gcp.projects.IAMMember(
            f"{name}-role",
            project=args.project,
            role=NODE_ROLE,
            member=account.member,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.email = account.email
        self.register_outputs({"email": self.email})


def node_config(args: GkeSettings, service_account: pulumi.Input[str]) -> NodePoolNodeConfigArgsDict:
    """Return what each node is made of."""
    nodes = args.nodes
    return {
        "machine_type": nodes.machine_type,
        "disk_size_gb": nodes.disk_size_gb,
        "disk_type": nodes.disk_type,
        "spot": nodes.spot,
        "service_account": service_account,
        "oauth_scopes": NODE_SCOPES,
        "resource_labels": args.all_labels,
        "shielded_instance_config": {
            "enable_secure_boot": nodes.secure_boot,
            "enable_integrity_monitoring": nodes.integrity_monitoring,
        },
        # GKE_METADATA hides the node's own credentials from pods; it works only with Workload Identity.
        "workload_metadata_config": {"mode": "GKE_METADATA" if args.workload_identity else "GCE_METADATA"},
    }


def node_pool(
    name: str,
    args: GkeSettings,
    cluster: gcp.container.Cluster,
    identity: NodeIdentity,
    parent: pulumi.Resource,
) -> gcp.container.NodePool:
    """Declare the one pool of a standard cluster.

    It has no fixed name, so that a change which replaces it brings the new nodes up
    before the old ones go.
    """
    zones = len(args.nodes.zones) or (1 if args.zonal else ZONES_OF_A_REGION)
    return gcp.container.NodePool(
        name,
        project=args.project,
        location=args.location,
        cluster=cluster.name,
        node_locations=list(args.nodes.zones) or None,
        # Per zone, and only where the pool starts: the autoscaler moves it, and taking the
        # difference back would replace the pool.
        initial_node_count=-(-args.nodes.min // zones),
        # Totals, for min and max of the config count nodes and not nodes per zone.
        autoscaling={"total_min_node_count": args.nodes.min, "total_max_node_count": args.nodes.max},
        # A release channel asks for both.
        management={"auto_repair": True, "auto_upgrade": True},
        node_config=node_config(args, identity.email),
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=[identity],
            ignore_changes=["initialNodeCount"],
            # Deleting the cluster takes its pool along; one after the other costs minutes more.
            deleted_with=cluster,
        ),
    )
