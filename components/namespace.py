"""The namespace of the applications.

Owns the rule that `default`, which every cluster has, is used and not declared.
"""

import pulumi
import pulumi_kubernetes as kubernetes


def ensure_namespace(name: str, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    """Declare a namespace unless it is `default`; return what its objects depend on."""
    if name == "default":
        return []
    return [kubernetes.core.v1.Namespace(name, metadata={"name": name}, opts=opts)]
