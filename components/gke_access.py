"""How a GKE cluster is reached: the kubeconfig, and the binding of whoever runs the stack.

Owns no credential: the kubeconfig calls gke-gcloud-auth-plugin, which uses the caller's own.
"""

import json
from typing import cast

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes

from settings.gke import GkeSettings

RBAC = "rbac.authorization.k8s.io"
PLUGIN = "gke-gcloud-auth-plugin"
INSTALL_HINT = (
    f"{PLUGIN} is not on PATH, and without it nobody can log in to the cluster. "
    f"Install it with `gcloud components install {PLUGIN}`, or from Google's package repository with "
    f"`apt-get install google-cloud-cli-{PLUGIN}`; see "
    "https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl#install_plugin"
)


def context_name(args: GkeSettings) -> str:
    """Return the name that ``gcloud container clusters get-credentials`` gives the context."""
    return f"gke_{args.project}_{args.location}_{args.name}"


def kubeconfig_text(context: str, host: str, certificate_authority: str | None) -> str:
    """Return a kubeconfig of one cluster, as JSON, which is YAML too.

    Args:
        context: name of the context, and of the cluster and the user in it.
        host: address or DNS name of the API server.
        certificate_authority: in base64; None for the DNS endpoint, whose certificate is
            signed by a public authority (gcloud writes none there either).
    """
    cluster = {"server": f"https://{host}"}
    if certificate_authority is not None:
        cluster["certificate-authority-data"] = certificate_authority
    login = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": PLUGIN,
        "installHint": INSTALL_HINT,
        "provideClusterInfo": True,
        # Pulumi has no terminal to ask at.
        "interactiveMode": "Never",
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
            "clusters": [{"name": context, "cluster": cluster}],
            "users": [{"name": context, "user": {"exec": login}}],
        }
    )


def kubeconfig(args: GkeSettings, cluster: gcp.container.Cluster) -> pulumi.Output[str]:
    """Return the cluster's kubeconfig as a secret: it holds no credential, but it does say where to knock."""
    context = context_name(args)
    authority: pulumi.Input[str | None]
    if args.control_plane.dns_endpoint:
        host = cluster.control_plane_endpoints_config.apply(_dns_name)
        authority = None
    else:
        host = cluster.endpoint
        authority = cluster.master_auth.apply(lambda auth: auth.cluster_ca_certificate)
    text = pulumi.Output.all(host, authority).apply(lambda known: kubeconfig_text(context, *known))
    return pulumi.Output.secret(text)


def _dns_name(endpoints: gcp.container.outputs.ClusterControlPlaneEndpointsConfig) -> str:
    dns = endpoints.dns_endpoint_config
    if dns is not None and dns.endpoint is not None:
        return dns.endpoint
    if pulumi.runtime.is_dry_run():
        # A preview may not have it yet, and a made-up name would count as a cluster that is unreachable.
        return cast("str", pulumi.UNKNOWN)
    raise pulumi.RunError(
        "the cluster has no DNS name, so its kubeconfig would lead nowhere; run `pulumi refresh`, "
        "or turn it off with: pulumi config set --path 'incremental-istio:gke.controlPlane.dnsEndpoint' false"
    )


def cluster_admin_binding(name: str, args: GkeSettings, opts: pulumi.ResourceOptions) -> None:
    """Declare the post's ``cluster-admin-binding``: for the config's account, or whoever runs the stack.

    Args:
        name: of the resource; in the cluster it is called as in the post.
        args: the cluster's config.
        opts: with the cluster's own provider.
    """
    account: pulumi.Input[str]
    if args.cluster_admin is not None:
        account = args.cluster_admin
    else:
        account = gcp.organizations.get_client_open_id_user_info_output().email
    kubernetes.rbac.v1.ClusterRoleBinding(
        name,
        metadata={"name": "cluster-admin-binding"},
        role_ref={"api_group": RBAC, "kind": "ClusterRole", "name": "cluster-admin"},
        subjects=[{"api_group": RBAC, "kind": "User", "name": account}],
        opts=opts,
    )
