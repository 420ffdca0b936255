"""Whether a cluster has room for the stack's Istio."""

from pathlib import Path
from typing import Any

import pytest

from settings.cluster import ExistingCluster
from settings.istiod import DEPLOYMENTS
from settings.occupied import CRD, MARK, NAMESPACES, occupied
from settings.problem import Problem
from tests.unit.settings.fake_api import DENIED, FakeApi, istiod, listed

MINE = "project/stack"  # what pulumi calls them outside of an engine
CLUSTER = ExistingCluster(path=Path("k"), context="lab", server="https://lab", kubeconfig="content")
BARE: list[dict[str, Any]] = [{"metadata": {"name": "default"}}, {"metadata": {"annotations": None}}]


def _ask(*owners: str, **objects: Any) -> Problem | None:
    marked = [{"metadata": {"annotations": {MARK: owner}}} for owner in owners]
    return occupied(CLUSTER, FakeApi(listed(NAMESPACES, [*BARE, *marked]) | objects))


class TestRoom:
    """A cluster that the stack may have."""

    def test_is_in_one_without_an_istio(self) -> None:
        assert _ask() is None

    def test_is_where_the_istio_is_the_stacks_own(self) -> None:
        assert _ask(MINE, **{CRD: {"kind": "x"}}) is None, "its own second `up` must go on"

    @pytest.mark.parametrize("path", [NAMESPACES, CRD])
    def test_is_not_denied_because_nobody_may_ask(self, path: str) -> None:
        assert _ask(**{path: DENIED}) is None, "the API server says `already exists`, only later"


class TestOccupied:
    """A cluster that somebody else has."""

    def test_by_another_stack_is_told_with_its_name(self) -> None:
        problem = _ask("incremental-istio/dev", **{CRD: {"kind": "x"}})
        assert problem and "the Istio of stack incremental-istio/dev already" in problem.rule
        assert (problem.key, problem.value) == ("context", "lab") and "make down STACK=dev" in problem.fix

    def test_by_an_istio_of_nobody_here_is_told_with_its_istiod(self) -> None:
        found = listed(DEPLOYMENTS.format(""), [istiod()], app="istiod")
        problem = _ask(**{CRD: {"kind": "x"}}, **found)
        assert problem and "(istiod 1.29.2 in istio-system), which no stack of this project installed" in problem.rule

    def test_by_an_istio_of_nobody_here_has_the_key_that_mends_it(self) -> None:
        problem = _ask(**{CRD: {"kind": "x"}}, **listed(DEPLOYMENTS.format(""), DENIED, app="istiod"))
        assert problem and problem.fix.startswith(
            "pulumi config set --path 'incremental-istio:istio.install' gateway"
        ), "its CRDs would be taken away with ours"

    def test_by_crds_alone_is_not_sent_to_an_istiod_that_is_gone(self) -> None:
        problem = _ask(**{CRD: {"kind": "x"}})
        assert problem and "CRDs of an Istio that is gone" in problem.rule and "istio.install" not in problem.fix
