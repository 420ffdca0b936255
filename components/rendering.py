"""A Kubernetes provider that has no cluster: it writes YAML, and renders charts.

Owns the settings that keep any cluster out of it. It does not own the files that come of
it, see the package `render`.
"""

from typing import cast

import pulumi
import pulumi_kubernetes as kubernetes


def provider(name: str, folder: str, opts: pulumi.ResourceOptions | None = None) -> kubernetes.Provider:
    """Declare a provider without a cluster.

    Args:
        name: of the resource.
        folder: where each object that is declared through it is written to.
        opts: of the resource.
    """
    return kubernetes.Provider(
        name,
        render_yaml_to_directory=folder,
        # "No kubeconfig". Left out, the provider reads $KUBECONFIG, which it then refuses, or ~/.kube/config, and
        # a chart is rendered for whatever cluster is current there, or not at all (tried with 4.29.0).
        kubeconfig=cast("str", False),  # noqa: FBT003 - see above
        opts=opts,
    )
