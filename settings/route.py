"""Config of a route: which service, through which gateway, and what happens to the requests."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import Field

from settings.access import AccessSettings, derived_port
from settings.http import TlsSettings
from settings.names import ObjectName, PathPrefix, Port, ServiceName, is_object_name
from settings.paths import set_command, unset_command
from settings.problem import Problem
from settings.rule import ActionSettings, RuleSettings
from settings.shadow import unreachable
from settings.split import mending_command
from settings.traffic import ConnectionPool, LoadBalancer, OutlierDetection
from settings.values import Host, LabelName

MAX_OF_OWN_GATEWAY: Final = 63 - len("-gateway")
_SPLIT = re.compile(r"(?:rules\[(?P<rule>\d+)\]\.)?split\b")


class RouteSettings(ActionSettings, AccessSettings):
    """One service behind the ingress gateway, by the route's name."""

    service: ServiceName = Field(
        description="Service that is routed to; default the route's name", examples=["reviews"]
    )
    namespace: ObjectName = Field(
        description="namespace of that Service, which must exist; default `namespace`", examples=["default"]
    )
    port: Port = Field(description="port of that Service", examples=[9080])
    hosts: tuple[Host, ...] = Field(
        default=("*",), description="hosts that callers ask for", examples=["reviews.example.com"], strict=False
    )
    prefix: PathPrefix = Field(description="path prefix that is routed; default /NAME", examples=["/reviews"])
    gateway: str | None = Field(
        default=None,
        description="a Gateway that is there, as NAMESPACE/NAME; by default the route has one of its own",
        examples=["istio-system/shared"],
    )
    tls: TlsSettings | None = Field(default=None, description="TLS", examples=[{"credentialName": "reviews-cert"}])
    # A subset's name is also a value of the pods' label; Istio asks for the narrower of the two, a name:
    # https://github.com/istio/istio/blob/1.29.2/pkg/config/validation/validation.go (validateSubsetName)
    subsets: tuple[ObjectName, ...] = Field(
        default=(),
        description="values of the pods' label that can be routed to; none to route to the service as a whole",
        examples=["v1"],
        strict=False,
    )
    subset_label: LabelName = Field(default="version", description="that label", examples=["version"])
    rules: tuple[RuleSettings, ...] = Field(
        default=(), description="special cases; the first that matches counts", examples=[{}], strict=False
    )
    load_balancer: LoadBalancer | None = Field(
        default=None, description="how an endpoint is chosen", examples=[{"simple": "ROUND_ROBIN"}]
    )
    connection_pool: ConnectionPool | None = Field(
        default=None, description="circuit breaker", examples=[{"tcp": {"maxConnections": 100}}]
    )
    outlier_detection: OutlierDetection | None = Field(
        default=None, description="ejection of endpoints that fail", examples=[{"consecutive5xxErrors": 5}]
    )

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield the broken rules between the route's keys."""
        yield from self.inner_problems(path)
        subsets_key = f"{path}.subsets"
        for index, subset in enumerate(self.subsets):
            if subset in self.subsets[:index]:
                key = f"{subsets_key}[{index}]"
                yield Problem(key=key, value=subset, rule="the subset is there already", fix=unset_command(key))
        for index, host in enumerate(self.hosts):
            key = f"{path}.hosts[{index}]"
            if host in self.hosts[:index]:
                yield Problem(key=key, value=host, rule="the host is there already", fix=unset_command(key))
            wider = next((one for one in self.hosts if one != host and _is_within(host, one)), None)
            if wider is not None:
                rule = f"{wider} is among {path}.hosts, and has this host in it"
                yield Problem(key=key, value=host, rule=rule, fix=unset_command(key))
        if not self.hosts:
            key = f"{path}.hosts"
            yield Problem(key=key, value=[], rule="a route needs at least one host", fix=unset_command(key))
        yield from self._split_is_there(path)
        yield from self._redirect_problems(path)
        yield from self.action_problems(path, self.subsets, subsets_key)
        for index, special in enumerate(self.rules):
            of_rule = f"{path}.rules[{index}]"
            yield from special.action_problems(of_rule, self.subsets, subsets_key)
            yield from special.within(self).host_problems(of_rule, special.model_fields_set)
        yield from self.host_problems(path, self.model_fields_set)
        yield from unreachable(self.rules, self.prefix, path)
        yield from self._gateway_problems(path)
        yield from self.access_problems(path, self.namespace, self.service)

    @property
    def port_of_aliases(self) -> int:
        """The port of the gateway's pods that is this route's alone."""
        return self.alias_port or derived_port(self.namespace, self.service)

    def _split_is_there(self, path: str) -> Iterator[Problem]:
        key = f"{path}.split"
        if self.subsets and not self.split and self.redirect is None:
            fix = mending_command(key, {}, self.subsets)
            yield Problem(key=key, value={}, rule="a split needs at least one subset", fix=fix)
        elif "split" in self.model_fields_set and not self.split:
            yield Problem(key=key, value={}, rule="a split needs at least one subset", fix=unset_command(key))

    def _redirect_problems(self, path: str) -> Iterator[Problem]:
        """Yield a redirect that leads back to itself; with rules, one of them may take what it leads to."""
        there = self.redirect
        if there is None or there.uri is None or there.authority or there.scheme or self.rules:
            return
        if there.uri.startswith(self.prefix):
            key = f"{path}.redirect.uri"
            rule = f"{path}.prefix is {self.prefix}, so the redirect leads to itself for ever"
            yield Problem(key=key, value=there.uri, rule=rule, fix=unset_command(f"{path}.redirect"))

    def _gateway_problems(self, path: str) -> Iterator[Problem]:
        if self.gateway is None:
            if len(self.service) > MAX_OF_OWN_GATEWAY:
                rule = (
                    f"the Gateway {self.service}-gateway would have a name of more than 63 characters; "
                    f"name one that is there by {path}.gateway"
                )
                fix = set_command(f"{path}.gateway", "istio-system/shared")
                yield Problem(key=f"{path}.service", value=self.service, rule=rule, fix=fix)
            return
        namespace, slash, name = self.gateway.partition("/")
        if not (slash and is_object_name(namespace) and is_object_name(name)):
            key = f"{path}.gateway"
            fix = set_command(key, "istio-system/shared")
            yield Problem(key=key, value=self.gateway, rule="a Gateway is told as NAMESPACE/NAME", fix=fix)
        if self.tls is not None:
            key = f"{path}.tls"
            rule = f"TLS is the business of the Gateway that {path}.gateway names"
            yield Problem(key=key, value=self.tls.credential_name, rule=rule, fix=unset_command(key))

    @classmethod
    def mend(cls, path: str, key: str, content: Mapping[str, Any]) -> str | None:
        """Return the command that mends a whole split, one for all that is wrong with it."""
        found = _SPLIT.match(key.removeprefix(f"{path}."))
        if not key.startswith(f"{path}.") or found is None:
            return None
        where = content["rules"][int(found["rule"])] if found["rule"] else content
        split = where.get("split", {})
        split_key = f"{path}.{found[0]}"
        subsets = content.get("subsets", [])
        if not isinstance(split, dict) or not isinstance(subsets, list | tuple) or not subsets:
            return unset_command(split_key)
        # What is no text is told by itself; its own fix makes a text of a number.
        named = [str(one) for one in subsets if isinstance(one, str | int | float)]
        return mending_command(split_key, split, named) if named else unset_command(split_key)


def _is_within(host: str, wider: str) -> bool:
    return wider == "*" or (wider.startswith("*.") and host.endswith(wider[1:]))
