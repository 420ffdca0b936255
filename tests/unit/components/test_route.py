"""The post's Gateway, VirtualService and DestinationRule, for any service."""

from typing import Any

import pytest

from components.route import GatewayRoute, GatewayRouteArgs
from settings.route import RouteSettings
from settings.routes import POST, contents
from tests.unit.components.conftest import Recorder, Registered


def _declare(**config: Any) -> Recorder:
    recorder = Recorder()
    name = config.get("service", "reviews")
    content = contents({name: {**POST, **config}}, "shop", bookinfo=False)[name]
    args = GatewayRouteArgs(
        route=RouteSettings.model_validate(content),
        gateway_selector={"istio": "ingressgateway"},
        gateway_namespace="istio-system",
    )
    recorder.run(lambda: GatewayRoute(name, args))
    return recorder


@pytest.fixture(name="post", scope="module")
def _post() -> Recorder:
    return _declare()


def _spec(recorder: Recorder, kind: str) -> dict[str, Any]:
    spec: dict[str, Any] = recorder.one(f":{kind}").inputs["spec"]
    return spec


def _by_kind(recorder: Recorder) -> dict[str, Registered]:
    return {one.inputs["kind"]: one for one in recorder.objects()}


def test_it_is_three_objects(post: Recorder) -> None:
    names = {kind: one.inputs["metadata"]["name"] for kind, one in _by_kind(post).items()}
    assert names == {"Gateway": "reviews-gateway", "VirtualService": "reviews", "DestinationRule": "reviews"}, (
        "the post's names"
    )


def test_every_object_is_of_the_version_that_the_crds_keep(post: Recorder) -> None:
    assert {one.inputs["apiVersion"] for one in post.objects()} == {"networking.istio.io/v1"}


def test_every_object_lives_beside_the_service(post: Recorder) -> None:
    assert {one.inputs["metadata"]["namespace"] for one in post.objects()} == {"shop"}, "its short name resolves there"


def test_every_object_stands_under_the_component(post: Recorder) -> None:
    assert {one.parent for one in post.objects()} == {"reviews"}


def test_the_gateway_selects_the_gateways_pods_only(post: Recorder) -> None:
    assert _spec(post, "Gateway")["selector"] == {"istio": "ingressgateway"}


def test_the_gateway_listens_for_every_host_on_80(post: Recorder) -> None:
    assert _spec(post, "Gateway")["servers"] == [
        {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["./*"]}
    ], "VirtualServices of its own namespace only: another team's cannot claim its requests"


def test_the_route_is_programmed_into_its_gateway_and_nowhere_else(post: Recorder) -> None:
    assert _spec(post, "VirtualService")["gateways"] == ["reviews-gateway"], "`mesh` would mean sidecars"


def test_the_route_is_for_every_host(post: Recorder) -> None:
    assert _spec(post, "VirtualService")["hosts"] == ["*"], "the post's"


def test_the_route_matches_the_prefix(post: Recorder) -> None:
    assert _spec(post, "VirtualService")["http"][0]["match"] == [{"uri": {"prefix": "/reviews"}}]


def test_the_route_splits_half_and_half(post: Recorder) -> None:
    route = _spec(post, "VirtualService")["http"][0]["route"]
    assert [(one["destination"]["subset"], one["weight"]) for one in route] == [("v1", 50), ("v2", 50)]


def test_the_route_splits_as_the_config_says() -> None:
    route = _spec(_declare(split={"v1": 90, "v3": 10}), "VirtualService")["http"][0]["route"]
    assert [(one["destination"]["subset"], one["weight"]) for one in route] == [("v1", 90), ("v3", 10)]


def test_the_route_leads_to_the_services_port() -> None:
    route = _spec(_declare(service="ratings", port=8000), "VirtualService")["http"][0]["route"]
    assert {(one["destination"]["host"], one["destination"]["port"]["number"]) for one in route} == {("ratings", 8000)}


def test_the_subsets_go_by_the_label_version(post: Recorder) -> None:
    assert _spec(post, "DestinationRule") == {
        "host": "reviews",
        "subsets": [{"name": name, "labels": {"version": name}} for name in ("v1", "v2", "v3")],
    }, "also v3, which gets nothing yet: a split can name it without another object"


def test_another_service_gives_its_name_to_everything() -> None:
    names = {kind: one.inputs["metadata"]["name"] for kind, one in _by_kind(_declare(service="ratings")).items()}
    assert names == {"Gateway": "ratings-gateway", "VirtualService": "ratings", "DestinationRule": "ratings"}


def test_callers_inside_need_no_object_unless_the_route_says_so(post: Recorder) -> None:
    assert not [one.name for one in post.resources if "alias" in one.name or "only" in one.name]


def test_an_alias_is_declared_under_the_route() -> None:
    assert _declare(aliases={"team-b/reviews": "gateway"}).one(":Aliases").parent == "reviews"


def test_the_policy_is_declared_under_the_route() -> None:
    assert _declare(onlyThroughGateway=True).one(":NetworkPolicy").parent == "reviews"
