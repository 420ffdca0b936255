"""Config of the network that a cluster lives in."""

import ipaddress
from collections.abc import Iterator
from itertools import chain, combinations

from pydantic import Field
from pydantic.alias_generators import to_camel

from settings.gke_types import Cidr, NetworkName, RangeName, SubnetworkName
from settings.paths import set_command, unset_command
from settings.problem import Problem, Section

RANGES = {"nodes": "10.10.0.0/24", "pods": "10.20.0.0/16", "services": "10.30.0.0/20"}
# Google keeps four addresses of a subnet's primary range for itself:
# https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet
RESERVED_ADDRESSES = 4
# A node takes a /24 of the pods' range for up to 110 pods, GKE's default:
# https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr
NODE_PREFIX = 24
# An upgrade adds a node before it drains one.
SURGE = 1
# GKE's smallest range of Services: 32 addresses.
SERVICES_PREFIX = 27
# Autopilot decides alone how many nodes it has; eight make the /21 that GKE asks for.
AUTOPILOT_NODES = 7


class NetworkSettings(Section):
    """A network of the cluster's own, or one that is there already.

    The cluster is VPC-native: nodes, pods and Services each have a range of one subnetwork.
    """

    nodes: Cidr = Field(
        default=RANGES["nodes"], description="own network: range of the nodes", examples=[RANGES["nodes"]]
    )
    pods: Cidr = Field(default=RANGES["pods"], description="own network: range of the pods", examples=[RANGES["pods"]])
    services: Cidr = Field(
        default=RANGES["services"],
        description="own network: range of the Services",
        examples=[RANGES["services"]],
    )
    private_nodes: bool = Field(
        default=False,
        description="nodes without public addresses; the own network gets a Cloud NAT for their way out",
        examples=["true"],
    )
    name: NetworkName | None = Field(
        default=None, description="an existing network, used as it is", examples=["shared"]
    )
    subnetwork: SubnetworkName | None = Field(
        default=None, description="an existing subnetwork of that network", examples=["shared-us-central1"]
    )
    pods_range: RangeName | None = Field(
        default=None,
        description="existing network: name of the secondary range for pods; unset, GKE adds one",
        examples=["pods"],
    )
    services_range: RangeName | None = Field(
        default=None,
        description="existing network: name of the secondary range for Services; unset, GKE adds one",
        examples=["services"],
    )

    @property
    def existing(self) -> bool:
        """Whether the cluster moves into a network that is there already."""
        return self.name is not None or self.subnetwork is not None

    def problems_for(self, path: str, nodes: int | None) -> Iterator[Problem]:
        """Yield the rules that this section breaks in a cluster of so many nodes.

        Args:
            path: where the section stands in the config.
            nodes: the most nodes there can be; None where Autopilot decides.
        """
        if self.existing:
            yield from self._existing_problems(path)
        else:
            yield from self._own_problems(path, (AUTOPILOT_NODES if nodes is None else nodes) + SURGE)

    def _existing_problems(self, path: str) -> Iterator[Problem]:
        for key, other in (("name", "subnetwork"), ("subnetwork", "name"), *_RANGE_NAMES):
            if getattr(self, _FIELDS[key]) is None and getattr(self, _FIELDS[other]) is not None:
                yield Problem(
                    key=f"{path}.{key}",
                    value=None,
                    rule=f"{path}.{other} is set, and one is of no use without the other",
                    fix=set_command(f"{path}.{key}", _EXAMPLES[key]),
                )
        for key in RANGES:
            if key in self.model_fields_set:
                yield Problem(
                    key=f"{path}.{key}",
                    value=getattr(self, key),
                    rule="an existing network has its ranges already; this is for the stack's own",
                    fix=unset_command(f"{path}.{key}"),
                )

    def _own_problems(self, path: str, nodes: int) -> Iterator[Problem]:
        for key, _ in _RANGE_NAMES:
            if getattr(self, _FIELDS[key]) is not None:
                yield Problem(
                    key=f"{path}.{key}",
                    value=getattr(self, _FIELDS[key]),
                    rule=f"it names a range of an existing subnetwork, and {path}.name is not set",
                    fix=unset_command(f"{path}.{key}"),
                )
        ranges = {key: ipaddress.IPv4Network(getattr(self, key)) for key in RANGES}
        for (key, one), (other, two) in combinations(ranges.items(), 2):
            if one.overlaps(two):
                yield _bad_range(
                    path,
                    other,
                    ranges,
                    rule=f"it overlaps {path}.{key}, which is {one}",
                    prefix=two.prefixlen,
                )
        yield from _size_problems(path, ranges, nodes)


def _size_problems(path: str, ranges: dict[str, ipaddress.IPv4Network], nodes: int) -> Iterator[Problem]:
    # (n - 1).bit_length() is how many bits tell n things apart.
    needs = {
        "nodes": (32 - (nodes + RESERVED_ADDRESSES - 1).bit_length(), f"{nodes} nodes need"),
        "pods": (NODE_PREFIX - (nodes - 1).bit_length(), f"{nodes} nodes with a /24 each need"),
        "services": (SERVICES_PREFIX, "GKE asks for"),
    }
    for key, (prefix, who) in needs.items():
        if ranges[key].prefixlen > prefix:
            count = " (one of them only during upgrades)" if key != "services" else ""
            yield _bad_range(
                path,
                key,
                ranges,
                rule=f"it is too small: {who} a /{prefix} at the least{count}",
                prefix=prefix,
            )


def _bad_range(path: str, key: str, ranges: dict[str, ipaddress.IPv4Network], *, rule: str, prefix: int) -> Problem:
    """Return a problem whose fix is a range of that size apart from the others, the default if it is."""
    others = [given for name, given in ranges.items() if name != key]
    default = ipaddress.IPv4Network(RANGES[key])
    candidates = chain(
        [default] if default.prefixlen <= prefix else [],
        ipaddress.IPv4Network("10.0.0.0/8").subnets(new_prefix=max(prefix, 8)),
    )
    free = (str(one) for one in candidates if not any(one.overlaps(other) for other in others))
    return Problem(
        key=f"{path}.{key}",
        value=str(ranges[key]),
        rule=rule,
        fix=set_command(f"{path}.{key}", next(free, "A_FREE_RANGE")),
    )


_RANGE_NAMES = (("podsRange", "servicesRange"), ("servicesRange", "podsRange"))
_FIELDS = {to_camel(name): name for name in NetworkSettings.model_fields}
_EXAMPLES = {to_camel(name): (field.examples or [""])[0] for name, field in NetworkSettings.model_fields.items()}
