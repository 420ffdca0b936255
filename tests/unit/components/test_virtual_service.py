"""What a route's VirtualService says, where it is more than the config's own words."""

from typing import Any

import re2

from components import virtual_service
from settings.route import RouteSettings
from settings.routes import contents


def _http(**config: Any) -> list[dict[str, Any]]:
    content = contents({"members": {"port": 8080, **config}}, "shop", bookinfo=False)["members"]
    http: list[dict[str, Any]] = virtual_service.spec(RouteSettings.model_validate(content), ["gateway"])["http"]
    return http


def _rewritten(rewrite: dict[str, str], path: str) -> str:
    rewritten: str = re2.sub(rewrite["match"], rewrite["rewrite"], path)
    return rewritten


def test_a_prefix_is_rewritten_to_a_path_as_the_config_says() -> None:
    assert _http(rewrite={"uri": "/users"})[0]["rewrite"] == {"uri": "/users"}


def test_a_prefix_that_is_taken_away_leaves_one_slash() -> None:
    rewrite = _http(rewrite={"uri": "/"})[0]["rewrite"]["uriRegexRewrite"]
    paths = {
        path: _rewritten(rewrite, path) for path in ("/members", "/members/", "/members/7/a", "/members/7/members/")
    }
    assert paths == {"/members": "/", "/members/": "/", "/members/7/a": "/7/a", "/members/7/members/": "/7/members/"}


def test_a_prefix_that_ends_with_a_slash_is_rewritten_as_it_is() -> None:
    assert _http(prefix="/members/", rewrite={"uri": "/"})[0]["rewrite"] == {"uri": "/"}


def test_the_authority_is_rewritten_beside_the_prefix() -> None:
    rewrite = _http(rewrite={"uri": "/", "authority": "users.example.com"})[0]["rewrite"]
    assert rewrite.keys() == {"authority", "uriRegexRewrite"}


def test_a_prefix_in_any_case_is_taken_away_in_any_case() -> None:
    match = {"uri": {"prefix": "/team"}, "ignoreUriCase": True}
    rewrite = _http(rules=[{"match": [match], "rewrite": {"uri": "/"}}])[0]["rewrite"]["uriRegexRewrite"]
    assert _rewritten(rewrite, "/Team/7") == "/7"


def test_a_path_that_is_matched_as_a_whole_is_rewritten_as_a_whole() -> None:
    match = {"uri": {"exact": "/team"}}
    assert _http(rules=[{"match": [match], "rewrite": {"uri": "/"}}])[0]["rewrite"] == {"uri": "/"}


def test_each_match_of_a_rule_has_the_rewrite_of_its_own_prefix() -> None:
    matches = [{"uri": {"prefix": prefix}} for prefix in ("/a", "/b")]
    http = _http(rules=[{"match": matches, "rewrite": {"uri": "/"}}])[:2]
    assert [_rewritten(one["rewrite"]["uriRegexRewrite"], one["match"][0]["uri"]["prefix"] + "/7") for one in http] == [
        "/7",
        "/7",
    ]


def test_a_backslash_in_a_rewrite_is_no_reference_to_a_group() -> None:
    rewrite = _http(rewrite={"uri": r"/\1/"})[0]["rewrite"]["uriRegexRewrite"]
    assert _rewritten(rewrite, "/members/7") == r"/\1/7"
