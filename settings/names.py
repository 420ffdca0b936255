"""Types for names and shapes that Kubernetes would refuse later, refused here first."""

import ipaddress
import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

# RFC 1123 and RFC 1035 labels as the API server checks them:
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_RFC1123_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_RFC1035_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
_LABEL = re.compile(r"[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?")

# Namespaces that every cluster has: declared, they would be an error of "already exists".
NAMESPACES_OF_KUBERNETES = ("default", "kube-node-lease", "kube-public", "kube-system")

# DNS takes whole names only. Kubernetes has no other default, and a cluster with another says so when it is made.
CLUSTER_DOMAIN: Final = "cluster.local"


def is_object_name(value: str) -> bool:
    """Return whether Kubernetes takes a name for a namespace, a Secret and the like."""
    return _RFC1123_LABEL.fullmatch(value) is not None


def check_object_name(value: str) -> str:
    """Return a name that Kubernetes takes for a namespace, a Secret and the like; raise ``ValueError`` for another."""
    if not is_object_name(value):
        raise ValueError(
            "a Kubernetes name has 1 to 63 lower-case letters, digits and '-', "
            "and starts and ends with a letter or digit"
        )
    return value


def check_service_name(value: str) -> str:
    """Return a name that Kubernetes takes for a Service; raise ``ValueError`` for another."""
    if not _RFC1035_LABEL.fullmatch(value):
        raise ValueError(
            "a Service name has 1 to 63 lower-case letters, digits and '-', "
            "starts with a letter and ends with a letter or digit"
        )
    return value


def is_label_value(value: str) -> bool:
    """Return whether Kubernetes takes a text for a label's value, or for its name without a domain."""
    return _LABEL.fullmatch(value) is not None


def _label_value(value: str) -> str:
    if not is_label_value(value):
        raise ValueError("a label's value has 1 to 63 letters, digits, '-', '_' and '.'")
    return value


def _path_prefix(value: str) -> str:
    if not is_path(value):
        raise ValueError("a path prefix starts with '/' and has no white space, '?' or '#'")
    return value


def is_path(value: str) -> bool:
    """Return whether a request can have such a path; a query is no part of it."""
    return value.startswith("/") and value.isprintable() and not set(" ?#") & set(value)


def _source_range(value: str) -> str:
    if "/" not in value:
        raise ValueError("a range of addresses has a prefix length, such as 203.0.113.0/24")
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f"it is not a range of addresses in CIDR notation: {error}") from error
    return value


ObjectName = Annotated[str, AfterValidator(check_object_name)]
ServiceName = Annotated[str, AfterValidator(check_service_name)]
LabelValue = Annotated[str, AfterValidator(_label_value)]
PathPrefix = Annotated[str, AfterValidator(_path_prefix)]
SourceRange = Annotated[str, AfterValidator(_source_range)]
Port = Annotated[int, Field(ge=1, le=65535)]
Weight = Annotated[int, Field(ge=0, le=100)]
