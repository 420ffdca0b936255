"""Config of a match: which requests a rule of a route is for."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from settings.names import is_path
from settings.paths import member, set_command, unset_command
from settings.problem import Problem, Section
from settings.values import HeaderName, MatchedHeaderName, ParameterName, Regex


class StringMatch(Section):
    """How a text is matched: one of the three."""

    exact: str | None = Field(default=None, description="the whole text", examples=["jason"])
    prefix: str | None = Field(default=None, description="how the text starts", examples=["ja"], min_length=1)
    regex: Regex | None = Field(default=None, description="RE2, for the whole text", examples=["ja.*"])

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a match of no kind, or of two."""
        if len(self.model_fields_set) != 1:
            rule = "a match is one of exact, prefix and regex"
            yield Problem(key=path, value=self.content(), rule=rule, fix=unset_command(path))

    def content(self) -> dict[str, Any]:
        """Return the match in Istio's words."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class MatchSettings(Section):
    """Requests that have all of this. Without a `uri` it is the route's prefix."""

    uri: StringMatch | None = Field(default=None, description="path", examples=[{"exact": "/reviews/0"}])
    ignore_uri_case: bool = Field(default=False, description="`uri` in upper and lower case", examples=[True])
    method: StringMatch | None = Field(default=None, description="method", examples=[{"exact": "GET"}])
    headers: dict[MatchedHeaderName, StringMatch] = Field(
        default={}, description="by the header's name, in lower case", examples=[{"end-user": {"exact": "jason"}}]
    )
    without_headers: dict[MatchedHeaderName, StringMatch] = Field(
        default={}, description="headers that a request must not have so", examples=[{"end-user": {"exact": "jason"}}]
    )
    query_params: dict[ParameterName, StringMatch] = Field(
        default={}, description="by the parameter's name", examples=[{"beta": {"exact": "yes"}}]
    )
    cookies: dict[HeaderName, StringMatch] = Field(
        default={}, description="by the cookie's name", examples=[{"group": {"exact": "beta"}}]
    )

    @property
    def is_for_all(self) -> bool:
        """Whether it says nothing that a request must have."""
        return not self.model_fields_set - {"ignore_uri_case"}

    def content(self) -> dict[str, Any]:
        """Return the match as it stands in the config."""
        return self.model_dump(by_alias=True, exclude_unset=True)

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield what no request has, and what Envoy has no way to match."""
        yield from self.inner_problems(path)
        for kind in ("exact", "prefix"):
            value = getattr(self.uri, kind, None)
            if value is not None and not is_path(value):
                key = f"{path}.uri.{kind}"
                rule = "a path starts with '/' and has no white space, '?' or '#'"
                yield Problem(key=key, value=value, rule=rule, fix=set_command(key, "/reviews/0"))
        if self.ignore_uri_case and self.uri is not None and self.uri.regex is not None:
            key = f"{path}.ignoreUriCase"
            rule = f"it means exact and prefix; {path}.uri.regex says it itself, by (?i) at its start"
            yield Problem(key=key, value=True, rule=rule, fix=unset_command(key))
        method = self.method.exact if self.method is not None else None
        if method is not None and method != method.upper():
            key = f"{path}.method.exact"
            rule = "a method is matched as it is written, and all of HTTP's are in upper case"
            yield Problem(key=key, value=method, rule=rule, fix=set_command(key, method.upper()))
        if "cookie" in self.headers and self.cookies:
            key = f"{path}.headers.cookie"
            rule = f"the header `cookie` is matched by {path}.cookies already"
            yield Problem(key=key, value=self.headers["cookie"].content(), rule=rule, fix=unset_command(key))
        if len(self.cookies) > 1:
            # Envoy matches a header once, and all cookies are one header.
            key = member(f"{path}.cookies", list(self.cookies)[-1])
            rule = "one cookie can be matched; a second one is a second rule"
            yield Problem(key=key, value=sorted(self.cookies), rule=rule, fix=unset_command(key))
