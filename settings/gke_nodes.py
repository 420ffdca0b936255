"""Config of a standard cluster's nodes."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from settings.gke_types import MachineType, Zone
from settings.paths import set_command
from settings.problem import Problem, Section


class NodeSettings(Section):
    """The one node pool of a standard cluster. Autopilot has none and refuses all of this.

    The machine: e2-standard-2 leaves 1.93 CPUs and about 6 GiB to pods. istiod asks for
    500m and 2 GiB by default, GKE's own pods with Dataplane V2 for roughly 600m; the next
    smaller e2-medium leaves 0.94 CPUs and 2.8 GiB, too little for both.
    https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes
    """

    machine_type: MachineType = Field(
        default="e2-standard-2", description="machine type of the nodes", examples=["e2-standard-2"]
    )
    min: int = Field(default=1, description="nodes at the least, over all zones", examples=[1], ge=1, le=1000)
    max: int = Field(default=3, description="nodes at the most, over all zones", examples=[3], ge=1, le=1000)
    zones: tuple[Zone, ...] = Field(
        default=(),
        description="zones of the nodes; empty for the cluster's zone, or in a region three that GKE picks",
        examples=["us-central1-f"],
        strict=False,
    )
    disk_size_gb: int = Field(default=30, description="boot disk of each node, in GB", examples=[30], ge=10, le=65536)
    disk_type: Literal["pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced"] = Field(
        default="pd-balanced", description="kind of the boot disk", examples=["pd-balanced"]
    )
    spot: bool = Field(
        default=False,
        description="spot machines: cheaper, and taken away at 30 seconds' notice",
        examples=["true"],
    )
    secure_boot: bool = Field(
        default=True, description="nodes boot signed code only (shielded nodes)", examples=["true"]
    )
    integrity_monitoring: bool = Field(
        default=True, description="nodes attest what they booted (shielded nodes)", examples=["true"]
    )

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield the limits that contradict each other."""
        if self.max < self.min:
            yield Problem(
                key=f"{path}.max",
                value=self.max,
                rule=f"it is below {path}.min, which is {self.min}",
                fix=set_command(f"{path}.max", self.min),
            )
