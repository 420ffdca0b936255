"""One object of Istio's networking API, in the version that the stack's CRDs keep.

Owns how it is declared; what stands in its spec is its component's business.
"""

from collections.abc import Mapping
from typing import Any, Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from components.awaiting import DELETED_WITHOUT_COLLECTOR

API_VERSION: Final = "networking.istio.io/v1"


def declare(
    name: str, kind: str, metadata: Mapping[str, Any], spec: Mapping[str, Any], parent: pulumi.Resource
) -> CustomResource:
    """Declare an object below a component; ``name`` is the Pulumi resource's, the object's own is in the metadata."""
    return CustomResource(
        name,
        api_version=API_VERSION,
        kind=kind,
        metadata={**metadata, "annotations": dict(DELETED_WITHOUT_COLLECTOR)},
        spec=dict(spec),
        opts=pulumi.ResourceOptions(parent=parent),
    )
