import json
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.lab import backend, echo
from tests.lab.conftest import Lab


@pytest.fixture(name="lab")
def _lab(monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Two pods of v1 and one that ends; each got two requests for /a."""
    pods: list[dict[str, Any]] = [{"metadata": {"name": name}} for name in ("one", "two", "ending")]
    pods[-1]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"

    def run(_: Lab, *command: str) -> CompletedProcess[str]:
        said = {"requests": {"/a": 2}} if "--raw" in command else {"items": pods}
        return CompletedProcess(command, 0, json.dumps(said))

    monkeypatch.setattr(Lab, "run", run)
    return Lab({})


def test_a_pod_that_ends_is_none_of_the_pods(lab: Lab) -> None:
    assert backend.Backend(lab).pods("v1") == ["one", "two"]


def test_requests_are_counted_over_all_pods_and_for_one_path(lab: Lab) -> None:
    assert [backend.Backend(lab).count("v1", path) for path in ("/a", "/b")] == [4, 0]


def test_every_service_has_the_same_pods_behind_it() -> None:
    made = backend.objects("shop", ["a", "b"], {"v1": 1})
    services = {one["metadata"]["name"]: one["spec"]["selector"] for one in made if one["kind"] == "Service"}
    pods = next(one for one in made if one["kind"] == "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert services == {"a": {"app": "echo"}, "b": {"app": "echo"}} and pods["app"] == "echo"


def test_there_is_a_deployment_for_each_version_with_its_pods() -> None:
    made = backend.objects("shop", [], {"v1": 1, "v2": 3})
    replicas = {
        one["spec"]["template"]["metadata"]["labels"]["version"]: one["spec"]["replicas"]
        for one in made
        if one["kind"] == "Deployment"
    }
    assert replicas == {"v1": 1, "v2": 3}


def test_another_program_is_another_pod() -> None:
    one, other = (backend._deployment("shop", "v1", 1, program)["spec"]["template"] for program in ("a", "b"))
    assert one != other


def test_the_pod_answers_where_the_server_listens() -> None:
    made = backend.objects("shop", ["a"], {"v1": 1})
    service = next(one for one in made if one["kind"] == "Service")
    container = made[-1]["spec"]["template"]["spec"]["containers"][0]
    asked = {service["spec"]["ports"][0]["port"], container["readinessProbe"]["httpGet"]["port"]}
    assert asked == {echo.PORT}
