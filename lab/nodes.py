"""Starting, finding and ending the node of a slot, from the host's side.

Owns the node's folder, the host's end of the network, and the cgroups. Safe to call
again after a crash at any point: what an earlier call left behind is taken away first.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lab import configs, pki
from lab.errors import CommandError, LabError
from lab.network import Addresses
from lab.paths import PROJECT, NodePaths

CGROUPS: Final = Path("/sys/fs/cgroup")
END_SECONDS: Final = 20.0
START_SECONDS: Final = 10.0


@contextlib.contextmanager
def locked(paths: NodePaths) -> Iterator[None]:
    """Hold the slot's lock: two commands never change the same node at once."""
    paths.lock.parent.mkdir(parents=True, exist_ok=True)
    with paths.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LabError(
                f"another `lab` command is changing this lab ({paths.lock} is held). Wait for it to end, "
                f"or find it with: fuser -v {paths.lock}"
            ) from None
        yield


def running(paths: NodePaths) -> int | None:
    """Return the process id of the slot's node, or None when it does not run."""
    identity = _identity(paths)
    pid = identity.get("pid")
    if pid and _start_time(pid) == identity.get("started"):
        return int(pid)
    return None


def start(paths: NodePaths, slot: int, toolchain: Path, images: Path | None, snapshotter: str) -> int:
    """Start a node with new data; return its process id.

    Raises:
        CommandError: the node ended at once; its log tells why.
    """
    addresses = Addresses(slot)
    for folder in (paths.logs, paths.config, paths.data):
        folder.mkdir(parents=True, exist_ok=True)
    (paths.logs / "pods").mkdir(exist_ok=True)
    Path("/var/lib/cni").mkdir(exist_ok=True)
    pki.write(paths, addresses)
    configs.write(paths, addresses, snapshotter)
    _make_cgroups(configs.cgroup(slot))
    identity = {"slot": slot, "toolchain": str(toolchain), "images": str(images) if images else None}
    paths.identity.write_text(json.dumps(identity))

    log = paths.logs / "node.log"
    with log.open("ab") as stream:
        outside = subprocess.Popen(  # noqa: S603 - fixed command
            [
                shutil.which("unshare") or "/usr/bin/unshare",
                "--mount",
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                sys.executable,
                "-m",
                "lab.node",
                str(paths.folder),
            ],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            env={**os.environ, "PATH": f"{toolchain}:{os.environ['PATH']}:/usr/sbin:/sbin"},
        )
    paths.identity.write_text(json.dumps({**identity, "pid": outside.pid, "started": _start_time(outside.pid)}))
    inside = _child(outside, log)
    _connect(addresses, inside)
    return outside.pid


def end(paths: NodePaths, slot: int) -> bool:
    """End the node and take away all it had; return whether there was anything to take away."""
    found = paths.folder.exists()
    pid = running(paths)
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _reap_stragglers(slot)
    addresses = Addresses(slot)
    if (Path("/sys/class/net") / addresses.link).exists():
        subprocess.run(["ip", "link", "delete", addresses.link], check=False, capture_output=True)  # noqa: S603, S607
    _remove_mounts(paths.folder)
    _remove_cgroups(configs.cgroup(slot))
    shutil.rmtree(paths.folder, ignore_errors=True)
    if paths.folder.exists():
        shutil.rmtree(paths.folder)
    remove_if_empty(Path("/var/lib/cni"))
    return found


def remove_if_empty(folder: Path) -> None:
    """Remove a folder that nobody else put anything into."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def members(slot: int) -> list[int]:
    """Return the host's ids of every process whose network namespace, or cgroup, is the slot's node's."""
    pid = running(NodePaths.of(slot))
    inside = _children(pid) if pid else []
    namespace = _namespace(inside[0]) if inside else None
    group = configs.cgroup(slot)
    found = [pid] if pid else []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        process = int(folder.name)
        if (namespace and _namespace(process) == namespace) or _in_cgroup(process, group):
            found.append(process)
    return sorted(set(found))


def _reap_stragglers(slot: int) -> None:
    """Kill what is still in the node's cgroups, and wait until the node's processes are gone."""
    deadline = time.monotonic() + END_SECONDS
    while left := members(slot):
        for process in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise LabError(f"these processes do not end: {left}. Look at them with: ps -fp {','.join(map(str, left))}")
        time.sleep(0.05)


def _child(outside: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if outside.poll() is not None:
            raise CommandError(f"the node ended with exit code {outside.returncode}", log)
        children = _children(outside.pid)
        # The fork comes after the new namespaces, so the child is in them.
        if children:
            return children[0]
        time.sleep(0.01)
    raise CommandError("the node did not start", log)


def _connect(addresses: Addresses, inside: int) -> None:
    pair = f"link add {addresses.link} type veth peer name eth0 netns {inside}"
    for arguments in (
        pair,
        f"address add {addresses.host}/30 dev {addresses.link}",
        f"link set {addresses.link} up",
        f"route add {addresses.pods} via {addresses.node}",
        f"route add {addresses.services} via {addresses.node}",
    ):
        done = subprocess.run(["ip", *arguments.split()], check=False, capture_output=True, text=True)  # noqa: S603, S607
        if done.returncode:
            raise LabError(
                f"`ip {arguments}` failed: {done.stderr.strip()}. Something else may use these addresses; "
                "choose another slot with: --slot 1"
            )


def _identity(paths: NodePaths) -> dict[str, Any]:
    try:
        content = json.loads(paths.identity.read_text())
    except (OSError, json.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}


def _start_time(pid: int) -> str | None:
    """Return when a process started; with its id this names it for good, ids being used again."""
    try:
        # Field 22; the second one, the command, may contain spaces and is in parentheses.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _namespace(pid: int) -> str | None:
    try:
        return str(Path(f"/proc/{pid}/ns/net").readlink())
    except OSError:
        return None


def _in_cgroup(pid: int, group: str) -> bool:
    try:
        return f":{group}/" in Path(f"/proc/{pid}/cgroup").read_text()
    except OSError:
        return False


def _hierarchies() -> list[Path]:
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS]
    return [
        folder
        for folder in CGROUPS.iterdir()
        if folder.is_dir() and not folder.is_symlink() and (folder / "cgroup.procs").exists()
    ]


def _make_cgroups(group: str) -> None:
    for hierarchy in _hierarchies():
        folder = hierarchy / group.lstrip("/")
        folder.mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):
            # A version 1 cpuset starts out empty and then takes no process.
            if (folder / setting).exists() and hierarchy != CGROUPS:
                (folder / setting).write_text((hierarchy / setting).read_text())
    if (CGROUPS / "cgroup.controllers").exists():
        controllers = (CGROUPS / "cgroup.controllers").read_text().split()
        enable = " ".join(f"+{controller}" for controller in controllers)
        for folder in (CGROUPS, CGROUPS / group.lstrip("/")):
            (folder / "cgroup.subtree_control").write_text(enable)


def _remove_cgroups(group: str) -> None:
    for hierarchy in _hierarchies():
        top = hierarchy / group.lstrip("/")
        if not top.exists():
            continue
        folders = [top, *(Path(folder) for folder, _, _ in os.walk(top) if Path(folder) != top)]
        for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _remove_mounts(folder: Path) -> None:
    """Unmount what is below the folder in the host's own mount namespace."""
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for mount in reversed([mount for mount in mounts if mount.startswith(f"{folder}/")]):
        subprocess.run(["umount", "--lazy", mount], check=False, capture_output=True)  # noqa: S603, S607
