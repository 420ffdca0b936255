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
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Final

from lab.network import API_PORT, Addresses
from lab.paths import NodePaths
from lab.processes import Process, processes

TICK_SECONDS: Final = 0.05
RESTART_SECONDS: Final = 1.0
LINK_SECONDS: Final = 10.0


class Node:
    """The table of processes and what has become of each."""

    def __init__(self, paths: NodePaths, addresses: Addresses, toolchain: Path, images: Path | None) -> None:
        """Take over the table; nothing is started yet."""
        self._paths = paths
        self._waiting: list[tuple[float, Process]] = [
            (0.0, process) for process in processes(paths, addresses, toolchain, images)
        ]
        self._running: dict[int, Process] = {}
        self._state: dict[str, dict[str, object]] = {}
        self._api_is_ready = False
        self._tls = ssl.create_default_context(cafile=str(paths.pki / "ca.crt"))

    def run(self) -> None:
        """Start what can be started, reap what has ended, for ever."""
        while True:
            changed = self._start_due()
            changed |= self._reap()
            if changed:
                self._save()
            time.sleep(TICK_SECONDS)

    def _start_due(self) -> bool:
        due = [(at, process) for at, process in self._waiting if at <= time.monotonic() and self._can_start(process)]
        for entry in due:
            self._waiting.remove(entry)
            self._start(entry[1])
        return bool(due)

    def _can_start(self, process: Process) -> bool:
        if process.after == "containerd":
            return self._paths.containerd.exists()
        if process.after == "api":
            return self._api() and self._paths.containerd.exists()
        return True

    def _api(self) -> bool:
        if not self._api_is_ready:
            try:
                url = f"https://127.0.0.1:{API_PORT}/readyz"
                urllib.request.urlopen(url, context=self._tls, timeout=1).close()  # noqa: S310 - our own API server
                self._api_is_ready = True
            except (OSError, urllib.error.URLError):
                return False
        return True

    def _start(self, process: Process) -> None:
        with (self._paths.logs / f"{process.name}.log").open("ab") as log:
            pid = subprocess.Popen(process.argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL).pid
        self._running[pid] = process
        entry = self._state.setdefault(process.name, {"starts": 0})
        entry.update(pid=pid, starts=int(str(entry["starts"])) + 1, exit=None)

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
            if process is None:
                continue
            changed = True
            code = os.waitstatus_to_exitcode(status)
            self._state[process.name].update(pid=None, exit=code)
            if not process.once or code != 0:
                self._waiting.append((time.monotonic() + RESTART_SECONDS, process))

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
    Node(paths, addresses, Path(identity["toolchain"]), Path(images) if images else None).run()


def _end(_signal: int, _frame: FrameType | None) -> None:
    # The kernel kills the rest of the namespace. Their data goes too, so there is nothing to flush.
    os._exit(0)


def _command(*argv: str) -> None:
    subprocess.run(argv, check=True)  # noqa: S603 - fixed commands


if __name__ == "__main__":
    main()
