"""Runs of pulumi that are killed in the middle, and what a cluster holds against what a state knows."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlparse

from tests.lab.conftest import PROJECT, Stack, resources

RUN_SECONDS = 90
LOOK_SECONDS = 0.05
KINDS = (
    "namespaces,customresourcedefinitions,deployments,services,serviceaccounts,configmaps,roles,rolebindings,"
    "clusterroles,clusterrolebindings,networkpolicies,horizontalpodautoscalers,poddisruptionbudgets"
)
ROUTES = "gateways.networking.istio.io,virtualservices.networking.istio.io,destinationrules.networking.istio.io"
# Made by Kubernetes for itself, or by istiod while it runs.
NOT_OURS = ("system:", "kube-", "kubernetes", "extension-apiserver")
ELECTION = "control-plane.alpha.kubernetes.io/leader"


def kill_when(stack: Stack, due: Callable[[], bool], *command: str) -> None:
    """Start pulumi and kill it, its plugins and the language host with SIGKILL as soon as it is due."""
    log = stack.folder / "killed.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            ["pulumi", f"--cwd={stack.folder}", *command, "--yes", "--skip-preview"],
            env=stack.lab.environment, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + RUN_SECONDS
        while not due() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        assert process.poll() is None, f"it ended before it could be killed:\n{log.read_text()[-2000:]}"
        # Plugins have process groups of their own; the session is what they share.
        for pid in _session(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait()


def known(stack: Stack) -> int:
    """Return how many objects the state knows, those that are only begun among them, while somebody writes it."""
    backend = Path(urlparse(stack.lab.environment["PULUMI_BACKEND_URL"]).path)
    try:
        return (backend / ".pulumi/stacks/incremental-istio/local.json").read_text().count('"type": "kubernetes:')
    except OSError:
        return 0


def environments(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m environments` on the tests' copy of the project."""
    return subprocess.run(
        [sys.executable, "-m", "environments", *arguments], cwd=stack.folder,
        env={**stack.lab.environment, "PYTHONPATH": str(PROJECT)},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def heal(stack: Stack) -> str:
    """Put right what a killed run left behind, and return what was said."""
    healed = environments(stack, "heal", "local")
    assert healed.returncode == 0, healed.stderr
    return healed.stderr


def in_state(stack: Stack) -> Counter[str]:
    """Name each object that the state knows."""
    return Counter(
        _name(resource["outputs"])
        for resource in resources(stack)
        if resource["type"].startswith("kubernetes:") and "kind" in resource.get("outputs", {})
    )


def in_cluster(stack: Stack) -> Counter[str]:
    """Name each object of the cluster that Kubernetes did not make for itself."""
    kinds = KINDS
    if any(crd["spec"]["group"] == "networking.istio.io" for crd in stack.lab.objects("customresourcedefinitions")):
        kinds = f"{KINDS},{ROUTES}"
    return Counter(
        _name(found)
        for found in stack.lab.objects(kinds)
        if not found["metadata"]["name"].startswith(NOT_OURS)
        and found["metadata"].get("namespace") != "kube-system"
        and ELECTION not in found["metadata"].get("annotations", {})
        and "kubernetes.io/bootstrapping" not in found["metadata"].get("labels", {})
        and (found["kind"], found["metadata"]["name"]) not in {("Namespace", "default"), ("ServiceAccount", "default")}
    )


def _name(found: dict[str, dict[str, str]]) -> str:
    metadata = found["metadata"]
    return f"{found['kind']} {metadata.get('namespace', '')}/{metadata['name']}"


def _session(leader: int) -> list[int]:
    said = subprocess.run(["ps", "-o", "pid=", "--sid", str(leader)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in said.stdout.split()]
