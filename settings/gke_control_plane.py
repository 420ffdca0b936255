"""Config of how a cluster's Kubernetes API is reached."""

from collections.abc import Iterator

from pydantic import Field

from settings.gke_types import not_a_cidr
from settings.paths import member, set_command, unset_command
from settings.problem import Problem, Section


class ControlPlaneSettings(Section):
    """The control plane's two endpoints, and who may reach the one that has an address.

    Whatever runs the stack must be able to reach the endpoint too.
    """

    authorized_networks: dict[str, str] = Field(
        default={},
        description="IPv4 ranges that may reach the IP endpoint, by name; empty lets every address try",
        examples=[{"office": "203.0.113.0/24"}],
    )
    dns_endpoint: bool = Field(
        default=False,
        description="reach the API by its DNS name, guarded by IAM and not by addresses",
        examples=["true"],
    )
    ip_endpoint: bool = Field(default=True, description="reach the API by its IP address", examples=["true"])

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a control plane that nobody can reach, and networks that guard nothing or are none."""
        if not self.ip_endpoint and not self.dns_endpoint:
            yield Problem(
                key=f"{path}.ipEndpoint",
                value=False,
                rule=f"nobody could reach the cluster, for {path}.dnsEndpoint is off as well",
                fix=set_command(f"{path}.dnsEndpoint", "true"),
            )
        if self.authorized_networks and not self.ip_endpoint:
            yield Problem(
                key=f"{path}.authorizedNetworks",
                value=self.authorized_networks,
                rule=f"they guard the IP endpoint only, and {path}.ipEndpoint is off",
                fix=unset_command(f"{path}.authorizedNetworks"),
            )
        for name, cidr in self.authorized_networks.items():
            if why := not_a_cidr(cidr):
                key = member(f"{path}.authorizedNetworks", name)
                yield Problem(key=key, value=cidr, rule=why, fix=set_command(key, "203.0.113.0/24"))
