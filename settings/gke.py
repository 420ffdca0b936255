"""Config of the stack's own cluster on GKE.

Owns the cluster's keys and what they exclude in each other; the nodes, the network and the
control plane have a section each. It does not ask Google anything: whether the project
exists and the location has the machine type shows in the preview.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field
from pydantic.alias_generators import to_camel

from settings.gke_control_plane import ControlPlaneSettings
from settings.gke_network import NetworkSettings
from settings.gke_nodes import NodeSettings
from settings.gke_types import LABEL_KEY, LABEL_VALUE, ClusterName, Email, Label, Location, ProjectId, Ttl
from settings.paths import member, set_command, unset_command
from settings.problem import Problem, Section

OWN_LABELS = ("environment", "owner", "ttl")
MAX_LABELS = 64


class GkeSettings(Section):
    """The post's ``gcloud container clusters create istio-inc --zone us-central1-f``, at low cost."""

    project: ProjectId = Field(description="project that pays; also from gcp:project", examples=["my-project-123"])
    name: ClusterName = Field(default="istio-inc", description="name of the cluster", examples=["istio-inc"])
    location: Location = Field(
        default="us-central1-f",
        description="a zone for a zonal cluster (the first one has no fee), a region for a regional one",
        examples=["us-central1-f"],
    )
    release_channel: Literal["RAPID", "REGULAR", "STABLE", "EXTENDED"] = Field(
        default="REGULAR",
        description="how soon GKE upgrades the cluster; no version is pinned",
        examples=["REGULAR"],
    )
    autopilot: bool = Field(default=False, description="GKE runs the nodes and charges by pod", examples=["true"])
    workload_identity: bool = Field(
        default=True, description="pods get identities of their own, not the node's", examples=["true"]
    )
    dataplane_v2: bool = Field(
        default=True,
        description="Dataplane V2; without it no NetworkPolicy is enforced",
        examples=["true"],
    )
    workload_logs: bool = Field(
        default=False, description="also ship the pods' logs, beside the system's", examples=["true"]
    )
    enable_apis: bool = Field(
        default=True,
        description="enable the Google APIs that the cluster needs; they stay enabled",
        examples=["true"],
    )
    cluster_admin: Email | None = Field(
        default=None,
        description="account bound to cluster-admin; by default whoever runs the stack, so with "
        "several of them (a person, CI) name one and each `up` leaves it alone",
        examples=["ci@my-project-123.iam.gserviceaccount.com"],
    )
    ephemeral: bool = Field(
        default=True, description="may be destroyed; false turns deletion protection on", examples=["true"]
    )
    ttl: Ttl | None = Field(
        default=None, description="label: how long an ephemeral environment may live", examples=["72h"]
    )
    environment: Label = Field(default="dev", description="label: name of the environment", examples=["dev"])
    owner: Label | None = Field(default=None, description="label: who answers for it", examples=["team-a"])
    labels: dict[str, str] = Field(
        default={}, description="labels of your own on cluster and nodes", examples=[{"cost-center": "1234"}]
    )
    nodes: NodeSettings = Field(default=NodeSettings(), description="the node pool", examples=[{}])
    network: NetworkSettings = Field(default=NetworkSettings(), description="the network", examples=[{}])
    control_plane: ControlPlaneSettings = Field(
        default=ControlPlaneSettings(), description="how the API is reached", examples=[{}]
    )

    @property
    def zonal(self) -> bool:
        """Whether the location is a zone."""
        return self.location.count("-") > 1

    @property
    def region(self) -> str:
        """The region of the location, for subnetwork and router."""
        return self.location.rsplit("-", 1)[0] if self.zonal else self.location

    @property
    def all_labels(self) -> dict[str, str]:
        """The user's labels and those that say what the environment is."""
        own = {"environment": self.environment, "owner": self.owner, "ttl": self.ttl}
        return self.labels | {key: value for key, value in own.items() if value is not None}

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield what only shows when several keys are looked at together."""
        yield from self._label_problems(f"{path}.labels")
        if self.ttl is not None and not self.ephemeral:
            yield Problem(
                key=f"{path}.ttl",
                value=self.ttl,
                rule=f"a long-lived environment has none, and {path}.ephemeral is off",
                fix=unset_command(f"{path}.ttl"),
            )
        if self.autopilot:
            yield from self._autopilot_problems(path)
        else:
            yield from self._zone_problems(path)
        yield from self.nodes.problems(f"{path}.nodes")
        yield from self.network.problems_for(f"{path}.network", None if self.autopilot else self.nodes.max)
        yield from self.control_plane.problems(f"{path}.controlPlane")

    def _zone_problems(self, path: str) -> Iterator[Problem]:
        for index, zone in enumerate(self.nodes.zones):
            key = f"{path}.nodes.zones[{index}]"
            if zone.rsplit("-", 1)[0] != self.region:
                yield Problem(
                    key=key,
                    value=zone,
                    rule=f"the zone is outside the region of {path}.location, {self.region}",
                    fix=set_command(key, f"{self.region}-{zone[-1]}"),
                )

    def _label_problems(self, key: str) -> Iterator[Problem]:
        for name, value in self.labels.items():
            label = member(key, name)
            if name in OWN_LABELS:
                rule = f"the label has a key of its own, {key.removesuffix('.labels')}.{name}"
                yield Problem(key=label, value=value, rule=rule, fix=unset_command(label))
            elif not LABEL_KEY.fullmatch(name):
                rule = "a label's key has 1 to 63 lower-case letters, digits, '-' and '_', a letter first"
                yield Problem(key=label, value=value, rule=rule, fix=unset_command(label))
            elif not LABEL_VALUE.fullmatch(value):
                rule = "a label's value has up to 63 lower-case letters, digits, '-' and '_'"
                allowed = re.sub(r"[^-_a-z0-9]", "-", value.lower())[:63]
                yield Problem(key=label, value=value, rule=rule, fix=set_command(label, allowed, text=True))
        if len(self.all_labels) > MAX_LABELS:
            yield Problem(
                key=key,
                value=f"{len(self.labels)} labels",
                rule=f"a cluster has {MAX_LABELS} labels at the most, the environment's own among them",
                fix=unset_command(member(key, next(iter(self.labels)))),
            )

    def _autopilot_problems(self, path: str) -> Iterator[Problem]:
        if self.zonal:
            yield Problem(
                key=f"{path}.location",
                value=self.location,
                rule="an Autopilot cluster is regional",
                fix=set_command(f"{path}.location", self.region),
            )
        decided = [
            key for key in ("workload_identity", "dataplane_v2", "workload_logs") if key in self.model_fields_set
        ]
        for key in decided:
            yield self._decided_by_autopilot(f"{path}.{to_camel(key)}", getattr(self, key))
        for field in sorted(self.nodes.model_fields_set):
            yield self._decided_by_autopilot(f"{path}.nodes.{to_camel(field)}", getattr(self.nodes, field))

    @staticmethod
    def _decided_by_autopilot(key: str, value: object) -> Problem:
        return Problem(key=key, value=value, rule="Autopilot decides this alone", fix=unset_command(key))
