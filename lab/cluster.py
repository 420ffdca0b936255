"""What the outside can see of the node's Kubernetes: is it ready, which process keeps ending.

Owns questions only; nothing here changes the node.
"""

import json
import time
from typing import Any, Final

from lab import nodes
from lab.api import Api
from lab.errors import CommandError
from lab.paths import NodePaths
from lab.processes import IMPORT

READY_SECONDS: Final = 90.0
RESTARTS: Final = 3
# What a call may take: the API server is on this machine.
CALL_SECONDS: Final = 2.0


def wait_until_ready(paths: NodePaths, seconds: float = READY_SECONDS) -> None:
    """Return once the API server answers, the node is Ready and the images are there.

    Raises:
        CommandError: the node ended, a process keeps ending, or the time is over.
    """
    deadline = time.monotonic() + seconds
    before = process_state(paths)
    while time.monotonic() < deadline:
        if nodes.running(paths) is None:
            raise CommandError("the node ended", paths.logs / "node.log")
        state = process_state(paths)
        for name, process in state.items():
            if process["starts"] - _starts(before, name) > RESTARTS:
                raise CommandError(f"{name} keeps ending (exit code {process['exit']})", paths.logs / f"{name}.log")
        if is_up(paths):
            return
        time.sleep(0.1)
    raise _too_late(paths, seconds)


def is_up(paths: NodePaths) -> bool:
    """Tell whether the node runs, all its processes do, the images are there, and it is Ready."""
    state = process_state(paths)
    alive = all(_imported(state) if name == IMPORT else process["pid"] for name, process in state.items())
    return bool(state) and alive and nodes.running(paths) is not None and node_is_ready(paths)


def node_is_ready(paths: NodePaths) -> bool:
    """Tell whether the API server answers and calls the node Ready."""
    try:
        api = Api.as_administrator(paths)
        # Made by a controller: until it is there, no pod can be.
        api.get("/api/v1/namespaces/default/serviceaccounts/default", CALL_SECONDS)
        found = api.get("/api/v1/nodes", CALL_SECONDS)["items"]
    except (OSError, ValueError):
        return False
    return any(
        (condition["type"], condition["status"]) == ("Ready", "True")
        for node in found
        for condition in node["status"].get("conditions", ())
    )


def process_state(paths: NodePaths) -> dict[str, dict[str, Any]]:
    """Return what the node says of its processes: pid inside, starts, last exit code."""
    try:
        state: dict[str, dict[str, Any]] = json.loads(paths.state.read_text())
    except (OSError, ValueError):
        return {}
    return state


def _imported(state: dict[str, dict[str, Any]]) -> bool:
    return IMPORT not in state or state[IMPORT]["exit"] == 0


def _starts(state: dict[str, dict[str, Any]], name: str) -> int:
    return int(state[name]["starts"]) if name in state else 0


def _too_late(paths: NodePaths, seconds: float) -> CommandError:
    """Name the process that the others wait for."""
    state = process_state(paths)
    waited_for, process = next(
        (
            (what, process)
            for what, process, there in (
                ("containerd does not answer", "containerd", paths.containerd.exists()),
                # What comes after the API server starts only when that is ready.
                ("the API server is not ready", "kube-apiserver", _starts(state, "kubelet") > 0),
                ("the images are not imported", IMPORT, _imported(state)),
            )
            if not there
        ),
        ("the node is not Ready", "kubelet"),
    )
    return CommandError(f"{waited_for} after {seconds:.0f} s", paths.logs / f"{process}.log")
