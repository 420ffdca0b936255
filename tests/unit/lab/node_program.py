"""Runs tables of processes for a while, each in a fork of its own: node logic reaps every child there is.

A line on stdin is one table as JSON: `folder`, `seconds`, and `rows`, a list of processes. It ends early once
every process was started as often as its `until` says. The answer is one line on stdout.
"""

import ctypes
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from lab import node
from lab.paths import NodePaths
from lab.processes import Process

PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    for line in sys.stdin:
        fork = os.fork()
        if fork == 0:
            answer(line)
        os.waitpid(fork, 0)


def answer(line: str) -> None:
    try:
        print(json.dumps(run(**json.loads(line))), flush=True)
    except Exception:  # noqa: BLE001 - whatever it is, the test shows it
        print(json.dumps({"error": traceback.format_exc()}), flush=True)
    finally:
        os._exit(0)


def run(folder: str, seconds: float, rows: list[dict[str, Any]]) -> dict[str, Any]:
    until = {row["name"]: row.pop("until", 1) for row in rows}
    # As process 1 would: orphans come to this process.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    node.RESTART_SECONDS = 0.01  # type: ignore[misc] # Final for the rest of the program
    paths = NodePaths(Path(folder))
    api = paths.folder / "api"
    table = node.Node(paths, [Process(**row) for row in rows], api.exists)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        table.step()
        state = json.loads(paths.state.read_text()) if paths.state.exists() else {}
        if state and all(state[name]["starts"] >= starts for name, starts in until.items()):
            break
        time.sleep(0.005)
    return {"state": state, "children": Path(f"/proc/self/task/{_own()}/children").read_text().split()}


def _own() -> str:
    return Path("/proc/self").readlink().name


main()
