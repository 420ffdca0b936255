"""What goes with a cluster when the stack deletes both.

Owns the rule that everything in a cluster of the stack's own is taken along by the cluster, but
for a load balancer: that is an address and forwarding rules outside, which only the
cluster's own controller gives back, and only while the cluster is there.

A rule for each object, and not ``deleted_with`` on the components: the engine hands that down
to a component's children (tried with pulumi 3.228), and no child can say no to it.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

SERVICE = "kubernetes:core/v1:Service"
KUBERNETES = "kubernetes:"


def goes_with(cluster: pulumi.Resource | None) -> pulumi.ResourceOptions:
    """Return the options under which objects go with their cluster; None for one that outlives the stack."""

    def rule(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith(KUBERNETES) or (args.type_ == SERVICE and _is_load_balancer(args.props)):
            return None
        # A chart is handed it too, and hands it down to its objects.
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(deleted_with=cluster))
        return pulumi.ResourceTransformationResult(props=args.props, opts=opts)

    return pulumi.ResourceOptions(transformations=[rule] if cluster else None)


def _is_load_balancer(props: Mapping[str, Any]) -> bool:
    spec = props.get("spec")
    return isinstance(spec, Mapping) and spec.get("type") == "LoadBalancer"
