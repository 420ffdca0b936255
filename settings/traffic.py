"""Config of the traffic to a service's endpoints, by Istio's terms: balance, limits, ejection.

https://istio.io/latest/docs/reference/config/networking/destination-rule/
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from settings.paths import set_command, unset_command
from settings.problem import Problem, Section
from settings.values import Duration, HeaderName, Lifetime, Path


class HttpCookie(Section):
    """A cookie that ties a caller to an endpoint; the gateway sets it where there is none and it has a `ttl`."""

    name: HeaderName = Field(description="name", examples=["user"])
    path: Path | None = Field(default=None, description="path", examples=["/"])
    ttl: Lifetime | None = Field(
        default=None, description="lifetime of a cookie that the gateway sets; 0s for a session", examples=["1h"]
    )


class ConsistentHash(Section):
    """What ties a caller to an endpoint: one of the three. A weighted split comes first, and knows nothing of it."""

    http_header_name: HeaderName | None = Field(default=None, description="a header", examples=["x-user"])
    http_cookie: HttpCookie | None = Field(default=None, description="a cookie", examples=[{"name": "user"}])
    use_source_ip: bool | None = Field(default=None, description="the caller's address", examples=[True])

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield an affinity to nothing, or to two things."""
        if len(self.model_fields_set) != 1 or self.use_source_ip is False:
            rule = "one of httpHeaderName, httpCookie and useSourceIp (true) is set"
            shown = self.model_dump(by_alias=True, exclude_unset=True)
            yield Problem(key=path, value=shown, rule=rule, fix=unset_command(path))


class LoadBalancer(Section):
    """How an endpoint is chosen: a policy, or affinity."""

    simple: Literal["LEAST_REQUEST", "ROUND_ROBIN", "RANDOM", "PASSTHROUGH"] | None = Field(
        default=None, description="policy; Istio's default is LEAST_REQUEST", examples=["ROUND_ROBIN"]
    )
    consistent_hash: ConsistentHash | None = Field(
        default=None, description="session affinity", examples=[{"httpHeaderName": "x-user"}]
    )

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield both at once, or neither."""
        yield from self.inner_problems(path)
        if len(self.model_fields_set) != 1:
            rule = "one of simple and consistentHash is set"
            shown = self.model_dump(by_alias=True, exclude_unset=True)
            yield Problem(key=path, value=shown, rule=rule, fix=unset_command(path))


class TcpPool(Section):
    """Limits of the connections, per gateway pod."""

    max_connections: int | None = Field(default=None, description="connections", examples=[100], ge=1, le=2**31 - 1)
    connect_timeout: Duration | None = Field(default=None, description="time to connect", examples=["1s"])


class HttpPool(Section):
    """Limits of the requests, per gateway pod; what is over them is answered with 503 (flag UO)."""

    http1_max_pending_requests: int | None = Field(
        default=None, description="requests that wait for a connection", examples=[10], ge=1, le=2**31 - 1
    )
    http2_max_requests: int | None = Field(
        default=None, description="requests at a time, of HTTP/1.1 too", examples=[100], ge=1, le=2**31 - 1
    )
    max_requests_per_connection: int | None = Field(
        default=None, description="requests before a connection is closed", examples=[1], ge=1, le=2**29 - 1
    )
    max_retries: int | None = Field(default=None, description="retries at a time", examples=[3], ge=1, le=2**31 - 1)
    idle_timeout: Duration | None = Field(default=None, description="idle time of a connection", examples=["30s"])


class ConnectionPool(Section):
    """The circuit breaker: how much a service is asked at a time."""

    tcp: TcpPool | None = Field(default=None, description="connections", examples=[{"maxConnections": 100}])
    http: HttpPool | None = Field(default=None, description="requests", examples=[{"http1MaxPendingRequests": 10}])

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a limit of nothing."""
        for name, part in (("tcp", self.tcp), ("http", self.http)):
            if part is not None and not part.model_fields_set:
                key = f"{path}.{name}"
                yield Problem(key=key, value={}, rule="it limits nothing", fix=unset_command(key))
        if self.tcp is None and self.http is None:
            yield Problem(key=path, value={}, rule="it limits nothing", fix=unset_command(path))


class OutlierDetection(Section):
    """Endpoints that fail are left alone for a while, then tried again."""

    consecutive5xx_errors: int | None = Field(
        default=None,
        alias="consecutive5xxErrors",
        description="5xx in a row; 0 for never",
        examples=[5],
        ge=0,
        le=2**32 - 1,
    )
    consecutive_gateway_errors: int | None = Field(
        default=None, description="502, 503 and 504 in a row; 0 for never", examples=[5], ge=0, le=2**32 - 1
    )
    interval: Duration | None = Field(default=None, description="time between two looks", examples=["10s"])
    base_ejection_time: Duration | None = Field(
        default=None, description="how long, times the ejections so far", examples=["30s"]
    )
    max_ejection_percent: int | None = Field(
        default=None, description="endpoints that can be out, in percent", examples=[100], ge=0, le=100
    )
    min_health_percent: int | None = Field(
        default=None, description="below this none is left out, in percent", examples=[50], ge=0, le=100
    )

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield gateway errors that never count, since every one of them is a 5xx that counts first."""
        all_errors, gateway_errors = self.consecutive5xx_errors, self.consecutive_gateway_errors
        if all_errors and gateway_errors and gateway_errors >= all_errors:
            key = f"{path}.consecutiveGatewayErrors"
            rule = f"{path}.consecutive5xxErrors ({all_errors}) counts the same answers, and is reached first"
            yield Problem(key=key, value=gateway_errors, rule=rule, fix=set_command(key, max(all_errors - 1, 1)))
