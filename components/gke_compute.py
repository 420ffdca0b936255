"""The resources of Compute Engine that a cluster's network is made of.

Owns how they are declared without the SDK's package for them, whose 8 MB take a second to import: as long as the
whole program of a stack on an existing cluster (`python -m bench.preview`). It does not own what a resource may
have: a unit test declares each through the SDK too, and compares.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Literal

import pulumi

Kind = Literal["Network", "Router", "RouterNat", "Subnetwork"]


class Compute(pulumi.CustomResource):
    """One resource of Compute Engine."""

    def __init__(self, kind: Kind, name: str, properties: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        """Declare it; its properties have the provider's own camelCase names."""
        # Without a version, the engine would take whichever of the provider it finds.
        own = pulumi.ResourceOptions(version=version("pulumi-gcp"))
        type_ = f"gcp:compute/{kind[0].lower()}{kind[1:]}:{kind}"
        super().__init__(type_, name, {"name": None, **properties}, pulumi.ResourceOptions.merge(own, opts))

    @property
    def name(self) -> pulumi.Output[str]:
        """The name that the provider gave it."""
        name: pulumi.Output[str] = pulumi.get(self, "name")
        return name
