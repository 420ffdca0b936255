"""Starting, finding and ending the node of a slot, from the host's side.

Owns the node's folder and its processes. Safe to call again after a crash at any point:
what an earlier call left behind is taken away first.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lab import cgroups, configs, links, mounts, pki, procfs
from lab.errors import CommandError, LabError
from lab.network import Addresses
from lab.paths import PROJECT, NodePaths

END_SECONDS: Final = 20.0
START_SECONDS: Final = 10.0
CNI_CACHE: Final = Path("/var/lib/cni")


def running(paths: NodePaths) -> int | None:
    """Return the process id of the slot's node, or None when it does not run."""
    identity = _identity(paths)
    pid = identity.get("pid")
    if isinstance(pid, int) and identity.get("started") == procfs.start_time(pid) is not None:
        return pid
    return None


def complete(paths: NodePaths) -> bool:
    """Tell whether the slot's node runs and whoever started it got to the end of it."""
    return running(paths) is not None and bool(_identity(paths).get("connected"))


def start(paths: NodePaths, slot: int, toolchain: Path, images: Path | None, snapshotter: str) -> int:
    """Start a node with new data; return its process id.

    Raises:
        LabError: the node ended at once, and its log tells why; or its addresses are taken.
    """
    addresses = Addresses(slot)
    for folder in (paths.logs / "pods", paths.config, paths.data):
        folder.mkdir(parents=True, exist_ok=True)
    pki.write(paths, addresses)
    configs.write(paths, addresses, snapshotter)
    cgroups.make(configs.cgroup(slot))
    identity = {"slot": slot, "toolchain": str(toolchain), "images": str(images) if images else None}
    paths.identity.write_text(json.dumps(identity))

    log = paths.logs / "node.log"
    unshare = [shutil.which("unshare") or "/usr/bin/unshare"]
    unshare += ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with log.open("ab") as stream:
        outside = subprocess.Popen(
            [*unshare, sys.executable, *_command(paths)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            env=_environment(os.environ, toolchain),
        )
    try:
        identity |= {"pid": outside.pid, "started": procfs.start_time(outside.pid)}
        paths.identity.write_text(json.dumps(identity))
        links.connect(addresses, _child(outside, log))
        paths.identity.write_text(json.dumps({**identity, "connected": True}))
    except BaseException:
        outside.kill()
        outside.wait()
        raise
    return outside.pid


def end(paths: NodePaths, slot: int) -> bool:
    """End the node and take away all it had; return whether there was anything to take away."""
    found = paths.folder.exists()
    found |= _kill(paths, configs.cgroup(slot))
    found |= links.disconnect(Addresses(slot))
    mounts.remove(paths.folder)
    cgroups.remove(configs.cgroup(slot))
    shutil.rmtree(paths.folder, ignore_errors=True)
    if paths.folder.exists():
        shutil.rmtree(paths.folder)
    # Every node mounts its own over it: removed under another node, that one's mount would go too.
    others = [folder for folder in paths.folder.parent.glob("lab-*") if folder.is_dir()]
    if not others and not links.of_any_node():
        remove_if_empty(CNI_CACHE)
    return found


def remove_if_empty(folder: Path) -> None:
    """Remove a folder that nobody else put anything into."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def members(slot: int) -> list[int]:
    """Return the host's ids of every process of the slot's node, its pods and what was entered into it."""
    paths = NodePaths.of(slot)
    with _namespaces(paths) as namespaces:
        return _members(paths, configs.cgroup(slot), namespaces)


def _kill(paths: NodePaths, group: str) -> bool:
    """Kill every process of the node, and wait until they are gone; tell whether there were any."""
    found = False
    deadline = time.monotonic() + END_SECONDS
    with _namespaces(paths) as namespaces:
        while left := _members(paths, group, namespaces):
            found = True
            for process in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            if time.monotonic() > deadline:
                ids = ",".join(map(str, left))
                raise LabError(f"these processes do not end: {ids}. Look at them with: ps -fp {ids}")
            time.sleep(0.02)
    return found


def _members(paths: NodePaths, group: str, namespaces: set[int]) -> list[int]:
    return sorted(
        pid
        for pid in procfs.everyone()
        if (
            _is_node(paths, pid)
            or procfs.in_cgroup(pid, group)
            or namespaces.intersection(procfs.namespace(pid, kind) or 0 for kind in ("net", "mnt"))
        )
        and procfs.start_time(pid) is not None
    )


@contextlib.contextmanager
def _namespaces(paths: NodePaths) -> Iterator[set[int]]:
    """Give the numbers of the node's namespaces, and hold these open: a freed number is soon another's."""
    hosts = {procfs.namespace(pid, kind) for pid in ("self", 1) for kind in ("net", "mnt")}
    with contextlib.ExitStack() as stack:
        numbers = set()
        for pid in filter(lambda pid: _is_node(paths, pid), procfs.everyone()):
            for kind in ("net", "mnt"):
                with contextlib.suppress(OSError):
                    descriptor = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
                    stack.callback(os.close, descriptor)
                    numbers.add(os.fstat(descriptor).st_ino)
        # A node that has only just been started is still in the host's.
        yield numbers - hosts


def _command(paths: NodePaths) -> list[str]:
    return ["-m", "lab.node", str(paths.folder)]


def _is_node(paths: NodePaths, pid: int) -> bool:
    """Tell whether a process is the slot's node by its command: true also when its folder or identity is lost."""
    return list(procfs.argv(pid)[-3:]) == _command(paths)


def _environment(own: Mapping[str, str], toolchain: Path) -> dict[str, str]:
    """Return the node's environment: no proxy, since all that it talks to is itself."""
    kept = {name: value for name, value in own.items() if not name.lower().endswith("_proxy")}
    return {**kept, "PATH": f"{toolchain}:{own.get('PATH', os.defpath)}:/usr/sbin:/sbin"}


def _child(outside: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if outside.poll() is not None:
            raise CommandError(f"the node ended with exit code {outside.returncode}", log)
        # The fork comes after the new namespaces, so the child is in them.
        if children := procfs.children(outside.pid):
            return children[0]
        time.sleep(0.01)
    raise CommandError("the node did not start", log)


def _identity(paths: NodePaths) -> dict[str, Any]:
    try:
        content = json.loads(paths.identity.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
