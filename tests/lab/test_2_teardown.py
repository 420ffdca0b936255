"""Taking the stack down leaves the cluster as it was, again and again."""

import pytest

from tests.lab.conftest import Stack, resources

KINDS = "namespaces,customresourcedefinitions,deployments,services,clusterroles,clusterrolebindings,networkpolicies"


def _foreign(stack: Stack) -> set[str]:
    """Name every object that Kubernetes did not make for itself."""
    return {
        f"{found['kind']}/{found['metadata']['name']}"
        for found in stack.lab.objects(KINDS)
        if not found["metadata"]["name"].startswith(("system:", "kube-", "kubernetes"))
        and "kubernetes.io/bootstrapping" not in found["metadata"].get("labels", {})
    } - {"Namespace/default"}


@pytest.mark.parametrize("time", ["the first time", "again"])
def test_destroy_leaves_no_object_behind_and_up_works_after_it(stack: Stack, time: str) -> None:
    assert _foreign(stack), f"the stack is up, {time}"
    stack.destroy()
    assert _foreign(stack) == set() and not resources(stack), f"what destroy left behind, {time}"
