"""Config of the minimal Istio: version, images, charts and the ingress gateway."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.names import NAMESPACES_OF_KUBERNETES, ObjectName, SourceRange
from settings.paths import set_command
from settings.problem import Problem, Section

PUBLISHED_CHARTS = "https://istio-release.storage.googleapis.com/charts"
CHARTS = ("base", "istiod")
_VERSION = re.compile(r"\d+\.\d+\.\d+([-.][-.0-9A-Za-z]+)?")


def _version(value: str) -> str:
    if not _VERSION.fullmatch(value):
        raise ValueError("a version is MAJOR.MINOR.PATCH, such as 1.29.2")
    return value


def _charts() -> str:
    return os.environ.get("INCREMENTAL_ISTIO_CHARTS", PUBLISHED_CHARTS)


class IstioSettings(Section):
    """Which Istio is installed, and from where."""

    namespace: ObjectName = Field(
        default="istio-system", description="namespace of istiod and the gateways", examples=["istio-system"]
    )
    version: Annotated[str, AfterValidator(_version)] = Field(
        default="1.29.2", description="version of the charts and tag of the images", examples=["1.29.2"]
    )
    hub: str = Field(
        default="docker.io/istio",
        description="where the images are pulled from",
        examples=["docker.io/istio"],
        min_length=1,
    )
    charts: str = Field(
        default_factory=_charts,
        description="chart repository, or a folder with `base` and `istiod`; "
        "default $INCREMENTAL_ISTIO_CHARTS, else Istio's",
        examples=[PUBLISHED_CHARTS],
        min_length=1,
    )

    @property
    def charts_are_local(self) -> bool:
        """Whether the charts come from a folder, not from a repository."""
        return "://" not in self.charts

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a namespace that exists already, and charts that are not where they should be."""
        if self.namespace in NAMESPACES_OF_KUBERNETES:
            yield Problem(
                key=f"{path}.namespace",
                value=self.namespace,
                rule="the stack creates Istio's namespace, and every cluster has this one already",
                fix=set_command(f"{path}.namespace", "istio-system"),
            )
        if lack := self._lack_of_charts():
            yield Problem(
                key=f"{path}.charts",
                value=self.charts,
                rule=lack,
                fix=set_command(f"{path}.charts", PUBLISHED_CHARTS),
            )

    def _lack_of_charts(self) -> str | None:
        if not self.charts_are_local:
            known = self.charts.startswith(("https://", "http://"))
            return None if known else "charts come from a folder, or from a repository at https://..."
        if not Path(self.charts).is_dir():
            return "there is no such folder"
        lacking = [chart for chart in CHARTS if not (Path(self.charts) / chart / "Chart.yaml").is_file()]
        return f"the folder has no {' and no '.join(f'{chart}/Chart.yaml' for chart in lacking)}" if lacking else None


class GatewaySettings(Section):
    """How the ingress gateway is reached and how far it scales."""

    service_type: Literal["LoadBalancer", "NodePort", "ClusterIP"] = Field(
        default="ClusterIP",
        description="type of the ingress gateway's Service; the post has LoadBalancer",
        examples=["LoadBalancer"],
    )
    source_ranges: tuple[SourceRange, ...] = Field(
        default=(),
        description="CIDRs that may reach a LoadBalancer; empty lets everybody in",
        examples=["203.0.113.0/24"],
        strict=False,
    )
    replicas: int = Field(default=1, description="replicas of each gateway, at the least", examples=[1], ge=1, le=100)
    max_replicas: int = Field(
        default=1,
        description="replicas of each gateway, at the most; above `replicas` an autoscaler follows the CPU",
        examples=[5],
        ge=1,
        le=100,
    )

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield the rules that tie replicas to their limit and source ranges to a LoadBalancer."""
        if self.max_replicas < self.replicas:
            yield Problem(
                key=f"{path}.maxReplicas",
                value=self.max_replicas,
                rule=f"it is below {path}.replicas, which is {self.replicas}",
                fix=set_command(f"{path}.maxReplicas", self.replicas),
            )
        if self.source_ranges and self.service_type != "LoadBalancer":
            yield Problem(
                key=f"{path}.sourceRanges",
                value=list(self.source_ranges),
                rule=f"only a LoadBalancer has source ranges, and {path}.serviceType is {self.service_type}",
                fix=set_command(f"{path}.serviceType", "LoadBalancer"),
            )
