"""Config of what happens to a request at the gateway, by Istio's terms.

Owns the parts of a rule that stand alone: retries, faults, CORS and the like. Which requests a rule
is for is ``settings.match``, and the rule as a whole ``settings.rule``.
https://istio.io/latest/docs/reference/config/networking/virtual-service/
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from settings.match import StringMatch
from settings.names import ObjectName
from settings.paths import member, set_command, unset_command
from settings.problem import Problem, Section
from settings.values import (
    Authority,
    Duration,
    HeaderName,
    HeaderValue,
    Host,
    Path,
    Percentage,
    RetryOn,
    Status,
    milliseconds,
)


class Retries(Section):
    """How often a failed request is tried again. Istio's own default is two times, and never on a plain 503."""

    attempts: int = Field(description="retries at the most; 0 for none", examples=[3], ge=0, le=100)
    per_try_timeout: Duration | None = Field(default=None, description="time for each try", examples=["2s"])
    retry_on: RetryOn | None = Field(
        default=None, description="conditions, separated by commas", examples=["5xx,connect-failure"]
    )

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield retries that are off and described all the same."""
        if self.attempts == 0 and (self.per_try_timeout or self.retry_on):
            rule = f"with {path}.attempts 0 there is no try that perTryTimeout or retryOn could be for"
            yield Problem(key=f"{path}.attempts", value=0, rule=rule, fix=set_command(f"{path}.attempts", 3))


class Delay(Section):
    """A delay before a request is passed on."""

    fixed_delay: Duration = Field(description="how long", examples=["2s"])
    percentage: Percentage = Field(default=100, description="percent of the requests", examples=[50])


class Abort(Section):
    """An answer instead of the service's."""

    http_status: Status = Field(description="its status", examples=[503])
    percentage: Percentage = Field(default=100, description="percent of the requests", examples=[50])


class Fault(Section):
    """Faults that are injected, to see how callers take them. The rule's timeout does not cut a delay."""

    delay: Delay | None = Field(default=None, description="a delay", examples=[{"fixedDelay": "2s"}])
    abort: Abort | None = Field(default=None, description="an abort", examples=[{"httpStatus": 503}])

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a fault that is none."""
        if self.delay is None and self.abort is None:
            rule = "a fault is a delay, an abort or both"
            yield Problem(key=path, value={}, rule=rule, fix=unset_command(path))


class Mirror(Section):
    """A copy of each request, sent on; what it is answered with is dropped."""

    subset: ObjectName | None = Field(default=None, description="subset that gets the copies", examples=["v2"])
    percentage: Percentage = Field(default=100, description="percent of the requests", examples=[10])


class Rewrite(Section):
    """What the service sees instead of what the caller sent."""

    uri: Path | None = Field(default=None, description="replaces the matched prefix, or path", examples=["/"])
    authority: Authority | None = Field(default=None, description="Host header", examples=["reviews"])

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a rewrite of nothing."""
        if self.uri is None and self.authority is None:
            rule = "a rewrite has a uri, an authority or both"
            yield Problem(key=path, value={}, rule=rule, fix=unset_command(path))


class Redirect(Section):
    """An answer that sends the caller elsewhere."""

    uri: Path | None = Field(default=None, description="replaces the whole path", examples=["/new"])
    authority: Host | None = Field(default=None, description="replaces the host", examples=["new.example.com"])
    scheme: Literal["http", "https"] | None = Field(default=None, description="replaces the scheme", examples=["https"])
    redirect_code: Literal[301, 302, 303, 307, 308] = Field(default=301, description="status", examples=[302])

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a redirect to where the caller is."""
        if self.uri is None and self.authority is None and self.scheme is None:
            rule = "a redirect has a uri, an authority or a scheme; else it leads to itself"
            yield Problem(key=path, value={}, rule=rule, fix=unset_command(path))
        if self.authority and self.authority.startswith("*"):
            key = f"{path}.authority"
            rule = "a redirect leads to one host, not to a pattern"
            yield Problem(key=key, value=self.authority, rule=rule, fix=set_command(key, "new.example.com"))


def is_host(name: str) -> bool:
    """Return whether a header is the one that Envoy routes by, and takes no ordinary change of."""
    return name.lower() == "host"


class HeaderOperations(Section):
    """Changes of headers, by name."""

    set: dict[HeaderName, HeaderValue] = Field(default={}, description="replaced, or added", examples=[{"x-team": "a"}])
    add: dict[HeaderName, HeaderValue] = Field(
        default={}, description="added to what is there", examples=[{"x-team": "a"}]
    )
    remove: tuple[HeaderName, ...] = Field(default=(), description="taken away", examples=["x-debug"], strict=False)

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield what HTTP cannot do without."""
        for index, name in enumerate(self.remove):
            if is_host(name):
                key = f"{path}.remove[{index}]"
                yield Problem(key=key, value=name, rule="no request is without a Host header", fix=unset_command(key))


class Headers(Section):
    """Headers that the gateway changes."""

    request: HeaderOperations | None = Field(default=None, description="on the way to the service", examples=[{}])
    response: HeaderOperations | None = Field(default=None, description="on the way back", examples=[{}])

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield what no answer has."""
        yield from self.inner_problems(path)
        if self.response is not None:
            for operation, values in (("set", self.response.set), ("add", self.response.add)):
                for name in filter(is_host, values):
                    key = member(f"{path}.response.{operation}", name)
                    rule = "the Host header is a request's; an answer has none"
                    yield Problem(key=key, value=values[name], rule=rule, fix=unset_command(key))

    def hosts(self) -> list[str]:
        """Return what is told to be the Host header of a request."""
        if self.request is None:
            return []
        given = (*self.request.set.items(), *self.request.add.items())
        return [value for name, value in given if is_host(name)]


CorsMethod = Literal["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*"]


class CorsPolicy(Section):
    """Which other origins' pages a browser lets call the service. The gateway answers their preflights."""

    allow_origins: tuple[StringMatch, ...] = Field(
        description="origins", examples=[{"exact": "https://shop.example.com"}], strict=False
    )
    allow_methods: tuple[CorsMethod, ...] = Field(default=(), description="methods", examples=["GET"], strict=False)
    allow_headers: tuple[HeaderName, ...] = Field(
        default=(), description="headers of a request", examples=["x-team"], strict=False
    )
    expose_headers: tuple[HeaderName, ...] = Field(
        default=(), description="headers that the page may read", examples=["x-team"], strict=False
    )
    max_age: Duration | None = Field(default=None, description="how long a preflight holds", examples=["24h"])
    allow_credentials: bool | None = Field(default=None, description="cookies too", examples=[True])

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a policy that lets nobody in."""
        yield from self.inner_problems(path)
        if not self.allow_origins:
            rule = "at least one origin is allowed; without corsPolicy none is"
            yield Problem(key=f"{path}.allowOrigins", value=[], rule=rule, fix=unset_command(path))
        for index, origin in enumerate(self.allow_origins):
            if origin.exact == "":
                key = f"{path}.allowOrigins[{index}].exact"
                fix = set_command(key, "https://shop.example.com")
                yield Problem(key=key, value="", rule="an origin is not empty", fix=fix)
        if self.max_age is not None and milliseconds(self.max_age) % 1000:
            key = f"{path}.maxAge"
            fix = set_command(key, f"{milliseconds(self.max_age) // 1000 + 1}s")
            yield Problem(key=key, value=self.max_age, rule="a preflight holds for whole seconds", fix=fix)


class TlsSettings(Section):
    """TLS at the gateway, for the route's hosts."""

    credential_name: ObjectName = Field(
        description="Secret of type kubernetes.io/tls, in the gateways' namespace", examples=["reviews-cert"]
    )
    https_redirect: bool = Field(default=False, description="answer plain HTTP with 301 to HTTPS", examples=[True])
