"""Types for the values of a route that Envoy, or istiod before it, would refuse, refused here first."""

import ipaddress
import re
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from settings.names import is_label_value, is_object_name

_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:h|m|s|ms))+")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(h|ms|m|s)")
_MILLISECONDS: Final = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
# A header's name is a token: https://www.rfc-editor.org/rfc/rfc9110#name-tokens
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Variables that Envoy puts into a header's value; of any other one it refuses the whole configuration of the port.
_VARIABLES: Final = (
    *("DOWNSTREAM_LOCAL_ADDRESS", "DOWNSTREAM_REMOTE_ADDRESS", "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT"),
    *("DOWNSTREAM_TLS_VERSION", "HOSTNAME", "PROTOCOL", "REQ(NAME)", "REQUESTED_SERVER_NAME", "RESP(NAME)"),
    *("RESPONSE_CODE", "RESPONSE_FLAGS", "ROUTE_NAME", "START_TIME", "STREAM_ID", "UPSTREAM_CLUSTER", "UPSTREAM_HOST"),
)
_VARIABLE = "|".join(re.escape(one).replace("NAME\\)", r"[-:\w]+\)(?::[0-9]+)?") for one in _VARIABLES)
_HEADER_VALUE = re.compile(rf"(?:[^%]|%%|%(?:{_VARIABLE})%)*", re.ASCII)
MAX_HOST: Final = 253
MAX_REGEX: Final = 1024
MAX_DURATION_HOURS: Final = 2_562_047  # what Go, and so istiod, can count in nanoseconds
# What Envoy knows (x-envoy-retry-on and x-envoy-retry-grpc-on), and any status of HTTP:
# https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
RETRY_CONDITIONS: Final = frozenset(
    {
        *("5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "envoy-ratelimited"),
        *("retriable-4xx", "refused-stream", "retriable-status-codes", "retriable-headers"),
        *("http3-post-connect-failure", "cancelled", "deadline-exceeded", "internal", "resource-exhausted"),
        "unavailable",
    }
)


def milliseconds(duration: str) -> Decimal:
    """Return a duration's length in milliseconds."""
    return sum((Decimal(number) * _MILLISECONDS[unit] for number, unit in _PART.findall(duration)), Decimal(0))


def _duration(value: str) -> str:
    if not _DURATION.fullmatch(value):
        raise ValueError("a duration is a number with a unit (ms, s, m, h), such as 1.5s")
    length = milliseconds(value)
    if length < 1 or length % 1:
        raise ValueError("a duration is whole milliseconds, and at least one")
    if length > MAX_DURATION_HOURS * _MILLISECONDS["h"]:
        raise ValueError(f"a duration is {MAX_DURATION_HOURS}h at the most")
    return value


def _lifetime(value: str) -> str:
    return value if value == "0s" else _duration(value)


def _percentage(value: float) -> float:
    if 0 < value < 0.0001:
        raise ValueError("a percentage is 0, or at least 0.0001")
    return value


def _regex(value: str) -> str:
    # Envoy's own engine; Python's `re` takes what it refuses, such as look-ahead. Few configs have a regex.
    import re2

    if not value:
        raise ValueError("a regex is not empty")
    if len(value) > MAX_REGEX:
        raise ValueError(f"a regex has {MAX_REGEX} characters at the most, and this one {len(value)}")
    if re.search(r"(?<!\\)(?:\\\\)*\\C", value):
        raise ValueError(r"Istio refuses \C, which is a byte and not a character")
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(value, options)
    except re2.error as error:
        reason = error.args[0]
        shown = reason.decode() if isinstance(reason, bytes) else reason
        raise ValueError(f"Envoy's RE2 refuses this regex ({shown})") from None
    return value


def _token(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("a name of HTTP has letters, digits and !#$%&'*+.^_`|~- only")
    return value


def _header_value(value: str) -> str:
    if any(character in "\r\n\0" for character in value):
        raise ValueError("a header's value is one line")
    if not _HEADER_VALUE.fullmatch(value):
        known = ", ".join(f"%{one}%" for one in _VARIABLES)
        raise ValueError(f"a '%' in a header's value is doubled, or starts a variable (known: {known})")
    return value


def _label(value: str) -> str:
    domain, slash, name = value.rpartition("/")
    if not is_label_value(name) or (slash and not _is_domain(domain)):
        raise ValueError(
            "a label's name has 1 to 63 letters, digits, '-', '_' and '.', starts and ends with a letter or digit, "
            "and may stand behind a domain and '/'"
        )
    return value


def _is_domain(value: str) -> bool:
    return len(value) <= MAX_HOST and all(is_object_name(label) for label in value.split("."))


def _matched_header(value: str) -> str:
    # Istio's own rule: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest
    if value.lower() != value:
        raise ValueError("a header to match is written in lower case")
    return _token(value)


def _host(value: str) -> str:
    name = value.removeprefix("*.")
    if value != "*" and not ("." in name and len(value) <= MAX_HOST and _is_domain(name)):
        raise ValueError("a host is a DNS name with a dot in lower case, *.such.a.name, or * for every host")
    if name.rpartition(".")[2].isdecimal() and not _is_address(value):
        raise ValueError("a host's last part is not a number, unless the whole is an address")
    return value


def _is_address(value: str) -> bool:
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        return False
    return True


def _retry_on(value: str) -> str:
    conditions = value.split(",")
    wrong = [one for one in conditions if one not in RETRY_CONDITIONS and not _is_status(one)]
    if wrong:
        raise ValueError(
            f"no condition of Envoy's: {', '.join(repr(one) for one in wrong)} "
            f"(known: {', '.join(sorted(RETRY_CONDITIONS))}, and statuses such as 503)"
        )
    return value


def _is_status(value: str) -> bool:
    return value.isascii() and value.isdecimal() and int(value) in set(HTTPStatus)


def _path(value: str) -> str:
    if not value.startswith("/") or not _is_one_word(value):
        raise ValueError("a path starts with '/' and has no white space")
    return value


def _authority(value: str) -> str:
    if not _is_one_word(value):
        raise ValueError("a Host header is not empty and has no white space")
    return value


def _is_one_word(value: str) -> bool:
    # Of a line's end Envoy refuses the whole configuration of the port.
    return value.isprintable() and " " not in value and value != ""


Duration = Annotated[str, AfterValidator(_duration)]
Lifetime = Annotated[str, AfterValidator(_lifetime)]
Regex = Annotated[str, AfterValidator(_regex)]
HeaderName = Annotated[str, AfterValidator(_token)]
HeaderValue = Annotated[str, AfterValidator(_header_value)]
LabelName = Annotated[str, AfterValidator(_label)]
MatchedHeaderName = Annotated[str, AfterValidator(_matched_header)]
ParameterName = Annotated[str, Field(min_length=1, max_length=1024)]
Authority = Annotated[str, AfterValidator(_authority)]
Host = Annotated[str, AfterValidator(_host)]
RetryOn = Annotated[str, AfterValidator(_retry_on)]
Path = Annotated[str, AfterValidator(_path)]
Percentage = Annotated[float, Field(ge=0, le=100), AfterValidator(_percentage)]
Status = Annotated[int, Field(ge=200, le=599)]
