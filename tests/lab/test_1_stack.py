"""The post comes true: the stack, up, under the post's checks."""

import json
from collections.abc import Iterator

import pytest

from tests.lab.conftest import SLOT, Lab, Stack, lab_command

REQUESTS = 400


@pytest.fixture(name="canary")
def _canary(stack: Stack) -> Iterator[Stack]:
    """The stack with 90/10 in its config, not yet up with it."""
    stack.set(v1=90, v2=10)
    yield stack
    stack.set(v1=50, v2=50)
    stack.up()


def test_plain_dns_answers_from_all_three_versions_and_the_gateway_follows_the_weights(stack: Stack) -> None:
    report = stack.checks("--requests", str(REQUESTS))
    assert report["holds"], report


def test_no_admission_webhook_is_configured_in_the_cluster(stack: Stack) -> None:
    found = stack.lab.objects("mutatingwebhookconfigurations,validatingwebhookconfigurations")
    assert found == [], "the post's point is a cluster without admission webhooks"


def test_only_the_gateways_have_a_container_named_istio_proxy(stack: Stack) -> None:
    proxies = {
        pod["metadata"]["labels"]["app"]
        for pod in stack.lab.objects("pods")
        for container in pod["spec"]["containers"]
        if container["name"] == "istio-proxy"
    }
    assert proxies == {"istio-ingressgateway", "istio-egressgateway"}


def test_a_second_up_changes_nothing(stack: Stack) -> None:
    stack.up("--expect-no-changes")


def test_a_refresh_finds_no_drift(stack: Stack) -> None:
    stack.pulumi("preview", "--refresh", "--expect-no-changes")


def test_a_changed_split_changes_exactly_one_object(canary: Stack) -> None:
    summary = json.loads(canary.pulumi("preview", "--json").stdout)["changeSummary"]
    assert summary.get("update") == 1 and not {"create", "delete", "replace"} & summary.keys(), summary


def test_the_traffic_follows_a_changed_split(canary: Stack) -> None:
    canary.up()
    report = canary.checks("--requests", str(REQUESTS))
    weights = {name: version["weight"] for name, version in report["paths"]["gateway"]["versions"].items()}
    assert (weights["v1"], weights["v2"]) == (90, 10) and report["holds"], report


def test_the_gateway_is_reached_from_outside_at_the_address_of_the_outputs(stack: Stack) -> None:
    gateway = json.loads(stack.pulumi("stack", "output", "gateway", "--json").stdout)
    answer = json.loads(stack.lab.run("curl", "--silent", "--fail", "--max-time", "5", gateway["outsideUrl"]).stdout)
    assert answer["podname"].startswith("reviews-")


def test_a_caller_in_another_namespace_reaches_the_split(stack: Stack) -> None:
    namespace, name = "team-b", "caller"
    stack.lab.run("kubectl", "create", "namespace", namespace)
    try:
        url = "http://istio-ingressgateway.istio-system/reviews/0"
        said = stack.lab.run(
            "kubectl", "run", name, f"--namespace={namespace}", "--image=docker.io/curlimages/curl:8.16.0",
            "--image-pull-policy=IfNotPresent", "--restart=Never", "--attach", "--rm", "--quiet", "--command", "--",
            "curl", "--silent", "--fail", "--max-time", "5", url,
        )  # fmt: skip
        assert json.loads(said.stdout)["podname"].split("-")[1] in {"v1", "v2"}
    finally:
        stack.lab.run("kubectl", "delete", "namespace", namespace)


def test_bad_config_is_told_whole_and_without_a_traceback(stack: Stack) -> None:
    stack.set(v1=70, v2=70)
    stack.pulumi("config", "set", "--path", "incremental-istio:gateway.replica", "3")
    try:
        refused = stack.pulumi("preview", check=False)
    finally:
        stack.set(v1=50, v2=50)
        stack.pulumi("config", "rm", "--path", "incremental-istio:gateway.replica")
    said = refused.stdout + refused.stderr
    told = ["the weights sum to 140, not 100", "gateway.replica", "there is no such key"]
    assert refused.returncode and all(part in said for part in told) and "Traceback" not in said, said


def test_the_running_lab_with_the_whole_post_stays_below_two_gibibytes(stack: Stack, lab: Lab) -> None:
    assert stack.lab.environment["KUBECONFIG"] == lab.environment["KUBECONFIG"]
    resident = json.loads(lab_command("status", "--json", "--slot", str(SLOT)).stdout)["resident"]
    assert resident < 2 * 1024**3, f"{resident / 1024**2:.0f} MiB resident"
