"""Names and shapes that Google Cloud would refuse minutes later, refused here first."""

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator

# Google also allows letters of other alphabets: https://cloud.google.com/compute/docs/labeling-resources
LABEL_KEY = re.compile(r"[a-z][-_a-z0-9]{0,62}")
LABEL_VALUE = re.compile(r"[-_a-z0-9]{0,63}")


def _matches(pattern: str, rule: str) -> AfterValidator:
    shape = re.compile(pattern)

    def check(value: str) -> str:
        if not shape.fullmatch(value):
            raise ValueError(rule)
        return value

    return AfterValidator(check)


def _cidr(value: str) -> str:
    if why := not_a_cidr(value):
        raise ValueError(why)
    return value


def not_a_cidr(value: str) -> str | None:
    """Return why the text is not an IPv4 range in CIDR notation; None when it is one."""
    if "/" not in value:
        return "an IPv4 range has a prefix length, such as 10.10.0.0/24"
    try:
        ipaddress.IPv4Network(value)
    except ValueError as error:
        return f"it is not an IPv4 range in CIDR notation: {error}"
    return None


# https://cloud.google.com/resource-manager/docs/creating-managing-projects
ProjectId = Annotated[
    str,
    _matches(
        r"([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]",
        "a project id (neither its name nor its number) has 6 to 30 lower-case letters, digits and '-', "
        "starts with a letter and ends with a letter or digit",
    ),
]
# The rule of the GCP provider's own schema, which only speaks once `up` has begun.
ClusterName = Annotated[
    str,
    _matches(
        r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?",
        "a cluster's name has 1 to 40 lower-case letters, digits and '-', "
        "starts with a letter and ends with a letter or digit",
    ),
]
Location = Annotated[
    str,
    _matches(
        r"[a-z]+-[a-z]+[0-9]+(-[a-z])?",
        "a location is a zone, such as us-central1-f, or a region, such as us-central1",
    ),
]
Zone = Annotated[str, _matches(r"[a-z]+-[a-z]+[0-9]+-[a-z]", "a zone is a region and a letter, such as us-central1-f")]
MachineType = Annotated[
    str,
    _matches(
        r"[a-z][0-9]+[a-z]*-[a-z]+(-[0-9]+[a-z]?)*(-[a-z]+)?",
        "a machine type is FAMILY-KIND-CPUS, such as e2-standard-2 or n2-custom-4-8192",
    ),
]
Ttl = Annotated[str, _matches(r"[1-9][0-9]{0,3}[hd]", "a time to live is a number of hours or days, such as 72h or 3d")]
Email = Annotated[str, _matches(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an account is named by its e-mail address")]
NetworkName = Annotated[
    str,
    _matches(
        r"(projects/[^/]+/global/networks/)?[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
        "a network is NAME, or another project's projects/PROJECT/global/networks/NAME",
    ),
]
SubnetworkName = Annotated[
    str,
    _matches(
        r"(projects/[^/]+/regions/[^/]+/subnetworks/)?[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
        "a subnetwork is NAME, or another project's projects/PROJECT/regions/REGION/subnetworks/NAME",
    ),
]
RangeName = Annotated[
    str,
    _matches(
        r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
        "a secondary range's name has 1 to 63 lower-case letters, digits and '-'",
    ),
]
Label = Annotated[str, _matches(r"[-_a-z0-9]{1,63}", "a label has 1 to 63 lower-case letters, digits, '-' and '_'")]
Cidr = Annotated[str, AfterValidator(_cidr)]
