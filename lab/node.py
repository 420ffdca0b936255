"""The node: process 1 of namespaces of its own, parent of every process of the cluster.

Owns what happens inside: mounts, network, starting, restarting and reaping. Because
it is the first process of its PID namespace, the kernel ends everything below it when it
ends, however it ends; mounts and network go with the last process. Nothing has to be
remembered to be cleaned up, but for cgroups and the node's folder.

Started by ``nodes.start`` as ``unshare ... python -m lab.node FOLDER``.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

from lab.api import Api
from lab.network import Addresses
from lab.paths import NodePaths
from lab.processes import Process, processes

TICK_SECONDS: Final = 0.05
RESTART_SECONDS: Final = 1.0
# After so many starts the pauses get longer, or the log of a broken program would fill the disk.
PATIENCE: Final = 5
LATER_RESTART_SECONDS: Final = 10.0
# What a shell would call a command that it cannot start.
CANNOT_START: Final = 126
LINK_SECONDS: Final = 10.0


class Node:
    """The table of processes and what has become of each."""

    def __init__(self, paths: NodePaths, table: Sequence[Process], api_is_ready: Callable[[], bool]) -> None:
        """Take over the table; nothing is started yet."""
        self._paths = paths
        self._waiting = [(0.0, process) for process in table]
        self._running: dict[int, Process] = {}
        self._state: dict[str, dict[str, Any]] = {
            process.name: {"starts": 0, "pid": None, "exit": None} for process in table
        }
        self._ask_api = api_is_ready
        self._api_was_ready = False

    def run(self) -> None:
        """Start what can be started, reap what has ended, for ever."""
        while True:
            self.step()
            time.sleep(TICK_SECONDS)

    def step(self) -> None:
        """Start what can be started now, and reap what has ended by now."""
        changed = self._start_due()
        changed |= self._reap()
        if changed:
            self._save()

    def _start_due(self) -> bool:
        due = [(at, process) for at, process in self._waiting if at <= time.monotonic() and self._can_start(process)]
        for entry in due:
            self._waiting.remove(entry)
            self._start(entry[1])
        return bool(due)

    def _can_start(self, process: Process) -> bool:
        if process.after == "start":
            return True
        if not self._paths.containerd.exists():
            return False
        if process.after == "api" and not self._api_was_ready:
            self._api_was_ready = self._ask_api()
            return self._api_was_ready
        return True

    def _start(self, process: Process) -> None:
        entry = self._state[process.name]
        entry["starts"] += 1
        log = self._paths.logs / f"{process.name}.log"
        try:
            # Not subprocess: its objects reap by themselves, at times of their own, and `_reap` would miss the end.
            pid = os.posix_spawn(
                process.argv[0],
                list(process.argv),
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                # Python ignores these two, and what is ignored stays so in a child.
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
            )
        except OSError as error:
            with log.open("a") as stream:
                stream.write(f"{process.argv[0]} cannot be started: {error.strerror}\n")
            self._ended(process, CANNOT_START)
        else:
            self._running[pid] = process
            entry["pid"] = pid

    def _reap(self) -> bool:
        """Reap children and, as process 1, the orphans of others too."""
        changed = False
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return changed
            if pid == 0:
                return changed
            process = self._running.pop(pid, None)
            if process is not None:
                self._ended(process, os.waitstatus_to_exitcode(status))
                changed = True

    def _ended(self, process: Process, code: int) -> None:
        entry = self._state[process.name]
        entry.update(pid=None, exit=code)
        if not process.once or code != 0:
            pause = RESTART_SECONDS if entry["starts"] <= PATIENCE else LATER_RESTART_SECONDS
            self._waiting.append((time.monotonic() + pause, process))

    def _save(self) -> None:
        draft = self._paths.state.with_suffix(".draft")
        draft.write_text(json.dumps(self._state))
        draft.replace(self._paths.state)


def prepare(paths: NodePaths, addresses: Addresses) -> None:
    """Set up the node's own mounts and its end of the network."""
    # Hard-wired paths of containerd, CNI and kubelet: given to the node alone, so that the host's stay as they are.
    _command("mount", "-t", "tmpfs", "tmpfs", "/run")
    for host_folder in (Path("/var/log"), Path("/var/lib/cni")):
        own = paths.data / host_folder.name
        own.mkdir(parents=True, exist_ok=True)
        host_folder.mkdir(exist_ok=True)
        _command("mount", "--bind", str(own), str(host_folder))
    _command("ip", "link", "set", "lo", "up")
    deadline = time.monotonic() + LINK_SECONDS
    while not Path("/proc/self/net/dev").read_text().count("eth0:"):
        if time.monotonic() > deadline:
            sys.exit("the host's end of the network did not appear")
        time.sleep(0.01)
    _command("ip", "address", "add", f"{addresses.node}/30", "dev", "eth0")
    _command("ip", "address", "add", f"{addresses.dns}/32", "dev", "lo")
    _command("ip", "link", "set", "eth0", "up")
    _command("ip", "route", "add", "default", "via", addresses.host)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def main() -> None:
    """Become the node that the identity file in the folder describes."""
    paths = NodePaths(Path(sys.argv[1]))
    identity = json.loads(paths.identity.read_text())
    signal.signal(signal.SIGTERM, _end)
    addresses = Addresses(identity["slot"])
    prepare(paths, addresses)
    images = identity["images"]
    table = processes(paths, addresses, Path(identity["toolchain"]), Path(images) if images else None)
    Node(paths, table, Api.from_within(paths).is_ready).run()


def _end(_signal: int, _frame: FrameType | None) -> None:
    # The kernel kills the rest of the namespace. Their data goes too, so there is nothing to flush.
    os._exit(0)


def _command(*argv: str) -> None:
    subprocess.run(argv, check=True)


if __name__ == "__main__":
    main()
