"""Config of the way out: services outside the cluster that callers reach through the egress gateway.

Owns the defaults that follow from what is said of a service, and the rules between two of them.
"""

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from settings.names import ObjectName, Port, ServiceName
from settings.paths import member, set_command, unset_command
from settings.problem import Problem, Section
from settings.route import MAX_OF_OWN_GATEWAY, RouteSettings
from settings.values import Host

PORTS: Final = {"HTTP": 80, "HTTPS": 443}


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _address(value: str) -> str:
    if not _is_address(value):
        raise ValueError("an address is an IP address, such as 192.0.2.10")
    return value


class EgressSettings(Section):
    """One service outside the cluster: callers ask for `http://NAME`, and the egress gateway goes out for them."""

    host: Host = Field(description="its DNS name", examples=["api.example.com"])
    protocol: Literal["HTTP", "HTTPS"] = Field(
        default="HTTPS", description="what it speaks; the egress gateway encrypts HTTPS", examples=["HTTP"]
    )
    port: Port = Field(description="its port; default 443 for HTTPS, 80 for HTTP", examples=[443])
    namespace: ObjectName = Field(
        description="namespace in which NAME is its name, which must exist; default `namespace`", examples=["default"]
    )
    addresses: tuple[Annotated[str, AfterValidator(_address)], ...] = Field(
        default=(),
        description="its IP addresses; none to look its name up in DNS",
        examples=["192.0.2.10"],
        strict=False,
    )
    credential_name: ObjectName | None = Field(
        default=None,
        description="Secret with `ca.crt`, in the gateways' namespace: who signs its certificate; by default the CAs "
        "that the gateway's image knows",
        examples=["api-ca"],
    )

    @property
    def authority(self) -> str:
        """What it is asked for in the header `Host`."""
        return self.host if self.port == PORTS[self.protocol] else f"{self.host}:{self.port}"

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a host that is no name, an address that is told twice, and a CA that no certificate is seen for."""
        if self.host.startswith("*"):
            key = f"{path}.host"
            fix = set_command(key, "api.example.com")
            yield Problem(key=key, value=self.host, rule="the gateway goes out to one host, not to a pattern", fix=fix)
        elif _is_address(self.host):
            key = f"{path}.host"
            fix = set_command(key, "api.example.com")
            rule = f"Istio knows a host by a DNS name; an address of it is one of {path}.addresses"
            yield Problem(key=key, value=self.host, rule=rule, fix=fix)
        for index, address in enumerate(self.addresses):
            if address in self.addresses[:index]:
                key = f"{path}.addresses[{index}]"
                yield Problem(key=key, value=address, rule="the address is there already", fix=unset_command(key))
        if self.credential_name and self.protocol == "HTTP":
            key = f"{path}.credentialName"
            rule = f"{path}.protocol is HTTP, and so there is no certificate"
            yield Problem(key=key, value=self.credential_name, rule=rule, fix=unset_command(key))


Egress = dict[ServiceName, EgressSettings]


def contents(given: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    """Return the content of every service outside, with what follows from its protocol.

    Args:
        given: `egress` as it stands in the config.
        namespace: where its name is that says nothing else.
    """
    return {
        name: _with_defaults(content, namespace) if isinstance(content, dict) else content
        for name, content in given.items()
    }


def _with_defaults(content: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    port = PORTS.get(str(content.get("protocol")), PORTS["HTTPS"])
    return {"namespace": namespace, "port": port, **content}


def conflicts(
    egress: Mapping[str, EgressSettings], routes: Mapping[str, RouteSettings], brought: Collection[str] = ()
) -> Iterator[Problem]:
    """Yield names that another Service has or that are too long, and hosts that two names lead to.

    Args:
        egress: services outside, by name.
        routes: the stack's routes.
        brought: the Services that the stack itself brings, as NAMESPACE/NAME.
    """
    services = {f"{route.namespace}/{route.service}" for route in routes.values()}
    services |= {alias for route in routes.values() for alias in route.aliases} | set(brought)
    hosts: dict[str, str] = {}
    for name, one in egress.items():
        key = member("egress", name)
        if len(name) > MAX_OF_OWN_GATEWAY:
            rule = f"its Gateway {name}-gateway would have a name of more than 63 characters; give it a shorter one"
            yield Problem(key=key, value=name, rule=rule, fix=unset_command(key))
        if f"{one.namespace}/{name}" in services:
            rule = f"the namespace {one.namespace} has a Service of this name; call it something else"
            yield Problem(key=key, value=name, rule=rule, fix=unset_command(key))
        first = hosts.setdefault(one.host, name)
        if first != name:
            rule = f"{member('egress', first)} leads there already"
            yield Problem(key=f"{key}.host", value=one.host, rule=rule, fix=unset_command(key))
