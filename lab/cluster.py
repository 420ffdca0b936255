"""What the outside can see of the node's Kubernetes: is it ready, which images has it.

Owns questions only; nothing here changes the node.
"""

import json
import time
from typing import Any, Final

import urllib3
from kubernetes import client, config  # type: ignore[attr-defined] # the package is untyped

from lab.errors import CommandError
from lab.paths import NodePaths

READY_SECONDS: Final = 90.0
RESTARTS: Final = 3


def wait_until_ready(paths: NodePaths) -> None:
    """Return once the API server answers, the node is Ready and the images are there.

    Raises:
        CommandError: a process keeps ending, or ``READY_SECONDS`` have passed.
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        state = process_state(paths)
        for name, process in state.items():
            if process["starts"] > RESTARTS:
                raise CommandError(f"{name} keeps ending (exit code {process['exit']})", paths.logs / f"{name}.log")
        images = state.get("images")
        if (images is None or images["exit"] == 0) and state and node_is_ready(paths):
            return
        time.sleep(0.1)
    raise CommandError(f"the node is not Ready after {READY_SECONDS:.0f} s", paths.logs / "kubelet.log")


def node_is_ready(paths: NodePaths) -> bool:
    """Tell whether the API server answers and calls the node Ready."""
    try:
        api = _api(paths)
        # Made by a controller: until it is there, no pod can be.
        api.read_namespaced_service_account("default", "default", _request_timeout=2)
        nodes = api.list_node(_request_timeout=2).items
    except (client.ApiException, urllib3.exceptions.HTTPError, OSError):
        return False
    return any(
        condition.type == "Ready" and condition.status == "True"
        for node in nodes
        for condition in node.status.conditions or []
    )


def process_state(paths: NodePaths) -> dict[str, dict[str, Any]]:
    """Return what the node says of its processes: pid inside, starts, last exit code."""
    try:
        state: dict[str, dict[str, Any]] = json.loads(paths.state.read_text())
    except OSError:
        return {}
    return state


def _api(paths: NodePaths) -> Any:
    return client.CoreV1Api(config.new_client_from_config(str(paths.kubeconfig)))
