"""Where the stack runs: its own GKE cluster, or one that is there already.

Owns the choice between the two. Nothing after it asks which one it is.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.rendering import provider
from settings import Settings, rendering
from settings.cluster import ExistingCluster


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A cluster to deploy to.

    Attributes:
        provider: every Kubernetes object of the stack is declared through it.
        kubeconfig: secret; reaches this cluster and no other.
        context: name of the kubeconfig's context.
        lifetime: what takes the cluster's objects with it when it is deleted; None where
            the cluster outlives the stack.
    """

    provider: kubernetes.Provider
    kubeconfig: pulumi.Output[str]
    context: str
    lifetime: pulumi.Resource | None


def provide(settings: Settings) -> Cluster:
    """Return the cluster that the settings ask for; with target `gke` it is declared."""
    if (folder := rendering.folder()) is not None:
        return _rendered(folder)
    if settings.cluster is not None:
        return _existing(settings.cluster)
    assert settings.gke is not None, "settings.load() leaves one of the two"  # noqa: S101 - an invariant
    # Importing the GCP SDK takes longer than the rest of the program, so only its users pay.
    from components.gke import GkeCluster

    gke = GkeCluster(settings.gke.name, settings.gke)
    return Cluster(provider=gke.provider, kubeconfig=gke.kubeconfig, context=gke.context, lifetime=gke.resource)


def _rendered(folder: str) -> Cluster:
    """Return no cluster: objects are written as YAML, and a cluster of the stack's own is not declared."""
    return Cluster(provider=provider("cluster", folder), kubeconfig=pulumi.Output.secret(""), context="", lifetime=None)


def _existing(cluster: ExistingCluster) -> Cluster:
    return Cluster(
        provider=kubernetes.Provider(
            "cluster",
            kubeconfig=pulumi.Output.secret(cluster.kubeconfig),
            # By default a changed kubeconfig counts as another cluster and replaces everything.
            cluster_identifier=cluster.server,
            # What somebody changed by hand is changed back, and not reported as a conflict. Not set here: that objects
            # of a cluster which does not answer are forgotten. `up --refresh` would empty the state at every outage
            # (tried with 4.29.0), so only `python -m environments destroy` asks for it.
            enable_patch_force=True,
        ),
        kubeconfig=pulumi.Output.secret(cluster.kubeconfig),
        context=cluster.context,
        lifetime=None,
    )
