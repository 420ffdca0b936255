"""Config of the minimal Istio: version, images, charts and the ingress gateway."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.istiod import Istiod
from settings.names import (
    NAMESPACES_OF_KUBERNETES,
    LabelValue,
    ObjectName,
    ServiceName,
    SourceRange,
)
from settings.paths import set_command
from settings.problem import Problem, Section
from settings.values import LabelName

PUBLISHED_CHARTS = "https://istio-release.storage.googleapis.com/charts"
CHARTS = ("base", "istiod")
OWN_NAME = "incremental"
Install = Literal["controlPlane", "gateway", "nothing"]
_HUB = re.compile(r"[\w.-]+(?::[0-9]+)?(?:/[a-z0-9._-]+)*", re.ASCII)
_VERSION = re.compile(r"\d+\.\d+\.\d+([-.][-.0-9A-Za-z]+)?")


def _version(value: str) -> str:
    if not _VERSION.fullmatch(value):
        raise ValueError("a version is MAJOR.MINOR.PATCH, such as 1.29.2")
    return value


def _hub(value: str) -> str:
    if not _HUB.fullmatch(value):
        raise ValueError("a hub is HOST/PATH, without https:// and without a '/' at its end, such as docker.io/istio")
    return value


def _charts() -> str:
    return os.environ.get("INCREMENTAL_ISTIO_CHARTS", PUBLISHED_CHARTS)


class IstioSettings(Section):
    """Which Istio is installed, and from where; or which one is there."""

    install: Install = Field(
        default="controlPlane",
        description="what the stack brings: `controlPlane`, istiod and two gateways; `gateway`, gateways of its own "
        "beside an istiod that is there; `nothing`, only routes, on a gateway that is there",
        examples=["controlPlane"],
    )
    namespace: ObjectName = Field(
        default="istio-system", description="namespace of istiod, and of Istio's gateways", examples=["istio-system"]
    )
    revision: ObjectName | None = Field(
        default=None, description="install gateway: which istiod, where there are several", examples=["default"]
    )
    version: Annotated[str, AfterValidator(_version)] = Field(
        default="1.29.2",
        description="version of the charts and tag of the images; with install gateway istiod's, where it shows",
        examples=["1.29.2"],
    )
    hub: Annotated[str, AfterValidator(_hub)] = Field(
        default="docker.io/istio",
        description="where the images are pulled from; with install gateway as istiod's, where it shows",
        examples=["docker.io/istio"],
    )
    charts: str = Field(
        default_factory=_charts,
        description="chart repository, or a folder with `base` and `istiod`; "
        "default $INCREMENTAL_ISTIO_CHARTS, else Istio's",
        examples=[PUBLISHED_CHARTS],
        min_length=1,
    )

    def image(self, istiod: Istiod) -> str:
        """Return the proxy's image beside an istiod: the config's, else as istiod's."""
        hub = self.hub if "hub" in self.model_fields_set else istiod.hub or self.hub
        return f"{hub}/proxyv2:{self.version_beside(istiod)}"

    def version_beside(self, istiod: Istiod) -> str:
        """Return the proxy's version beside an istiod: the config's, else istiod's."""
        return self.version if "version" in self.model_fields_set else istiod.version or self.version

    @property
    def charts_are_local(self) -> bool:
        """Whether the charts come from a folder, not from a repository."""
        return "://" not in self.charts

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a namespace that exists already, and charts that are not where they should be."""
        if self.install != "controlPlane":
            return
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
    """How the ingress gateway is reached and how far it scales; or which one is there."""

    name: Annotated[ServiceName, Field(max_length=40)] | None = Field(
        default=None,
        description="install gateway: what the gateways' names begin with, and the value of their pods' label `istio`; "
        f"default `{OWN_NAME}`",
        examples=[OWN_NAME],
    )
    namespace: ObjectName | None = Field(
        default=None,
        description="install gateway: a namespace that is there; by default the stack makes `NAME-gateways`",
        examples=["istio-ingress"],
    )
    selector: dict[LabelName, LabelValue] = Field(
        default={"istio": "ingressgateway"},
        description="install nothing: labels of the gateway's pods, for the routes that name no Gateway",
        examples=[{"istio": "ingressgateway"}],
        min_length=1,
    )
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

    @property
    def own_name(self) -> str:
        """What the names of the stack's own gateways begin with, beside a control plane that is there."""
        return self.name or OWN_NAME

    @property
    def own_namespace(self) -> str:
        """Where they are."""
        return self.namespace or f"{self.own_name}-gateways"

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield the rules that tie replicas to their limit and source ranges to a LoadBalancer."""
        if self.name == "istio":
            rule = "so Istio's own gateways are called"
            yield Problem(key=f"{path}.name", value=self.name, rule=rule, fix=set_command(f"{path}.name", OWN_NAME))
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
