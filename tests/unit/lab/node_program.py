"""Runs a table of processes for a while, as its own process: node logic reaps every child there is.

Usage: FOLDER SECONDS TABLE, the table a JSON list of processes. Ends early once every process was started
as often as its `until` says.
"""

import ctypes
import json
import sys
import time
from pathlib import Path

from lab import node
from lab.paths import NodePaths
from lab.processes import Process

PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    folder, seconds, rows = Path(sys.argv[1]), float(sys.argv[2]), json.loads(sys.argv[3])
    until = {row["name"]: row.pop("until", 1) for row in rows}
    # As process 1 would: orphans come to this process.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    node.RESTART_SECONDS = 0.01  # type: ignore[misc] # Final for the rest of the program
    paths = NodePaths(folder)
    api = folder / "api"
    table = node.Node(paths, [Process(**row) for row in rows], api.exists)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        table.step()
        state = json.loads(paths.state.read_text()) if paths.state.exists() else {}
        if state and all(state[name]["starts"] >= starts for name, starts in until.items()):
            break
        time.sleep(0.005)
    print(json.dumps({"state": state, "children": Path(f"/proc/self/task/{_own()}/children").read_text().split()}))


def _own() -> str:
    return Path("/proc/self").readlink().name


main()
