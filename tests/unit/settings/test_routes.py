"""What follows from a route's name, and what two routes cannot both have."""

from typing import Any

import pytest

from settings.problem import Problem
from settings.route import RouteSettings
from settings.routes import conflicts, contents, post_route


def _contents(*, bookinfo: bool = False, **given: Any) -> dict[str, Any]:
    return contents(given, "shop", bookinfo=bookinfo)


def _problems(**given: dict[str, Any]) -> list[Problem]:
    named = contents({name: {"port": 80, **content} for name, content in given.items()}, "shop", bookinfo=False)
    return list(conflicts({name: RouteSettings.model_validate(content) for name, content in named.items()}))


class TestContents:
    """The defaults."""

    def test_a_name_is_the_services_and_the_paths(self) -> None:
        assert _contents(ratings={})["ratings"] == {"service": "ratings", "namespace": "shop", "prefix": "/ratings"}

    def test_what_is_given_counts(self) -> None:
        given = {"service": "ratings", "namespace": "infra", "prefix": "/"}
        assert _contents(rates=given)["rates"] == given

    def test_the_posts_route_comes_with_bookinfo(self) -> None:
        assert list(_contents(bookinfo=True)) == ["reviews"]
        assert _contents(bookinfo=True)["reviews"]["split"] == {"v1": 50, "v2": 50}

    def test_the_posts_route_is_gone_without_bookinfo(self) -> None:
        assert _contents() == {}

    def test_a_route_of_that_name_is_not_the_posts_without_bookinfo(self) -> None:
        assert "split" not in _contents(reviews={"port": 80})["reviews"]

    def test_the_posts_split_is_left_out_where_its_subsets_are_not(self) -> None:
        assert "split" not in _contents(bookinfo=True, reviews={"subsets": ["blue"]})["reviews"]

    def test_what_is_no_object_is_left_as_it_is(self) -> None:
        assert _contents(ratings="yes") == {"ratings": "yes"}

    def test_the_posts_route_has_no_config(self) -> None:
        assert post_route() == RouteSettings.model_validate(contents({}, "default", bookinfo=True)["reviews"])


class TestConflicts:
    """Between two routes; the paths are `test_overlap`'s."""

    def test_a_service_has_one_route(self) -> None:
        (problem,) = _problems(a={"service": "x"}, b={"service": "x"})
        assert (problem.key, problem.value) == ("routes.b", "x")
        assert problem.rule == (
            "routes.a is for the Service x of shop already; one DestinationRule holds for all that is routed to a "
            "service, so add it there, as a rule"
        )
        assert problem.fix == "pulumi config rm --path 'incremental-istio:routes.b'"

    def test_services_of_one_name_in_two_namespaces_are_two(self) -> None:
        assert _problems(a={"service": "x"}, b={"service": "x", "namespace": "infra"}) == []

    def test_a_host_has_one_certificate(self) -> None:
        host = {"hosts": ["a.example.com"]}
        (problem,) = _problems(a={**host, "tls": {"credentialName": "a"}}, b={**host, "tls": {"credentialName": "b"}})
        assert (problem.key, problem.value) == ("routes.b.tls", "b")
        assert problem.rule == (
            "routes.a.tls has the host a.example.com already, and istiod drops a second HTTPS server for it; let both "
            "routes name one Gateway by `gateway`"
        )
        assert problem.fix == "pulumi config rm --path 'incremental-istio:routes.b.tls'"

    def test_two_hosts_have_a_certificate_each(self) -> None:
        tls = {"tls": {"credentialName": "a"}}
        assert _problems(a={"hosts": ["a.example.com"], **tls}, b={"hosts": ["b.example.com"], **tls}) == []

    def test_a_redirect_to_https_takes_no_other_route_of_the_host_along(self) -> None:
        host = {"hosts": ["a.example.com"]}
        (problem,) = _problems(b=host, a={**host, "tls": {"credentialName": "a", "httpsRedirect": True}})
        assert (problem.key, problem.value) == ("routes.a.tls.httpsRedirect", True)
        assert problem.rule == "routes.b is on the host a.example.com too, and has no HTTPS to be redirected to"
        assert problem.fix == "pulumi config rm --path 'incremental-istio:routes.a.tls.httpsRedirect'"

    @pytest.mark.parametrize("tls", [{"credentialName": "a"}, {"credentialName": "a", "httpsRedirect": False}])
    def test_https_beside_plain_http_takes_nothing_from_another_route(self, tls: dict[str, Any]) -> None:
        host = {"hosts": ["a.example.com"]}
        assert _problems(b=host, a={**host, "tls": tls}) == []

    def test_a_route_at_a_gateway_that_is_there_is_not_redirected(self) -> None:
        host = {"hosts": ["a.example.com"]}
        tls = {"credentialName": "a", "httpsRedirect": True}
        assert _problems(b={**host, "gateway": "infra/shared"}, a={**host, "tls": tls}) == []

    def test_paths_that_meet_are_told(self) -> None:
        assert [problem.key for problem in _problems(a={"prefix": "/api"}, b={"prefix": "/api"})] == ["routes.b.prefix"]

    def test_the_gateway_of_another_namespaces_route_is_closed_to_a_route(self) -> None:
        (problem,) = _problems(a={"namespace": "team-a"}, b={"namespace": "team-b", "gateway": "team-a/a-gateway"})
        assert (problem.key, problem.value) == ("routes.b.gateway", "team-a/a-gateway")
        assert problem.rule == "that Gateway takes the routes of its own namespace only, and this one's is team-b"

    def test_the_gateway_of_another_route_is_open_to_its_namespace(self) -> None:
        assert not _problems(a={}, b={"gateway": "shop/a-gateway"})
