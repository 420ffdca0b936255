"""A service's names inside the cluster, and the listener that they lead to."""

from typing import Any

import pytest

from components.aliases import Aliases, AliasesArgs, as_callers_inside_see
from settings.route import RouteSettings
from tests.unit.components.conftest import Recorder, Registered

CONTENT: dict[str, Any] = {
    "service": "service-a",
    "namespace": "team-a",
    "port": 9080,
    "prefix": "/service-a",
    "hosts": ["a.example.com"],
    "subsets": ["stable", "canary"],
    "split": {"stable": 90, "canary": 10},
    "aliasPort": 20001,
    "aliases": {"team-b/service-a": "gateway", "team-c/a": "service"},
}
LISTENER = "service-a-20001"


def _route(**config: Any) -> RouteSettings:
    return RouteSettings.model_validate({**CONTENT, **config})


@pytest.fixture(name="declared", scope="module")
def _declared() -> Recorder:
    recorder = Recorder()
    args = AliasesArgs(route=_route(), gateway_selector={"istio": "ingressgateway"}, gateway_namespace="istio-system")
    recorder.run(lambda: Aliases("service-a-aliases", args))
    return recorder


def _services(recorder: Recorder) -> dict[str, Registered]:
    return {
        f"{one.inputs['metadata']['namespace']}/{one.inputs['metadata']['name']}": one
        for one in recorder.all_of("core/v1:Service")
    }


def test_an_alias_to_the_gateway_leads_to_the_services_listener(declared: Recorder) -> None:
    assert _services(declared)["team-b/service-a"].inputs["spec"] == {
        "type": "ExternalName",
        "externalName": f"{LISTENER}.istio-system.svc.cluster.local",
    }


def test_an_alias_to_the_service_leads_straight_to_it(declared: Recorder) -> None:
    assert _services(declared)["team-c/a"].inputs["spec"] == {
        "type": "ExternalName",
        "externalName": "service-a.team-a.svc.cluster.local",
    }


def test_an_alias_comes_after_the_listener(declared: Recorder) -> None:
    assert {
        "service-a-aliases-gateway",
        "service-a-aliases-virtualservice",
        "service-a-aliases-listener",
    } <= _services(declared)["team-b/service-a"].depends_on, "it would lead to nobody for a moment"


def test_the_listener_keeps_the_services_port(declared: Recorder) -> None:
    assert _services(declared)[f"istio-system/{LISTENER}"].inputs["spec"] == {
        "selector": {"istio": "ingressgateway"},
        "ports": [{"name": "http", "port": 9080, "targetPort": 20001}],
    }, "the port is a part of the URL that callers keep"


def test_the_listeners_port_stands_for_no_port_of_a_gateway(declared: Recorder) -> None:
    labels = _services(declared)[f"istio-system/{LISTENER}"].inputs["metadata"]["labels"]
    assert labels == {"experimental.istio.io/disable-gateway-port-translation": "true"}, (
        "a service with port 80 would take port 80 away from every other route"
    )


def test_aliases_that_join_to_one_text_are_two() -> None:
    recorder = Recorder()
    route = _route(aliases={"team-b/c": "gateway", "team/b-c": "gateway"})
    args = AliasesArgs(route=route, gateway_selector={"istio": "ingressgateway"}, gateway_namespace="istio-system")
    recorder.run(lambda: Aliases("service-a-aliases", args))
    names = [one.name for one in recorder.all_of("core/v1:Service")]
    assert len(names) == len(set(names)) == 3, "the engine refuses a name twice"


def test_the_listener_is_open_on_the_gateways_pods_for_every_host(declared: Recorder) -> None:
    assert declared.one(":Gateway").inputs["spec"] == {
        "selector": {"istio": "ingressgateway"},
        "servers": [{"port": {"number": 20001, "name": "http", "protocol": "HTTP"}, "hosts": ["./*"]}],
    }, "a caller's Host is a short name, which only * matches"


def test_the_listener_follows_the_routes_split(declared: Recorder) -> None:
    (http,) = declared.one(":VirtualService").inputs["spec"]["http"]
    assert {one["destination"]["subset"]: one["weight"] for one in http["route"]} == {"stable": 90, "canary": 10}


def test_the_listeners_rules_live_beside_the_route(declared: Recorder) -> None:
    istios = [declared.one(":Gateway"), declared.one(":VirtualService")]
    assert {(one.inputs["metadata"]["namespace"], one.inputs["metadata"]["name"]) for one in istios} == {
        ("team-a", LISTENER)
    }


def test_no_service_is_awaited(declared: Recorder) -> None:
    annotations = [one.inputs["metadata"]["annotations"] for one in _services(declared).values()]
    assert annotations == [{"pulumi.com/skipAwait": "true"}] * 3, "each would cost ten seconds"


def test_callers_inside_reach_every_path() -> None:
    assert as_callers_inside_see(_route()).prefix == "/", "before, the prefix was not asked of them"


def test_callers_inside_keep_their_paths() -> None:
    assert as_callers_inside_see(_route(rewrite={"uri": "/"})).rewrite is None, (
        "the rewrite undoes a prefix that they do not send"
    )


def test_callers_inside_get_the_routes_host() -> None:
    rewrite = as_callers_inside_see(_route(rewrite={"uri": "/", "authority": "a"})).rewrite
    assert rewrite is not None and rewrite.model_dump(exclude_unset=True) == {"authority": "a"}
