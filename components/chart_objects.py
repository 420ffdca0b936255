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


def adapted(cluster: pulumi.ProviderResource | None) -> pulumi.ResourceTransform:
    """Return the transform that adapts a chart's objects and declares them in the cluster.

    The chart itself stays with the provider that renders it, which has no cluster.
    """

    # One transform for both: each takes every object from the engine to this process and back.
    def adapt(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if not args.custom:
            return None  # the chart itself
        # A rendered chart is plain data: no Output is in it.
        props = cast("dict[str, Any]", args.props)
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(provider=cluster))
        if args.type_ == SERVICE:
            props = _not_awaited(props)
        elif args.type_ == DEPLOYMENT:
            props = _quick_to_be_ready(props)
        elif args.type_.endswith(CRD):
            props = _only_what_is_needed(props)
            # The chart marks its CRDs `helm.sh/resource-policy: keep`. Kept CRDs would make the next `up`
            # fail, because the provider refuses to adopt objects that exist already.
            opts.retain_on_delete = False
        return pulumi.ResourceTransformResult(props=props, opts=opts)

    return adapt


def _not_awaited(service: Mapping[str, Any]) -> dict[str, Any]:
    metadata = service["metadata"]
    annotations = {**(metadata.get("annotations") or {}), **NOT_AWAITED}
    return {**service, "metadata": {**metadata, "annotations": annotations}}


def _quick_to_be_ready(deployment: dict[str, Any]) -> dict[str, Any]:
    """Look every second: the chart looks every three, and the gateways wait for istiod."""
    for container in deployment["spec"]["template"]["spec"]["containers"]:
        container["readinessProbe"]["periodSeconds"] = READINESS_SECONDS
    return deployment


def _only_what_is_needed(crd: Mapping[str, Any]) -> dict[str, Any]:
    """Drop the versions of a CRD that are only served for old clients, and the schema's texts.

    The versions repeat the schema of `v1`, word for word, twice. State is written after every
    step, and without either this is a quarter of it.
    """
    versions = [_without_texts(version) for version in crd["spec"]["versions"] if version["storage"]]
    return {**crd, "spec": {**crd["spec"], "versions": versions}}


def _without_texts(schema: object) -> object:
    if isinstance(schema, list):
        return [_without_texts(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # A property may be called `description` too, and then it is no text.
    return {
        key: _without_texts(part) for key, part in schema.items() if key != "description" or not isinstance(part, str)
    }
