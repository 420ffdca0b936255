"""What of Istio the stack brings: all of it, gateways beside a control plane, or nothing.

Owns the choice between the three. Nothing after it asks which one it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi

from components.istio import MinimalIstio, MinimalIstioArgs
from components.own_gateways import OwnGateways, OwnGatewaysArgs
from settings import Settings
from settings.entrance import Entrance
from settings.istiod import Istiod
from settings.survey import assumed


class Gateway(Protocol):
    """A gateway that routes are programmed into."""

    @property
    def host(self) -> str:
        """DNS name inside the cluster; empty where it is not known."""

    @property
    def namespace(self) -> str:
        """Namespace of its pods."""

    @property
    def address(self) -> pulumi.Output[str]:
        """IP or host name outside; empty where there is none."""

    @property
    def selector(self) -> Mapping[str, str]:
        """The pods' labels that a Gateway object selects it by."""


@dataclass(frozen=True, kw_only=True)
class Installation:
    """An Istio to route with.

    Attributes:
        egress: None where the stack has no gateway of its own.
        head_start: what istiod does not need waits for it, where the stack starts one.
        crds: what a Gateway, VirtualService or DestinationRule must depend on.
        version: of Istio; empty where it is not known.
    """

    ingress: Gateway
    egress: Gateway | None = None
    head_start: Sequence[pulumi.Resource] = ()
    crds: Sequence[pulumi.Resource] = ()
    version: str

    @property
    def way_out(self) -> Gateway:
        """The egress gateway, which there is wherever the config has a way out."""
        assert self.egress is not None, "settings.load() refuses a way out without it"  # noqa: S101 - an invariant
        return self.egress


@dataclass(frozen=True, kw_only=True)
class ExistingGateway:
    """A gateway that is there, and not declared."""

    host: str
    namespace: str
    address: pulumi.Output[str]
    selector: Mapping[str, str]


def provide(settings: Settings, opts: pulumi.ResourceOptions) -> Installation:
    """Return the Istio that the settings ask for, declared as far as it is not there."""
    istio, gateway = settings.istio, settings.gateway
    if istio.install == "controlPlane":
        minimal = MinimalIstio("istio", MinimalIstioArgs(istio=istio, gateway=gateway), opts)
        return Installation(
            ingress=minimal.ingress,
            egress=minimal.egress,
            head_start=[minimal.head_start],
            crds=[minimal.crds],
            version=istio.version,
        )
    # A render asks no cluster.
    istiod = settings.istiod or assumed(istio)
    if istio.install == "gateway":
        args = OwnGatewaysArgs(istiod=istiod, image=istio.image(istiod), gateway=gateway)
        own = OwnGateways("gateways", args, opts)
        return Installation(ingress=own.ingress, egress=own.egress, version=istio.version_beside(istiod))
    return _existing(settings, istiod)


def _existing(settings: Settings, istiod: Istiod) -> Installation:
    found = settings.entrance or Entrance(selector=settings.gateway.selector)
    ingress = ExistingGateway(
        host=found.host,
        namespace=found.namespace or settings.istio.namespace,
        address=pulumi.Output.from_input(found.address),
        selector=found.selector,
    )
    return Installation(ingress=ingress, version=istiod.version or "")
