"""Config of who reaches a route's service, and by which names inside the cluster."""

import zlib
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from settings.names import LabelValue, check_object_name, check_service_name
from settings.paths import member, set_command, unset_command
from settings.problem import Problem, Section
from settings.values import LabelName

FIRST_PORT: Final = 20000
PORTS: Final = 10000
MAX_WITH_ALIASES: Final = 63 - len(f"-{FIRST_PORT}")


def _alias(value: str) -> str:
    namespace, slash, service = value.partition("/")
    if not slash:
        raise ValueError("an alias is told as NAMESPACE/NAME, such as team-b/service-a")
    check_object_name(namespace)
    check_service_name(service)
    return value


Alias = Annotated[str, AfterValidator(_alias)]


class AccessSettings(Section):
    """What a route says about the callers inside the cluster."""

    aliases: dict[Alias, Literal["gateway", "service"]] = Field(
        default={},
        description="names that callers keep, as NAMESPACE/NAME; each leads to the `gateway`, or straight to the "
        "`service` as before the route",
        examples=[{"team-b/service-a": "gateway"}],
    )
    alias_port: int | None = Field(
        default=None,
        description="port of the gateway's pods that aliases lead to; by default one that follows from "
        "namespace and service",
        examples=[FIRST_PORT],
        ge=FIRST_PORT,
        lt=FIRST_PORT + PORTS,
    )
    only_through_gateway: bool = Field(
        default=False,
        description="the service's pods take requests from the ingress gateway's pods only; holds where the cluster "
        "enforces NetworkPolicy",
        examples=[True],
    )
    pod_labels: dict[LabelName, LabelValue] = Field(
        default={},
        description="labels of the service's pods, for onlyThroughGateway; default app: SERVICE",
        examples=[{"app": "reviews"}],
    )

    def access_problems(self, path: str, namespace: str, service: str) -> Iterator[Problem]:
        """Yield what is wrong between these keys, and between them and the Service.

        Args:
            path: where the route stands in the config.
            namespace: the Service's.
            service: the Service's name.
        """
        if self.aliases and len(service) > MAX_WITH_ALIASES:
            key = f"{path}.aliases"
            rule = (
                f"the Service that they lead to is {service} with '-' and a port, which would be a name of more than "
                "63 characters"
            )
            yield Problem(key=key, value=self.aliases, rule=rule, fix=unset_command(key))
        for alias, target in self.aliases.items():
            key = member(f"{path}.aliases", alias)
            if alias == f"{namespace}/{service}":
                rule = (
                    "it is the Service itself, and its name cannot lead to its pods and to the gateway at once; give "
                    f"the alias the callers' namespace, or another name, such as {alias}-gateway"
                )
                yield Problem(key=key, value=target, rule=rule, fix=unset_command(key))
            elif target == "service" and self.only_through_gateway:
                rule = f"{path}.onlyThroughGateway is true, so its callers would find the service closed"
                yield Problem(key=key, value=target, rule=rule, fix=set_command(key, "gateway"))
        if self.alias_port is not None and not self.aliases:
            key = f"{path}.aliasPort"
            yield Problem(
                key=key, value=self.alias_port, rule=f"{path}.aliases has none that need it", fix=unset_command(key)
            )
        if self.pod_labels and not self.only_through_gateway:
            key = f"{path}.podLabels"
            rule = f"only {path}.onlyThroughGateway asks for it, which is false"
            yield Problem(key=key, value=self.pod_labels, rule=rule, fix=unset_command(key))


def derived_port(namespace: str, service: str) -> int:
    """Return the port of a service's aliases where the config names none: the same in every run, on every machine."""
    return FIRST_PORT + zlib.crc32(f"{namespace}/{service}".encode()) % PORTS
