"""docs/migration.md on the example of examples/teams: Service A goes behind the gateway and back, under load."""

import json
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.conftest import PROGRAM, PROJECT, Lab, Stack, resources
from tests.lab.teams import ALIAS, ROUTE, Teams, until_in_log
from tests.lab.traffic import until

# Longer than istiod takes for any change of a rule.
PROGRAMMED_SECONDS = 10
# team-b.yaml: its curl gives up after 5 s, and it rests 0.2 s; the rest is a busy machine's.
REQUEST_SECONDS = 7
CLAIMED = "http://istio-ingressgateway.istio-system/claimed"
MANIFESTS = PROJECT / "examples/teams"


@pytest.fixture(name="teams", scope="module")
def _teams(lab: Lab, project: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teams]:
    """Step 1 of the migration: the alias is there and leads straight to the Service."""
    if resources(project):
        project.destroy()
    folder, state = tmp_path_factory.mktemp("teams"), tmp_path_factory.mktemp("state")
    for name in (*PROGRAM, "Pulumi.teams.yaml"):
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    stack = Stack(Lab({**project.lab.environment, "PULUMI_BACKEND_URL": state.as_uri()}), folder)
    lab.run("kubectl", "apply", f"--filename={MANIFESTS}")
    stack.pulumi("stack", "select", "--create", "teams")
    for key, value in ((ALIAS, "service"), (f"{ROUTE}.split.stable", "100"), (f"{ROUTE}.split.canary", "0")):
        stack.pulumi("config", "set", "--path", key, value)
    stack.up()
    log = until_in_log(stack, lambda log: all(line.startswith("200 ") for line in log), "B is answered")
    yield Teams(stack=stack, since=len(log))
    stack.destroy()
    lab.run("kubectl", "delete", "--ignore-not-found", f"--filename={MANIFESTS}")


@pytest.fixture(name="pod_of_b", scope="module", autouse=True)
def _pod_of_b(teams: Teams) -> dict[str, Any]:
    return teams.pod_of_b()


def test_1_with_the_alias_straight_to_the_service_b_does_not_use_the_gateway(teams: Teams) -> None:
    teams.settle(behind_the_gateway=False)


def test_2_before_b_moves_its_new_way_answers(teams: Teams) -> None:
    namespace, name = teams.listener()
    assert teams.ask_from_b(f"http://{name}.{namespace}:9080/reviews/0") == "200"


def test_3_b_moves_behind_the_gateway_without_losing_a_request(teams: Teams) -> None:
    teams.configure(alias="gateway")
    teams.settle(behind_the_gateway=True)
    assert teams.failures() == []


def test_4_as_canary_of_a_is_what_b_gets_at_its_own_url(teams: Teams) -> None:
    teams.configure(split__stable="90", split__canary="10")
    done = teams.split(stable=90, canary=10)
    assert done.returncode == 0, done.stdout + done.stderr


def test_5_b_reaches_every_path_of_the_service_not_only_the_routes_prefix(teams: Teams) -> None:
    assert teams.ask_from_b("http://service-a:9080/health") == teams.ask_from_b("http://service-a.team-a:9080/health")


def test_6_the_pods_that_take_requests_from_the_gateway_only_stay_ready(teams: Teams) -> None:
    teams.configure(onlyThroughGateway="true")
    policies = {
        one["metadata"]["name"]: one["spec"]["podSelector"] for one in teams.stack.lab.objects("networkpolicies")
    }
    pods = [pod for pod in teams.stack.lab.objects("pods") if pod["metadata"]["namespace"] == "team-a"]
    ready = [c["ready"] for pod in pods for c in pod["status"]["containerStatuses"]]
    assert policies["service-a-only-through-gateway"] == {"matchLabels": {"app": "service-a"}} and ready == [True, True]


@pytest.mark.parametrize(
    ("group", "namespace", "resource", "allowed"),
    [
        ("team-a", "team-a", "virtualservices", "yes"),
        ("team-a", "team-a", "destinationrules", "yes"),
        ("team-a", "team-b", "virtualservices", "no"),
        ("team-a", "istio-system", "destinationrules", "no"),
        ("team-a", "team-a", "gateways", "no"),
        ("team-b", "team-a", "virtualservices", "no"),
        ("team-b", "team-b", "virtualservices", "yes"),
    ],
)
def test_7_a_team_edits_the_rules_of_its_own_namespace_and_nobody_elses(
    teams: Teams, group: str, namespace: str, resource: str, allowed: str
) -> None:
    said = teams.stack.lab.run(
        "kubectl", "auth", "can-i", "patch", f"{resource}.networking.istio.io", f"--namespace={namespace}",
        "--as=somebody", f"--as-group={group}", check=False,
    ).stdout.strip()  # fmt: skip
    assert said == allowed


@pytest.mark.parametrize(("owner", "status"), [("team-a", "418"), ("team-b", "404")])
def test_8_a_rule_takes_effect_on_a_gateway_of_its_own_team_only(teams: Teams, owner: str, status: str) -> None:
    claim = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "claim", "namespace": owner},
        "spec": {
            "hosts": ["*"],
            "gateways": ["team-a/service-a-gateway"],
            "http": [{"match": [{"uri": {"prefix": "/claimed"}}], "directResponse": {"status": 418}}],
        },
    }
    file = teams.stack.folder / "claim.json"
    file.write_text(json.dumps(claim))
    until(lambda: teams.ask_from_b(CLAIMED), lambda got: got == "404", PROGRAMMED_SECONDS, "no claim of another owner")
    as_member = ("--as=somebody", f"--as-group={owner}")
    teams.stack.lab.run("kubectl", "create", f"--filename={file}", *as_member)
    try:
        deadline = time.monotonic() + PROGRAMMED_SECONDS
        while (got := teams.ask_from_b(CLAIMED)) == "404" and time.monotonic() < deadline:
            time.sleep(1)
        assert got == status
    finally:
        teams.stack.lab.run("kubectl", "delete", f"--filename={file}", *as_member)


def test_9a_b_moves_back_without_losing_a_request(teams: Teams) -> None:
    teams.configure(onlyThroughGateway="false")
    teams.configure(alias="service")
    teams.settle(behind_the_gateway=False)
    assert teams.failures() == []


def test_9b_b_was_asking_all_the_time(teams: Teams) -> None:
    assert teams.longest_pause() < REQUEST_SECONDS, "a load that stops loses nothing"


def test_9c_nothing_of_b_was_changed(teams: Teams, pod_of_b: dict[str, Any]) -> None:
    assert teams.pod_of_b() == pod_of_b


def test_9d_a_team_behind_the_gateway_has_no_sidecar(teams: Teams) -> None:
    containers = {
        c["name"] for pod in teams.stack.lab.objects("pods") for c in pod["spec"]["containers"]
        if pod["metadata"]["namespace"] in {"team-a", "team-b"}
    }  # fmt: skip
    assert containers == {"service-a", "service-b"}
