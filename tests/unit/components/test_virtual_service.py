"""How each key of a route is told to Istio."""

from typing import Any

import pytest
import re2

from components import virtual_service
from settings.route import RouteSettings

GET: dict[str, Any] = {"match": [{"method": {"exact": "GET"}}]}
WHOLE = [{"destination": {"host": "reviews", "port": {"number": 9080}}}]


def _spec(**config: Any) -> dict[str, Any]:
    content = {"service": "reviews", "namespace": "shop", "port": 9080, "prefix": "/reviews", **config}
    return virtual_service.spec(RouteSettings.model_validate(content), ["reviews-gateway"])


def _http(**config: Any) -> list[dict[str, Any]]:
    http: list[dict[str, Any]] = _spec(**config)["http"]
    return http


def _of_rule(rule: dict[str, Any], **config: Any) -> dict[str, Any]:
    return _http(rules=[{**GET, **rule}], **config)[0]


def _match(**match: Any) -> dict[str, Any]:
    matches: list[dict[str, Any]] = _http(rules=[{"match": [match], "timeout": "1s"}])[0]["match"]
    return matches[0]


class TestRoute:
    """The route itself."""

    def test_is_for_its_hosts_at_its_gateways(self) -> None:
        spec = _spec(hosts=["a.example.com"])
        assert (spec["hosts"], spec["gateways"]) == (["a.example.com"], ["reviews-gateway"])

    def test_says_nothing_that_the_config_does_not(self) -> None:
        assert _http() == [{"match": [{"uri": {"prefix": "/reviews"}}], "route": WHOLE}]

    def test_comes_behind_its_rules(self) -> None:
        http = _http(timeout="9s", rules=[{**GET, "timeout": "1s"}, {**GET, "timeout": "2s"}])
        assert [one["timeout"] for one in http] == ["1s", "2s", "9s"], "the first that matches counts"


class TestMatch:
    """Which requests a rule is for."""

    def test_has_the_routes_prefix_where_it_names_no_path(self) -> None:
        assert _match(method={"exact": "GET"}) == {"uri": {"prefix": "/reviews"}, "method": {"exact": "GET"}}

    def test_has_its_own_path(self) -> None:
        assert _match(uri={"exact": "/other"}) == {"uri": {"exact": "/other"}}

    def test_ignores_the_case_of_a_path(self) -> None:
        assert _match(uri={"exact": "/A"}, ignoreUriCase=True) == {"uri": {"exact": "/A"}, "ignoreUriCase": True}

    @pytest.mark.parametrize("kind", ["headers", "withoutHeaders", "queryParams"])
    def test_has_each_condition_in_istios_words(self, kind: str) -> None:
        content = {kind: {"a": {"exact": ""}, "b": {"prefix": "x"}, "c": {"regex": "x|y"}}}
        assert _match(**content) == {"uri": {"prefix": "/reviews"}, **content}

    def test_is_one_of_several(self) -> None:
        matches = [{"uri": {"exact": "/a"}}, {"uri": {"exact": "/b"}}]
        assert _http(rules=[{"match": matches, "timeout": "1s"}])[0]["match"] == matches


class TestCookie:
    """A regex for the header of all cookies, by the engine that Envoy has."""

    @staticmethod
    def _takes(match: dict[str, str], header: str) -> bool:
        regex = _match(cookies={"group": match})["headers"]["cookie"]["regex"]
        return re2.fullmatch(regex, header) is not None

    @pytest.mark.parametrize(
        "header", ["group=beta", "a=b; group=beta", "group=beta; a=b", "a=b; group=beta; c=d", "a=b;group=beta;c=d"]
    )
    @pytest.mark.parametrize("match", [{"exact": "beta"}, {"prefix": "be"}, {"regex": "alpha|beta"}])
    def test_is_found_wherever_it_stands(self, match: dict[str, str], header: str) -> None:
        assert self._takes(match, header)

    @pytest.mark.parametrize(
        "header", ["", "group=", "group=alphabet", "agroup=beta", "a=group=beta", "group=gamma; a=beta", "Group=beta"]
    )
    @pytest.mark.parametrize("match", [{"exact": "beta"}, {"prefix": "be"}, {"regex": "alpha|beta"}])
    def test_is_no_other_cookie(self, match: dict[str, str], header: str) -> None:
        assert not self._takes(match, header)

    @pytest.mark.parametrize("value", ["a.b", "a b", "[c]/+~&-#", "é", "(", "\\"])
    def test_is_taken_as_it_is_written(self, value: str) -> None:
        assert self._takes({"exact": value}, f"group={value}")

    def test_with_a_dot_is_no_pattern(self) -> None:
        assert not self._takes({"exact": "a.b"}, "group=axb")

    def test_stands_beside_other_headers(self) -> None:
        headers = _match(cookies={"group": {"exact": "beta"}}, headers={"x-a": {"exact": "b"}})["headers"]
        assert headers.keys() == {"cookie", "x-a"}


class TestActions:
    """What happens to the requests."""

    @pytest.mark.parametrize(
        ("config", "told"),
        [
            ({"timeout": "2s"}, {"timeout": "2s"}),
            ({"retries": {"attempts": 0}}, {"retries": {"attempts": 0}}),
            (
                {"retries": {"attempts": 3, "perTryTimeout": "1s", "retryOn": "5xx"}},
                {"retries": {"attempts": 3, "perTryTimeout": "1s", "retryOn": "5xx"}},
            ),
            (
                {"fault": {"delay": {"fixedDelay": "2s"}}},
                {"fault": {"delay": {"fixedDelay": "2s", "percentage": {"value": 100}}}},
            ),
            (
                {"fault": {"abort": {"httpStatus": 503, "percentage": 0.5}}},
                {"fault": {"abort": {"httpStatus": 503, "percentage": {"value": 0.5}}}},
            ),
            (
                {"mirror": {"percentage": 10}},
                {"mirror": {"host": "reviews", "port": {"number": 9080}}, "mirrorPercentage": {"value": 10}},
            ),
            ({"rewrite": {"uri": "/x", "authority": "a"}}, {"rewrite": {"uri": "/x", "authority": "a"}}),
            (
                {"headers": {"request": {"set": {"x-a": "b"}, "remove": ["x-b"]}}},
                {"headers": {"request": {"set": {"x-a": "b"}, "remove": ["x-b"]}}},
            ),
            (
                {"corsPolicy": {"allowOrigins": [{"exact": "*"}], "maxAge": "24h", "allowCredentials": False}},
                {"corsPolicy": {"allowOrigins": [{"exact": "*"}], "maxAge": "24h", "allowCredentials": False}},
            ),
        ],
    )
    def test_are_told_in_istios_words(self, config: dict[str, Any], told: dict[str, Any]) -> None:
        assert _http(**config) == [{"match": [{"uri": {"prefix": "/reviews"}}], "route": WHOLE, **told}]

    def test_send_a_share_to_each_subset(self) -> None:
        route = _http(subsets=["v1", "v2"], split={"v1": 90, "v2": 10})[0]["route"]
        assert route == [
            {"destination": {"host": "reviews", "subset": "v1", "port": {"number": 9080}}, "weight": 90},
            {"destination": {"host": "reviews", "subset": "v2", "port": {"number": 9080}}, "weight": 10},
        ]

    def test_send_copies_to_a_subset(self) -> None:
        http = _http(subsets=["v1", "v2"], split={"v1": 100}, mirror={"subset": "v2"})[0]
        assert (http["mirror"]["subset"], http["mirrorPercentage"]) == ("v2", {"value": 100})

    def test_redirect_instead_of_a_route(self) -> None:
        (http,) = _http(redirect={"uri": "/new", "redirectCode": 308})
        assert http["redirect"] == {"uri": "/new", "redirectCode": 308}
        assert "route" not in http, "Istio refuses both"


class TestInheritance:
    """What a rule has of its route."""

    def test_is_all_that_it_leaves_out(self) -> None:
        rule = _of_rule({"timeout": "1s"}, timeout="2s", subsets=["v1"], split={"v1": 100}, retries={"attempts": 3})
        assert rule["timeout"] == "1s"
        assert rule["retries"] == {"attempts": 3}
        assert rule["route"][0]["destination"]["subset"] == "v1"

    def test_is_no_redirect(self) -> None:
        rule = _of_rule({}, redirect={"uri": "/new"})
        assert (rule["route"], "redirect" in rule) == (WHOLE, False)

    def test_is_nothing_that_a_redirect_refuses(self) -> None:
        rule = _of_rule({"redirect": {"uri": "/new"}}, timeout="2s", mirror={}, rewrite={"uri": "/"})
        assert rule.keys() == {"match", "redirect"}

    def test_is_headers_beside_a_redirect(self) -> None:
        rule = _of_rule({"redirect": {"uri": "/new"}}, headers={"response": {"remove": ["x-a"]}})
        assert rule["headers"] == {"response": {"remove": ["x-a"]}}


def _members(**config: Any) -> list[dict[str, Any]]:
    return _http(**{"service": "members", "prefix": "/members", **config})


def _rewritten(rewrite: dict[str, str], path: str) -> str:
    rewritten: str = re2.sub(rewrite["match"], rewrite["rewrite"], path)
    return rewritten


def test_a_prefix_is_rewritten_to_a_path_as_the_config_says() -> None:
    assert _members(rewrite={"uri": "/users"})[0]["rewrite"] == {"uri": "/users"}


def test_a_prefix_that_is_taken_away_leaves_one_slash() -> None:
    rewrite = _members(rewrite={"uri": "/"})[0]["rewrite"]["uriRegexRewrite"]
    paths = {
        path: _rewritten(rewrite, path) for path in ("/members", "/members/", "/members/7/a", "/members/7/members/")
    }
    assert paths == {"/members": "/", "/members/": "/", "/members/7/a": "/7/a", "/members/7/members/": "/7/members/"}


def test_a_prefix_that_ends_with_a_slash_is_rewritten_as_it_is() -> None:
    assert _members(prefix="/members/", rewrite={"uri": "/"})[0]["rewrite"] == {"uri": "/"}


@pytest.mark.parametrize("prefix", ["/", "/members/"])
def test_what_a_prefix_that_ends_with_a_slash_is_rewritten_to_keeps_the_slash(prefix: str) -> None:
    rewrite = _members(prefix=prefix, rewrite={"uri": "/users"})[0]["rewrite"]
    assert rewrite == {"uri": "/users/"}, "Envoy replaces letters only, and would make /users7 of /7"


def test_the_authority_is_rewritten_beside_the_prefix() -> None:
    rewrite = _members(rewrite={"uri": "/", "authority": "users.example.com"})[0]["rewrite"]
    assert rewrite.keys() == {"authority", "uriRegexRewrite"}


def test_a_prefix_in_any_case_is_taken_away_in_any_case() -> None:
    match = {"uri": {"prefix": "/team"}, "ignoreUriCase": True}
    rewrite = _members(rules=[{"match": [match], "rewrite": {"uri": "/"}}])[0]["rewrite"]["uriRegexRewrite"]
    assert _rewritten(rewrite, "/Team/7") == "/7"


def test_a_path_that_is_matched_as_a_whole_is_rewritten_as_a_whole() -> None:
    match = {"uri": {"exact": "/team"}}
    assert _members(rules=[{"match": [match], "rewrite": {"uri": "/"}}])[0]["rewrite"] == {"uri": "/"}


def test_each_match_of_a_rule_has_the_rewrite_of_its_own_prefix() -> None:
    matches = [{"uri": {"prefix": prefix}} for prefix in ("/a", "/b")]
    http = _members(rules=[{"match": matches, "rewrite": {"uri": "/"}}])[:2]
    assert [_rewritten(one["rewrite"]["uriRegexRewrite"], one["match"][0]["uri"]["prefix"] + "/7") for one in http] == [
        "/7",
        "/7",
    ]


def test_a_backslash_in_a_rewrite_is_no_reference_to_a_group() -> None:
    rewrite = _members(rewrite={"uri": r"/\1/"})[0]["rewrite"]["uriRegexRewrite"]
    assert _rewritten(rewrite, "/members/7") == r"/\1/7"
