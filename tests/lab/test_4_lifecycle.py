"""The stack's life under accidents: runs killed in the middle, a lost cluster, a second stack, changes by hand."""

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import yaml

from tests.lab.conftest import SLOT, Stack, lab_command, resources
from tests.lab.interrupted import environments, heal, in_cluster, in_state, kill_when, known

# What the state knows in the end, and how much of it when a run is killed: from the first one on.
OBJECTS = 50
MOMENTS = (1, 4, 9, 14, 20, 26, 32, 38, 43, 47)
LOST_CLUSTER_SECONDS = 60


@pytest.fixture(name="nothing")
def _nothing(project: Stack) -> Stack:
    """The stack, with nothing of it left."""
    heal(project)
    if resources(project):
        project.destroy()
    assert in_cluster(project) == Counter(), "a test before this one left something behind"
    return project


# For a class, so that a moment's `up` and `destroy` take turns and each finds what it needs.
@pytest.fixture(name="moment", scope="class", params=MOMENTS, ids=str)
def _moment(request: pytest.FixtureRequest) -> int:
    moment: int = request.param
    return moment


class TestKilled:
    """SIGKILL for pulumi, its plugins and the language host, then the same command again."""

    def test_an_up_converges(self, nothing: Stack, moment: int) -> None:
        kill_when(nothing, lambda: known(nothing) >= moment, "up")
        heal(nothing)
        nothing.up()
        assert in_state(nothing) == in_cluster(nothing), "nothing doubled, nothing forgotten"

    def test_a_destroy_ends_clean(self, stack: Stack, moment: int) -> None:
        kill_when(stack, lambda: known(stack) <= OBJECTS - moment, "destroy")
        destroyed = environments(stack, "destroy", "local", "--keep-stack")
        assert destroyed.returncode == 0, destroyed.stderr
        assert (in_cluster(stack), resources(stack)) == (Counter(), []), destroyed.stderr


def test_the_checks_pass_after_all_that_killing(stack: Stack) -> None:
    assert stack.checks()["holds"]


def test_there_is_nothing_to_change_after_it(stack: Stack) -> None:
    stack.pulumi("preview", "--refresh", "--expect-no-changes")


def test_a_destroy_after_a_killed_up_leaves_nothing_behind(nothing: Stack) -> None:
    kill_when(nothing, lambda: known(nothing) >= 30, "up")
    destroyed = environments(nothing, "destroy", "local", "--keep-stack")
    assert destroyed.returncode == 0 and in_cluster(nothing) == Counter(), destroyed.stderr


def test_the_lock_of_a_killed_run_is_explained_with_the_fix(stack: Stack) -> None:
    kill_when(stack, lambda: known(stack) < 45, "destroy")
    refused = stack.pulumi("up", "--yes", "--skip-preview", check=False)
    assert refused.returncode and "pulumi cancel" in refused.stderr, refused.stderr
    assert "took away the lock of a run that is dead" in heal(stack)


def test_an_up_after_a_killed_destroy_brings_everything_back(stack: Stack) -> None:
    kill_when(stack, lambda: known(stack) < 40, "destroy")
    heal(stack)
    stack.up()
    assert in_state(stack) == in_cluster(stack), "the state must not claim what was just deleted"


def test_drift_made_by_hand_is_found_and_mended(stack: Stack) -> None:
    weights = [{"op": "replace", "path": f"/spec/http/0/route/{i}/weight", "value": w} for i, w in enumerate((90, 10))]
    stack.lab.run("kubectl", "scale", "deployment/reviews-v1", "--replicas=2")
    stack.lab.run("kubectl", "patch", "virtualservice", "reviews", "--type=json", f"--patch={json.dumps(weights)}")
    found = stack.pulumi("preview", "--refresh", "--expect-no-changes", check=False)
    assert found.returncode and "2 to update" in found.stdout, found.stdout
    stack.up("--refresh")
    stack.pulumi("preview", "--refresh", "--expect-no-changes")


def test_a_kubeconfig_with_another_user_replaces_nothing(stack: Stack) -> None:
    stack.lab.run("kubectl", "create", "serviceaccount", "other", "--namespace=kube-system")
    binding = ("clusterrolebinding", "system:other")
    stack.lab.run("kubectl", "create", *binding, "--clusterrole=cluster-admin", "--serviceaccount=kube-system:other")
    try:
        config = yaml.safe_load(stack.lab.run("kubectl", "config", "view", "--raw", "--flatten").stdout)
        token = stack.lab.run("kubectl", "create", "token", "other", "--namespace=kube-system").stdout
        config["users"][0] = {"name": "other", "user": {"token": token}}
        config["contexts"][0]["context"]["user"] = "other"
        kubeconfig = stack.folder / "kubeconfig"
        kubeconfig.write_text(yaml.safe_dump(config))
        preview = stack.pulumi("preview", "--json", f"--config=kubeconfig={kubeconfig}")
    finally:
        stack.lab.run("kubectl", "delete", *binding)
        stack.pulumi("config", "rm", "kubeconfig")
    summary = json.loads(preview.stdout)["changeSummary"]
    assert summary.pop("update") == 1 and summary.keys() == {"same"}, "only the provider learns of it"


@pytest.fixture(name="second")
def _second(stack: Stack) -> Iterator[str]:
    """Another stack on the same cluster, with every name of its own that it can have."""
    config = yaml.safe_load((stack.folder / "Pulumi.local.yaml").read_text())["config"]
    config["incremental-istio:istio"] = {"namespace": "istio-second"}
    config["incremental-istio:namespace"] = "second"
    stack.pulumi("stack", "init", "second", "--no-select")
    file = stack.folder / "Pulumi.second.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), "config": config}))
    yield "second"
    stack.pulumi("stack", "rm", "--yes", "--force", "second")
    stack.pulumi("stack", "select", "local")


def test_a_second_stack_on_the_cluster_is_refused_before_it_makes_anything(stack: Stack, second: str) -> None:
    before = in_cluster(stack)
    refused = stack.pulumi("up", "--yes", "--skip-preview", "--stack", second, check=False)
    said = refused.stdout + refused.stderr
    assert refused.returncode and "incremental-istio/local" in said and "Traceback" not in said, said
    assert in_cluster(stack) == before


def test_the_first_stack_is_untouched_by_the_refused_one(stack: Stack) -> None:
    stack.pulumi("preview", "--refresh", "--expect-no-changes")


def test_a_destroy_under_load_ends_clean(stack: Stack) -> None:
    requests = "while true; do curl -s -o /dev/null -m 1 http://istio-ingressgateway.istio-system/reviews/0; done"
    command = ["kubectl", "exec", "deployment/sleep", "--", "timeout", "90", "sh", "-c", requests]
    load = subprocess.Popen(command, env=stack.lab.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        stack.destroy()
    finally:
        load.kill()
        load.wait()
    assert (in_cluster(stack), resources(stack)) == (Counter(), [])


def test_an_update_while_the_cluster_is_away_forgets_nothing_and_destroy_of_a_lost_one_ends_clean(stack: Stack) -> None:
    before = in_state(stack)
    lab_command("down", "--slot", str(SLOT))
    try:
        away = stack.pulumi("refresh", "--yes", "--skip-preview", check=False)
        kept = in_state(stack)
        began = time.monotonic()
        destroyed = environments(stack, "destroy", "local", "--keep-stack")
        took = time.monotonic() - began
    finally:
        lab_command("up", "--slot", str(SLOT))
    assert away.returncode and kept == before, "an outage must not empty the state"
    assert destroyed.returncode == 0 and not resources(stack) and took < LOST_CLUSTER_SECONDS, destroyed.stderr
