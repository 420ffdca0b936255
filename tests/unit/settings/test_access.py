"""The rules of who reaches a route's service, and by which names."""

from typing import Any

import pytest

from settings.access import FIRST_PORT, PORTS, derived_port
from settings.problem import Problem
from settings.route import RouteSettings
from settings.routes import conflicts, contents
from tests.unit.settings.problems import only, problems_of

PATH = "routes.service-a"
A = {"namespace": "team-a", "port": 9080}


def _content(**config: Any) -> dict[str, Any]:
    content: dict[str, Any] = contents({"service-a": {**A, **config}}, "default", bookinfo=False)["service-a"]
    return content


def _only(**config: Any) -> Problem:
    return only(RouteSettings, PATH, _content(**config))


def _conflicts(**routes: dict[str, Any]) -> list[Problem]:
    given = {name.replace("_", "-"): {**A, **config} for name, config in routes.items()}
    parsed = contents(given, "default", bookinfo=False)
    return list(conflicts({name: RouteSettings.model_validate(one) for name, one in parsed.items()}))


class TestAliases:
    """The names."""

    @pytest.mark.parametrize("target", ["gateway", "service"])
    def test_lead_to_the_gateway_or_the_service(self, target: str) -> None:
        assert not problems_of(RouteSettings, PATH, _content(aliases={"team-b/service-a": target}))

    def test_lead_nowhere_else(self) -> None:
        problem = _only(aliases={"team-b/service-a": "mesh"})
        assert (problem.key, problem.rule) == (
            f'{PATH}.aliases["team-b/service-a"]',
            "it should be 'gateway' or 'service'",
        )

    @pytest.mark.parametrize("alias", ["service-a", "team-b/Service", "Team/service-a", "team-b/1a", "a/b/c", "/a"])
    def test_are_told_as_namespace_and_name(self, alias: str) -> None:
        problem = _only(aliases={alias: "gateway"})
        assert problem.fix.startswith("pulumi config rm --path"), str(problem)

    def test_do_not_shadow_the_service_itself(self) -> None:
        problem = _only(aliases={"team-a/service-a": "gateway"})
        assert problem.rule.startswith("it is the Service itself")
        assert "or another name, such as team-a/service-a-gateway" in problem.rule, "what to do instead"

    def test_do_not_shadow_another_routes_service(self) -> None:
        (problem,) = _conflicts(service_a={"aliases": {"team-a/service-b": "gateway"}}, service_b={})
        assert problem.rule == "it is the Service of routes.service-b, and a name leads to one of them"

    def test_do_not_shadow_an_application_of_the_stack(self) -> None:
        parsed = contents({"service-a": {**A, "aliases": {"shop/productpage": "gateway"}}}, "shop", bookinfo=False)
        (problem,) = conflicts(
            {name: RouteSettings.model_validate(one) for name, one in parsed.items()}, {"shop/productpage"}
        )
        assert problem.rule == "the stack itself has a Service of this name in shop"

    @pytest.mark.parametrize(("length", "keys"), [(57, set()), (58, {f"{PATH}.aliases"})])
    def test_lead_to_a_service_that_kubernetes_can_name(self, length: int, keys: set[str]) -> None:
        content = _content(service="a" * length, gateway="infra/shared", aliases={"team-b/a": "gateway"})
        assert {problem.key for problem in problems_of(RouteSettings, PATH, content)} == keys

    def test_belong_to_one_route(self) -> None:
        shared = {"aliases": {"team-c/api": "gateway"}}
        (problem,) = _conflicts(service_a=shared, service_b=shared)
        assert problem.key == 'routes.service-b.aliases["team-c/api"]'

    def test_lead_to_a_port_of_their_route_alone(self) -> None:
        (problem,) = _conflicts(
            service_a={"aliases": {"team-c/a": "gateway"}, "aliasPort": 20000},
            service_b={"aliases": {"team-c/b": "gateway"}, "aliasPort": 20000},
        )
        assert (problem.key, problem.rule) == (
            "routes.service-b.aliasPort",
            "the aliases of routes.service-a have the port 20000 already",
        )
        assert problem.fix.endswith("20001"), "one that is free"

    def test_stay_open_where_they_lead_to_the_service(self) -> None:
        problem = _only(aliases={"team-b/service-a": "service"}, onlyThroughGateway=True)
        assert problem.rule == f"{PATH}.onlyThroughGateway is true, so its callers would find the service closed"
        assert problem.fix.endswith("'incremental-istio:routes.service-a.aliases[\"team-b/service-a\"]' gateway")


class TestAliasPort:
    """The port of the gateway's pods."""

    def test_follows_from_the_service(self) -> None:
        assert RouteSettings.model_validate(_content()).port_of_aliases == derived_port("team-a", "service-a")

    def test_is_the_same_in_every_run(self) -> None:
        assert derived_port("team-a", "service-a") == 26453, "another number would move every alias at the next `up`"

    def test_is_what_the_config_says(self) -> None:
        content = _content(aliases={"team-b/a": "gateway"}, aliasPort=20007)
        assert RouteSettings.model_validate(content).port_of_aliases == 20007

    @pytest.mark.parametrize("port", [8080, 15090, FIRST_PORT - 1, FIRST_PORT + PORTS])
    def test_is_none_that_the_gateway_may_have(self, port: int) -> None:
        assert _only(aliases={"team-b/a": "gateway"}, aliasPort=port).key == f"{PATH}.aliasPort"

    def test_is_of_no_use_without_an_alias(self) -> None:
        assert _only(aliasPort=20007).rule == f"{PATH}.aliases has none that need it"


class TestOnlyThroughGateway:
    """The NetworkPolicy."""

    def test_may_name_the_pods(self) -> None:
        assert not problems_of(RouteSettings, PATH, _content(onlyThroughGateway=True, podLabels={"role": "api"}))

    @pytest.mark.parametrize("labels", [{"no label": "api"}, {"role": "an api"}])
    def test_names_pods_by_labels_of_kubernetes(self, labels: dict[str, str]) -> None:
        assert _only(onlyThroughGateway=True, podLabels=labels).key.startswith(f"{PATH}.podLabels")

    def test_is_what_the_pods_labels_are_for(self) -> None:
        assert _only(podLabels={"role": "api"}).rule == f"only {PATH}.onlyThroughGateway asks for it, which is false"

    @pytest.mark.parametrize("labels", [{"my app": "a"}, {"app": "a b"}, {"app": "a" * 64}, {"-app": "a"}])
    def test_is_for_labels_that_kubernetes_takes(self, labels: dict[str, str]) -> None:
        problem = _only(onlyThroughGateway=True, podLabels=labels)
        assert problem.key.startswith(f"{PATH}.podLabels"), (
            "the API server would refuse the policy, in the middle of an up"
        )
