"""What the stack changes in the objects that Istio's charts render.

Owns three small adaptations, each for something the charts have no value for. It adds no
object and takes none away.
"""

from collections.abc import Mapping
from typing import Any, cast

import pulumi

from components.awaiting import NOT_AWAITED

SERVICE = "kubernetes:core/v1:Service"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CRD = ":CustomResourceDefinition"
READINESS_SECONDS = 1


def adapt_chart_object(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Return a chart's object as the stack wants it; None leaves it as it is."""
    # A rendered chart is plain data: no Output is in it.
    props = cast("dict[str, Any]", args.props)
    if args.type_ == SERVICE:
        return pulumi.ResourceTransformResult(props=_not_awaited(props), opts=args.opts)
    if args.type_ == DEPLOYMENT:
        return pulumi.ResourceTransformResult(props=_quick_to_be_ready(props), opts=args.opts)
    if args.type_.endswith(CRD):
        # The chart marks its CRDs `helm.sh/resource-policy: keep`. Kept CRDs would make the next `up`
        # fail, because the provider refuses to adopt objects that exist already.
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(retain_on_delete=False))
        return pulumi.ResourceTransformResult(props=_only_stored_version(props), opts=opts)
    return None


def declared_through(cluster: pulumi.ProviderResource | None) -> pulumi.ResourceTransform:
    """Return the transform that declares a chart's objects in the cluster, not where the chart was rendered."""

    def declare(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if not args.custom:
            return None  # the chart itself
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(provider=cluster))
        return pulumi.ResourceTransformResult(props=args.props, opts=opts)

    return declare


def _not_awaited(service: Mapping[str, Any]) -> dict[str, Any]:
    metadata = service["metadata"]
    annotations = {**(metadata.get("annotations") or {}), **NOT_AWAITED}
    return {**service, "metadata": {**metadata, "annotations": annotations}}


def _quick_to_be_ready(deployment: dict[str, Any]) -> dict[str, Any]:
    """Look every second: the chart looks every three, and the gateways wait for istiod."""
    for container in deployment["spec"]["template"]["spec"]["containers"]:
        container["readinessProbe"]["periodSeconds"] = READINESS_SECONDS
    return deployment


def _only_stored_version(crd: Mapping[str, Any]) -> dict[str, Any]:
    """Drop the versions of a CRD that are only served for old clients.

    They repeat the schema of `v1`, word for word, twice: two thirds of the state, which is
    written after every step, and of what the API server compiles.
    """
    versions = [version for version in crd["spec"]["versions"] if version["storage"]]
    return {**crd, "spec": {**crd["spec"], "versions": versions}}
