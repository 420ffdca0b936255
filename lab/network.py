"""Addresses of a node, by its slot; ten labs fit on one machine."""

from dataclasses import dataclass
from typing import Final

SLOTS: Final = 10
API_PORT: Final = 6443
LINK_PREFIX: Final = "istio-lab"


@dataclass(frozen=True)
class Addresses:
    """A veth pair between host and node, and the node's pods and Services, all private ranges."""

    slot: int

    @property
    def host(self) -> str:
        """The host's end of the pair; /30."""
        return f"10.88.{self.slot}.1"

    @property
    def node(self) -> str:
        """The node's end of the pair; /30."""
        return f"10.88.{self.slot}.2"

    @property
    def link(self) -> str:
        """Name of the host's end."""
        return f"{LINK_PREFIX}{self.slot}"

    @property
    def pods(self) -> str:
        """CIDR of the pods."""
        return f"10.244.{self.slot}.0/24"

    @property
    def services(self) -> str:
        """CIDR of the Services."""
        return f"10.96.{self.slot}.0/24"

    @property
    def kubernetes_service(self) -> str:
        """Address of the Service `kubernetes`: always the first of the range."""
        return f"10.96.{self.slot}.1"

    @property
    def dns(self) -> str:
        """Address of the cluster's DNS."""
        return f"10.96.{self.slot}.10"

    @property
    def api(self) -> str:
        """URL of the API server, from the host and from the node."""
        return f"https://{self.node}:{API_PORT}"
