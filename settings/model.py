"""The whole config as one frozen value."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from settings import brought
from settings.cluster import ExistingCluster
from settings.egress import Egress
from settings.egress import conflicts as egress_conflicts
from settings.entrance import Entrance
from settings.gke import GkeSettings
from settings.istio import GatewaySettings, IstioSettings
from settings.istiod import Istiod
from settings.names import NAMESPACES_OF_KUBERNETES, ObjectName
from settings.paths import member, set_command, unset_command
from settings.problem import Problem, Section
from settings.route import RouteSettings
from settings.routes import POST_NAME, conflicts, post_route


class Settings(Section):
    """Everything that a stack decides; the story in ``__main__.py`` reads nothing else."""

    target: Literal["gke", "existing"] = Field(
        default="existing",
        description="`gke`: the stack owns the cluster; `existing`: a context of your kubeconfig",
        examples=["existing"],
    )
    kubeconfig: str = Field(
        default="", description="target existing: path of the kubeconfig", examples=["~/.kube/config"]
    )
    context: str = Field(default="", description="target existing: context in the kubeconfig", examples=["kind-demo"])
    namespace: ObjectName = Field(
        default="default", description="namespace of Bookinfo and sleep", examples=["default"]
    )
    gke: GkeSettings | None = Field(default=None, description="target gke: the cluster", examples=[{}])
    istio: IstioSettings = Field(default_factory=IstioSettings, description="the minimal Istio", examples=[{}])
    gateway: GatewaySettings = Field(default_factory=GatewaySettings, description="its gateways", examples=[{}])
    bookinfo: bool = Field(
        default=True, description="deploy Bookinfo and sleep, with the route `reviews`", examples=[False], strict=False
    )
    routes: dict[ObjectName, RouteSettings] = Field(
        default_factory=lambda: {POST_NAME: post_route()},
        description="services behind the ingress gateway; default the post's `reviews`",
        examples=[{}],
    )
    egress: Egress = Field(
        default={}, description="services outside the cluster behind the egress gateway, by name", examples=[{}]
    )
    cluster: ExistingCluster | None = Field(
        default=None, exclude=True, description="resolved, not a key of the config", examples=[{}]
    )
    istiod: Istiod | None = Field(
        default=None, exclude=True, description="found in the cluster, not a key of the config", examples=[{}]
    )
    entrance: Entrance | None = Field(
        default=None, exclude=True, description="found in the cluster, not a key of the config", examples=[{}]
    )

    def problems(self, path: str) -> Iterator[Problem]:  # noqa: ARG002 - the whole config stands nowhere
        """Yield a namespace that the stack cannot have for the applications, and what is at odds with each other."""
        if self.namespace in NAMESPACES_OF_KUBERNETES and self.namespace != "default":
            rule = "the stack creates the applications' namespace, and every cluster has this one already"
        elif self.istio.install == "controlPlane" and self.namespace == self.istio.namespace:
            rule = "the applications have a namespace of their own, and istio.namespace is the same"
        else:
            rule = ""
        if rule:
            fix = set_command("namespace", "default")
            yield Problem(key="namespace", value=self.namespace, rule=rule, fix=fix)
        services = brought.services(self.istio, self.gateway, self.namespace if self.bookinfo else None)
        yield from conflicts(self.routes, services)
        if self.istio.install == "nothing":
            for name, egress in self.egress.items():
                key = member("egress", name)
                rule = "with istio.install nothing the stack has no egress gateway that it could go through"
                yield Problem(key=key, value=egress.host, rule=rule, fix=unset_command(key))
        yield from egress_conflicts(self.egress, self.routes, services)
