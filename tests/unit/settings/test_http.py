"""Each rule of what happens to a request at the gateway."""

from typing import Any

import pytest

from settings.http import CorsPolicy, Fault, Headers, Mirror, Redirect, Retries, Rewrite, TlsSettings
from settings.problem import Section
from tests.unit.settings.problems import only, problems_of

PATH = "routes.reviews.x"
REMOVE = "pulumi config rm --path 'incremental-istio:{}'"
SET = "pulumi config set --path 'incremental-istio:{}' {}"
ANYBODY = {"allowOrigins": [{"exact": "*"}]}


@pytest.mark.parametrize(
    ("section", "content"),
    [
        (Retries, {"attempts": 0}),
        (Retries, {"attempts": 3, "perTryTimeout": "2s", "retryOn": "5xx,503"}),
        (Fault, {"delay": {"fixedDelay": "2s"}}),
        (Fault, {"abort": {"httpStatus": 503, "percentage": 0.5}}),
        (Mirror, {}),
        (Rewrite, {"uri": "/"}),
        (Rewrite, {"authority": "reviews"}),
        (Redirect, {"uri": "/new", "redirectCode": 308}),
        (Redirect, {"scheme": "https"}),
        (Headers, {}),
        (Headers, {"request": {"set": {"host": "a"}, "remove": ["x-a"]}, "response": {"add": {"x-a": "50%%"}}}),
        (CorsPolicy, {**ANYBODY, "allowMethods": ["GET", "*"], "maxAge": "24h"}),
        (TlsSettings, {"credentialName": "a", "httpsRedirect": True}),
    ],
)
def test_what_envoy_takes_is_taken(section: type[Section], content: dict[str, Any]) -> None:
    assert problems_of(section, PATH, content) == []


@pytest.mark.parametrize(
    ("section", "content", "key", "rule", "fix"),
    [
        (
            Retries,
            {"attempts": 0, "retryOn": "5xx"},
            f"{PATH}.attempts",
            f"with {PATH}.attempts 0 there is no try that perTryTimeout or retryOn could be for",
            SET.format(f"{PATH}.attempts", 3),
        ),
        (Fault, {}, PATH, "a fault is a delay, an abort or both", REMOVE.format(PATH)),
        (Rewrite, {}, PATH, "a rewrite has a uri, an authority or both", REMOVE.format(PATH)),
        (
            Redirect,
            {"redirectCode": 302},
            PATH,
            "a redirect has a uri, an authority or a scheme; else it leads to itself",
            REMOVE.format(PATH),
        ),
        (
            Redirect,
            {"authority": "*.example.com"},
            f"{PATH}.authority",
            "a redirect leads to one host, not to a pattern",
            SET.format(f"{PATH}.authority", "new.example.com"),
        ),
        (
            Headers,
            {"request": {"remove": ["x-a", "Host"]}},
            f"{PATH}.request.remove[1]",
            "no request is without a Host header",
            REMOVE.format(f"{PATH}.request.remove[1]"),
        ),
        (
            Headers,
            {"response": {"add": {"Host": "a"}}},
            f"{PATH}.response.add.Host",
            "the Host header is a request's; an answer has none",
            REMOVE.format(f"{PATH}.response.add.Host"),
        ),
        (
            CorsPolicy,
            {"allowOrigins": []},
            f"{PATH}.allowOrigins",
            "at least one origin is allowed; without corsPolicy none is",
            REMOVE.format(PATH),
        ),
        (
            CorsPolicy,
            {"allowOrigins": [{"exact": "*"}, {"exact": ""}]},
            f"{PATH}.allowOrigins[1].exact",
            "an origin is not empty",
            SET.format(f"{PATH}.allowOrigins[1].exact", "https://shop.example.com"),
        ),
        (
            CorsPolicy,
            {**ANYBODY, "maxAge": "1500ms"},
            f"{PATH}.maxAge",
            "a preflight holds for whole seconds",
            SET.format(f"{PATH}.maxAge", "2s"),
        ),
    ],
)
def test_what_no_single_value_shows_is_told(
    section: type[Section], content: dict[str, Any], key: str, rule: str, fix: str
) -> None:
    problem = only(section, PATH, content)
    assert (problem.key, problem.rule, problem.fix) == (key, rule, fix)


@pytest.mark.parametrize(
    ("section", "content", "key", "rule"),
    [
        (Retries, {"attempts": -1}, "attempts", "it should be greater than or equal to 0"),
        (Retries, {"attempts": 101}, "attempts", "it should be less than or equal to 100"),
        (Fault, {"abort": {"httpStatus": 600}}, "abort.httpStatus", "it should be less than or equal to 599"),
        (
            Fault,
            {"delay": {"fixedDelay": "1s", "percentage": 101}},
            "delay.percentage",
            "it should be less than or equal to 100",
        ),
        (Redirect, {"uri": "/a", "redirectCode": 304}, "redirectCode", "it should be 301, 302, 303, 307 or 308"),
        (Redirect, {"scheme": "ftp"}, "scheme", "it should be 'http' or 'https'"),
        (Redirect, {"uri": "new"}, "uri", "a path starts with '/' and has no white space"),
        (Rewrite, {"uri": "new"}, "uri", "a path starts with '/' and has no white space"),
        (Headers, {"request": {"set": {"x-a": "a\nb"}}}, "request.set.x-a", "a header's value is one line"),
        (
            CorsPolicy,
            {**ANYBODY, "allowMethods": ["get"]},
            "allowMethods[0]",
            "it should be 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH' or '*'",
        ),
    ],
)
def test_a_wrong_value_is_told_where_it_stands(
    section: type[Section], content: dict[str, Any], key: str, rule: str
) -> None:
    problem = only(section, PATH, content)
    assert (problem.key, problem.rule) == (f"{PATH}.{key}", rule)
