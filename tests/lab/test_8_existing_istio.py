"""A cluster that has an Istio of its own, with its webhooks and its injector on. Slot 2, or the environment's.

Istio comes from its own installer, see foreign_istio.py.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from environments.backend import folder_url
from lab.versions import ISTIO
from tests.lab.conftest import PROGRAM, PROJECT, Lab, Stack, environment_of, lab_command, resources
from tests.lab.foreign_istio import INSTALL, Fingerprint, fingerprint, settled

SLOT: Final = int(os.environ.get("INCREMENTAL_ISTIO_TEST_EXISTING_SLOT", "2"))
REQUESTS: Final = "100"
SETTLED_SECONDS: Final = 60
INJECTED: Final = "team-a"
NAME: Final = "incremental"


@pytest.fixture(name="istio", scope="module")
def _istio() -> Iterator[Lab]:
    """A lab with somebody's Istio, and a namespace whose pods get sidecars."""
    lab_command("down", "--slot", str(SLOT))
    lab_command("up", "--slot", str(SLOT))
    lab = Lab(environment_of(SLOT))
    lab.run(*INSTALL)
    lab.run("kubectl", "create", "namespace", INJECTED)
    lab.run("kubectl", "label", "namespace", INJECTED, "istio-injection=enabled")
    deadline = time.monotonic() + SETTLED_SECONDS
    while not settled(lab):
        assert time.monotonic() < deadline, "istiod did not take its webhooks into use"
        time.sleep(0.5)
    yield lab
    lab_command("down", "--slot", str(SLOT))


@pytest.fixture(name="before", scope="module")
def _before(istio: Lab) -> Fingerprint:
    return fingerprint(istio)


@pytest.fixture(name="project", scope="module")
def _project(istio: Lab, before: Fingerprint, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A stack without config, not up."""
    assert len(before) > 40, "an Istio is there"
    folder = tmp_path_factory.mktemp("beside")
    for name in PROGRAM:
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    state = folder_url(tmp_path_factory.mktemp("state"))
    backend = {"PULUMI_BACKEND_URL": state, "PULUMI_CONFIG_PASSPHRASE": ""}
    stack = Stack(Lab({**istio.environment, **backend, "GOGC": "400"}), folder)
    stack.pulumi("stack", "select", "--create", "beside")
    return stack


@pytest.fixture(name="refused", scope="module")
def _refused(project: Stack) -> subprocess.CompletedProcess[str]:
    """An `up` with the default config."""
    return project.pulumi("up", "--yes", "--skip-preview", check=False)


@pytest.fixture(name="nothing", scope="module")
def _nothing(project: Stack, refused: subprocess.CompletedProcess[str]) -> str:
    """The stack, up with only routes; one of them to a Service that is not there. What `up` said."""
    assert refused.returncode
    _set(project, "istio.install", "nothing")
    _set(project, "routes.missing.port", "80")
    return project.pulumi("up", "--yes", "--skip-preview").stdout


@pytest.fixture(name="gateway", scope="module")
def _gateway(project: Stack, nothing: str) -> Stack:
    """The stack, up with gateways of its own."""
    assert nothing
    _set(project, "istio.install", "gateway")
    project.up()
    return project


@pytest.fixture(name="gone", scope="module")
def _gone(gateway: Stack) -> Stack:
    gateway.destroy()
    return gateway


class TestRefusal:
    """Installing over it by accident."""

    def test_ends_with_the_reason_and_the_key_that_mends_it(self, refused: subprocess.CompletedProcess[str]) -> None:
        said = refused.stdout + refused.stderr
        told = [f"an Istio already (istiod {ISTIO} in istio-system)", "'incremental-istio:istio.install' gateway"]
        assert refused.returncode and all(part in said for part in told) and "Traceback" not in said, said

    def test_creates_nothing(self, project: Stack, refused: subprocess.CompletedProcess[str]) -> None:
        assert refused.returncode
        assert resources(project) == [] and _names(project, "deployments") == {"istiod", "istio-ingressgateway"}


class TestNothing:
    """Only routes, on the gateway that is there."""

    def test_declares_of_istio_the_routes_only(self, project: Stack, nothing: str) -> None:
        assert nothing
        kinds = {one["type"].rpartition(":")[2] for one in resources(project) if "istio" in one["type"]}
        assert kinds == {"Gateway", "VirtualService", "DestinationRule"}

    def test_brings_no_proxy(self, project: Stack, nothing: str) -> None:
        assert nothing and _proxies(project) == {"istio-ingressgateway"}

    def test_warns_of_a_route_whose_service_is_not_there(self, nothing: str) -> None:
        assert "the Service missing of namespace default is not there; its share is answered with 503" in nothing

    def test_answers_for_that_route_with_503(self, project: Stack, nothing: str) -> None:
        assert nothing
        url = "http://istio-ingressgateway.istio-system/missing"
        said = project.lab.run(
            "kubectl", "exec", "deploy/sleep", "--",
            "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "5", url,
        )  # fmt: skip
        assert said.stdout == "503"

    def test_lets_the_traffic_of_that_gateway_follow_the_split(self, project: Stack, nothing: str) -> None:
        assert nothing
        assert project.checks("--requests", REQUESTS)["holds"]

    def test_leaves_that_istio_as_it_was(self, istio: Lab, before: Fingerprint, nothing: str) -> None:
        assert nothing and fingerprint(istio) == before


class TestGateway:
    """Gateways of the stack's own, and no second control plane."""

    def test_are_programmed_by_the_istiod_that_is_there(self, gateway: Stack) -> None:
        report = gateway.checks("--requests", REQUESTS)
        assert report["holds"] and NAME in report["paths"]["gateway"]["url"], report

    def test_are_the_only_proxies_that_come(self, gateway: Stack) -> None:
        ours = {f"{NAME}-ingressgateway", f"{NAME}-egressgateway"}
        assert _proxies(gateway) == {"istio-ingressgateway", *ours}

    def test_serve_the_routes_alone(self, gateway: Stack) -> None:
        objects = gateway.lab.objects("gateways.networking.istio.io")
        assert {one["spec"]["selector"]["istio"] for one in objects} == {f"{NAME}-ingressgateway"}

    def test_are_left_alone_by_the_injector(self, gateway: Stack) -> None:
        (pod,) = [one for one in gateway.lab.objects("pods") if _labels(one).get("istio") == f"{NAME}-ingressgateway"]
        assert _injected(gateway.lab, {}) > 1, "the injector is on in that namespace"
        assert _injected(gateway.lab, {"sidecar.istio.io/inject": _labels(pod)["sidecar.istio.io/inject"]}) == 1

    def test_change_nothing_on_a_second_up(self, gateway: Stack) -> None:
        gateway.up("--expect-no-changes")

    def test_leave_that_istio_as_it_was(self, istio: Lab, before: Fingerprint, gateway: Stack) -> None:
        assert gateway and fingerprint(istio) == before

    def test_leave_it_as_it_was_when_they_go(self, istio: Lab, before: Fingerprint, gone: Stack) -> None:
        assert gone and fingerprint(istio) == before

    def test_leave_nothing_behind(self, istio: Lab, gone: Stack) -> None:
        assert _proxies(gone) == {"istio-ingressgateway"}
        assert not istio.objects("gateways.networking.istio.io,virtualservices,destinationrules")


def _set(stack: Stack, key: str, value: str) -> None:
    stack.pulumi("config", "set", "--path", f"incremental-istio:{key}", value)


def _labels(one: dict[str, Any]) -> dict[str, str]:
    labels: dict[str, str] = one["metadata"].get("labels") or {}
    return labels


def _names(stack: Stack, kind: str) -> set[str]:
    return {one["metadata"]["name"] for one in stack.lab.objects(kind)}


def _proxies(stack: Stack) -> set[str]:
    """Return the gateways, and whatever else has a proxy of Istio's."""
    pods = [one for one in stack.lab.objects("pods") if "deletionTimestamp" not in one["metadata"]]
    return {
        _labels(one)["app"]
        for one in pods
        for container in [*one["spec"]["containers"], *one["spec"].get("initContainers", ())]
        if container["name"] == "istio-proxy"
    }


def _injected(lab: Lab, labels: dict[str, str]) -> int:
    """Return how many containers a pod of one container would have in the injected namespace."""
    shown = ",".join(f"{name}={value}" for name, value in {"app": "probe", **labels}.items())
    said = lab.run(
        "kubectl", "run", "probe", f"--namespace={INJECTED}", "--image=docker.io/curlimages/curl:8.16.0",
        f"--labels={shown}", "--dry-run=server", "--output=json",
    )  # fmt: skip
    spec = json.loads(said.stdout)["spec"]
    return len([*spec["containers"], *(one for one in spec.get("initContainers", ()) if one["name"] == "istio-proxy")])
