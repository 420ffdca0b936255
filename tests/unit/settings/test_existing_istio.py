"""Each rule of an Istio that is counted on, and which istiod is meant."""

from collections.abc import Iterable
from typing import Any

import pytest

from settings import existing_istio as rules
from settings.istio import GatewaySettings, IstioSettings
from settings.istiod import CONFIG_MAP, DEPLOYMENTS, ROOT_CERTIFICATE, Istiod
from settings.occupied import MARK, NAMESPACES
from settings.problem import Problem
from tests.unit.settings.fake_api import DENIED, FakeApi, istiod, listed, namespace

ALL = DEPLOYMENTS.format("")
MINE = "project/stack"  # what pulumi calls them outside of an engine
SET = "pulumi config set --path 'incremental-istio:{}' {}"
CANARY = {"name": "istiod-canary", "revision": "canary"}


def _settings(**config: Any) -> IstioSettings:
    return IstioSettings.model_validate({"install": "gateway", **config})


def _only(problems: Iterable[Problem]) -> Problem:
    (problem,) = problems
    return problem


class TestCrds:
    """What routes are made of."""

    def _ask(self, group: Any, *, egress: bool = False) -> list[Problem]:
        return list(rules.crd_problems(FakeApi({rules.GROUP: group}), "gateway", egress=egress))

    def test_are_enough_as_gateways_virtualservices_and_destinationrules(self) -> None:
        kinds = ("gateways", "virtualservices", "destinationrules", "gateways/status")
        assert not self._ask({"resources": [{"name": kind} for kind in kinds]})

    def test_of_a_way_out_are_one_more(self) -> None:
        problem = _only(self._ask({"resources": [{"name": kind} for kind in rules.KINDS]}, egress=True))
        assert "no CRDs for serviceentries of" in problem.rule

    def test_are_told_by_name_where_one_lacks(self) -> None:
        problem = _only(self._ask({"resources": [{"name": "gateways"}, {"name": "virtualservices"}]}))
        assert (problem.key, problem.value) == ("istio.install", "gateway")
        assert "no CRDs for destinationrules of networking.istio.io/v1" in problem.rule

    def test_lack_where_there_is_no_istio(self) -> None:
        problem = _only(self._ask({}))
        assert problem.fix.startswith(SET.format("istio.install", "controlPlane"))

    def test_are_not_held_to_lack_where_nobody_may_ask(self) -> None:
        assert not self._ask(DENIED)


class TestFind:
    """Which istiod is meant."""

    def _find(self, *found: dict[str, Any], **config: Any) -> Istiod | list[Problem] | None:
        return rules.find(FakeApi(listed(ALL, found, app="istiod")), _settings(**config))

    def _problem(self, *found: dict[str, Any], **config: Any) -> Problem:
        problems = self._find(*found, **config)
        assert isinstance(problems, list)
        return _only(problems)

    def test_is_the_only_one_wherever_it_is(self) -> None:
        found = self._find(istiod("mesh"))
        assert isinstance(found, Istiod) and found.namespace == "mesh", "nobody has to say what is seen"

    def test_is_asked_for_its_mesh_too(self) -> None:
        root = CONFIG_MAP.format("istio-system", ROOT_CERTIFICATE)
        found = rules.find(FakeApi(listed(ALL, [istiod()], app="istiod") | {root: {"data": {}}}), _settings())
        assert isinstance(found, Istiod) and found.ca

    def test_is_the_revision_of_the_config(self) -> None:
        found = self._find(istiod(), istiod(**CANARY), revision="canary")
        assert isinstance(found, Istiod) and found.name == "istiod-canary"

    def test_is_the_one_of_the_configs_namespace(self) -> None:
        found = self._find(istiod(), istiod("mesh"), namespace="mesh")
        assert isinstance(found, Istiod) and found.namespace == "mesh"

    def test_is_looked_for_in_its_namespace_by_who_may_not_list_them_all(self) -> None:
        mesh = listed(DEPLOYMENTS.format("namespaces/mesh/"), [istiod("mesh")], app="istiod")
        found = rules.find(FakeApi(listed(ALL, DENIED, app="istiod") | mesh), _settings(namespace="mesh"))
        assert isinstance(found, Istiod) and found.namespace == "mesh"

    def test_is_not_known_where_nobody_may_ask(self) -> None:
        denied = listed(DEPLOYMENTS.format("namespaces/istio-system/"), DENIED, app="istiod")
        assert rules.find(FakeApi(listed(ALL, DENIED, app="istiod") | denied), _settings()) is None

    def test_is_refused_where_there_is_none(self) -> None:
        problem = self._problem()
        assert (problem.key, problem.value) == ("istio.install", "gateway")
        assert problem.rule == "its cluster has no istiod (no Deployment has the label app=istiod)"
        assert problem.fix.startswith(SET.format("istio.install", "controlPlane"))

    def test_is_asked_for_where_there_are_several_revisions(self) -> None:
        problem = self._problem(istiod(), istiod(**CANARY))
        assert (problem.key, problem.fix) == ("istio.revision", SET.format("istio.revision", "default"))
        assert "istiod-canary 1.29.2 in istio-system of revision canary" in problem.rule

    def test_is_asked_for_where_there_are_several_namespaces(self) -> None:
        problem = self._problem(istiod("a"), istiod("b"))
        assert (problem.key, problem.fix) == ("istio.namespace", SET.format("istio.namespace", "a"))

    def test_is_no_question_for_who_brings_no_gateway(self) -> None:
        assert isinstance(self._find(istiod(), istiod(**CANARY), install="nothing"), Istiod)

    def test_is_refused_where_the_revision_is_another(self) -> None:
        problem = self._problem(istiod(), revision="canary")
        assert (problem.key, problem.fix) == ("istio.revision", SET.format("istio.revision", "default"))

    def test_is_refused_where_the_namespace_is_another(self) -> None:
        problem = self._problem(istiod("mesh"), namespace="istio-system")
        assert (problem.key, problem.fix) == ("istio.namespace", SET.format("istio.namespace", "mesh"))


class TestControlPlane:
    """Whose it is, and whom it lets in."""

    def _ask(self, owner: str | None, *, ca: bool = True, policy: bool = False, install: str = "gateway") -> list[Any]:
        home = namespace("istio-system", annotations={MARK: owner} if owner else None)
        path = rules.POLICY.format("istio-system", rules.XDS_POLICY)
        api = FakeApi(listed(NAMESPACES, [home]) | ({path: {"kind": "NetworkPolicy"}} if policy else {}))
        found = Istiod(namespace="istio-system", ca=ca)
        return list(rules.control_plane_problems(api, found, _settings(install=install)))

    def test_is_anybodys(self) -> None:
        assert not self._ask(None)

    @pytest.mark.parametrize("install", ["gateway", "nothing"])
    def test_is_not_this_stacks_own(self, install: str) -> None:
        problem = _only(self._ask(MINE, install=install))
        assert "is this stack's own, and would be deleted" in problem.rule
        assert problem.fix == SET.format("istio.install", "controlPlane")

    def test_of_another_stack_lets_only_that_stacks_gateways_in(self) -> None:
        problem = _only(self._ask("p/other", ca=False, policy=True))
        assert "stack p/other's, for its own gateways only" in problem.rule
        assert problem.fix.startswith(SET.format("istio.install", "nothing")), "a gateway would wait for ever"

    def test_of_another_stack_takes_routes(self) -> None:
        assert not self._ask("p/other", ca=False, policy=True, install="nothing")

    def test_without_a_ca_and_without_a_policy_lets_everybody_in(self) -> None:
        assert not self._ask(None, ca=False)


class TestPlace:
    """Where the stack's gateways are."""

    def _ask(self, *namespaces: dict[str, Any], pods: Any = (), **config: Any) -> list[Problem]:
        gateway = GatewaySettings.model_validate(config)
        label = f"{gateway.own_name}-ingressgateway"
        api = FakeApi(listed(NAMESPACES, namespaces) | listed(rules.PODS, pods, istio=label))
        return list(rules.place_problems(api, gateway))

    def _pod(self, where: str) -> dict[str, Any]:
        return {"metadata": {"namespace": where}}

    def test_is_a_namespace_that_the_stack_makes(self) -> None:
        assert not self._ask()

    def test_is_the_stacks_own_the_second_time_too(self) -> None:
        made = namespace("incremental-gateways", annotations={rules.GATEWAY_MARK: MINE})
        assert not self._ask(made, pods=[self._pod("incremental-gateways")])

    def test_is_not_another_stacks(self) -> None:
        problem = _only(self._ask(namespace("incremental-gateways", annotations={rules.GATEWAY_MARK: "p/other"})))
        assert (problem.key, problem.rule) == ("gateway.name", "stack p/other has gateways of that name")

    def test_is_used_where_somebody_made_it_only_if_the_config_says_so(self) -> None:
        problem = _only(self._ask(namespace("incremental-gateways")))
        assert problem.fix.startswith(SET.format("gateway.namespace", "incremental-gateways"))

    def test_is_the_given_one(self) -> None:
        assert not self._ask(namespace("ingress"), namespace="ingress")

    def test_is_there_where_it_is_given(self) -> None:
        problem = _only(self._ask(namespace="ingress"))
        assert (problem.key, problem.value) == ("gateway.namespace", "ingress")
        assert problem.fix.startswith("kubectl create namespace ingress")

    def test_is_the_only_one_with_pods_of_that_label(self) -> None:
        problem = _only(self._ask(pods=[self._pod("shop")]))
        assert (problem.key, problem.value) == ("gateway.name", "incremental")
        assert "pods of shop have the label istio=incremental-ingressgateway already" in problem.rule

    def test_is_taken_for_free_where_nobody_may_ask(self) -> None:
        assert not list(rules.place_problems(FakeApi({NAMESPACES: DENIED}), GatewaySettings()))


class TestWarnings:
    """What of the mesh's config can keep routes from taking effect."""

    def test_are_none_for_istios_own_installation(self) -> None:
        assert not list(rules.warnings(Istiod(namespace="istio-system")))

    def test_tell_an_istiod_that_looks_at_some_namespaces_only(self) -> None:
        (warning,) = rules.warnings(Istiod(namespace="istio-system", discovery_selectors=True))
        assert "discoverySelectors" in warning

    def test_tell_gateways_that_select_in_their_own_namespace_only(self) -> None:
        (warning,) = rules.warnings(Istiod(namespace="istio-system", scoped=True))
        assert "PILOT_SCOPE_GATEWAY_TO_NAMESPACE" in warning


@pytest.mark.parametrize(
    ("labels", "injected"),
    [
        (None, False),
        ({"istio-injection": "enabled"}, True),
        ({"istio-injection": "disabled", "istio.io/rev": "canary"}, False),
        ({"istio.io/rev": "canary"}, True),
    ],
)
def test_pods_of_a_namespace_get_sidecars_by_its_labels(labels: dict[str, str] | None, *, injected: bool) -> None:
    assert rules.injected([namespace("other"), namespace("shop", labels)], "shop") is injected


def test_pods_of_a_namespace_that_is_not_there_yet_get_no_sidecars() -> None:
    assert not rules.injected([namespace("other")], "shop"), "the stack gives it no label"
