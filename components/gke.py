"""A GKE cluster of the stack's own, and the Kubernetes provider that leads to it.

Owns the Google APIs it needs (they stay enabled), the network, the nodes' identity, the
cluster, its node pool and the binding of whoever runs the stack. It does not own the
project, its quota, or anything that runs inside the cluster.

Only the gke components import the GCP SDK, so that a stack on an existing cluster needs none.
"""

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes

from components import gke_options as options
from components.gke_access import cluster_admin_binding, context_name, kubeconfig
from components.gke_network import GkeNetwork
from components.gke_nodes import NodeIdentity, node_pool
from settings.gke import GkeSettings

# A pool's name has 40 characters at the most, of which Pulumi takes the last eight and "-pool" five.
POOL_NAME_ROOM = 27
# cloudresourcemanager is what granting the nodes' role goes through.
APIS = ("cloudresourcemanager", "compute", "container", "iam")


class GkeCluster(pulumi.ComponentResource):
    """The post's ``istio-inc``, standard or Autopilot.

    Attributes:
        provider: ready only once there are nodes to schedule on.
        kubeconfig: secret.
        context: name of the kubeconfig's one context.
        resource: the cluster itself; what lives in it can name it in ``deleted_with``.
    """

    provider: kubernetes.Provider
    kubeconfig: pulumi.Output[str]
    context: str
    resource: gcp.container.Cluster

    def __init__(self, name: str, args: GkeSettings, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the cluster and all that it needs."""
        super().__init__("incremental-istio:gke:GkeCluster", name, None, opts)
        self._name = name
        self._args = args
        apis = self._apis()
        ready = pulumi.ResourceOptions(parent=self, depends_on=apis)
        network = GkeNetwork(f"{name}-network", args, ready)
        identity = NodeIdentity(f"{name}-nodes", args, ready)
        self.resource = self._cluster(network, identity)
        nodes: pulumi.Resource = self.resource
        if not args.autopilot:
            nodes = node_pool(f"{name[:POOL_NAME_ROOM]}-pool", args, self.resource, identity, self)

        self.context = context_name(args)
        self.kubeconfig = kubeconfig(args, self.resource)
        self.provider = kubernetes.Provider(
            f"{name}-provider",
            kubeconfig=self.kubeconfig,
            # A rotated certificate or a moved endpoint replaces nothing; a replaced cluster, everything.
            cluster_identifier=self.resource.id,
            # What somebody changed by hand is changed back, see components/cluster.py.
            enable_patch_force=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[nodes]),
        )
        cluster_admin_binding(
            f"{name}-cluster-admin",
            args,
            pulumi.ResourceOptions(parent=self, provider=self.provider, deleted_with=self.resource),
        )
        self.register_outputs({"kubeconfig": self.kubeconfig, "context": self.context})

    def _apis(self) -> list[gcp.projects.Service]:
        if not self._args.enable_apis:
            return []
        return [
            gcp.projects.Service(
                f"{self._name}-{api}-api",
                project=self._args.project,
                service=f"{api}.googleapis.com",
                # Others in the project may use it too.
                disable_on_destroy=False,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for api in APIS
        ]

    def _cluster(self, network: GkeNetwork, identity: NodeIdentity) -> gcp.container.Cluster:
        args = self._args
        # What Autopilot decides alone is None there; the GCP provider refuses most of it.
        standard = True if not args.autopilot else None
        return gcp.container.Cluster(
            f"{self._name}-cluster",
            project=args.project,
            name=args.name,
            location=args.location,
            network=network.network,
            subnetwork=network.subnetwork,
            networking_mode="VPC_NATIVE",
            ip_allocation_policy=network.ip_allocation,
            private_cluster_config=options.private_nodes(args),
            master_authorized_networks_config=options.authorized_networks(args),
            control_plane_endpoints_config=options.endpoints(args),
            release_channel={"channel": args.release_channel},
            deletion_protection=not args.ephemeral,
            resource_labels=args.all_labels,
            enable_autopilot=args.autopilot or None,
            cluster_autoscaling=options.autopilot_nodes(args, identity.email),
            # GKE makes no cluster without a pool, so one lives for a minute.
            initial_node_count=standard and 1,
            remove_default_node_pool=standard,
            node_config=options.first_nodes(args, identity.email),
            enable_shielded_nodes=standard,
            workload_identity_config=options.workload_identity(args),
            datapath_provider=options.datapath(args),
            logging_config=options.logs(args),
            monitoring_config=options.metrics(args),
            opts=pulumi.ResourceOptions(
                parent=self,
                # On the way down too: NAT, network and role outlive the cluster.
                depends_on=[network, identity],
                # Gone from the cluster with its first pool, it would count as a reason to replace it:
                # https://github.com/hashicorp/terraform-provider-google/issues/12070
                ignore_changes=["nodeConfig"] if standard else None,
                # Its name is fixed, and two of one name cannot be.
                delete_before_replace=True,
            ),
        )
