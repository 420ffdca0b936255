"""The host's end of a node's network: one veth pair, two routes.

Owns what is on the host's side. The node's end is the business of ``node``.
"""

import subprocess
from pathlib import Path

from lab.errors import LabError
from lab.network import LINK_PREFIX, SLOTS, Addresses


def connect(addresses: Addresses, inside: int) -> None:
    """Connect the network namespace of a process with the host.

    Raises:
        LabError: an address or route is taken.
    """
    for arguments in (
        f"link add {addresses.link} type veth peer name eth0 netns {inside}",
        f"address add {addresses.host}/30 dev {addresses.link}",
        f"link set {addresses.link} up",
        f"route add {addresses.pods} via {addresses.node}",
        f"route add {addresses.services} via {addresses.node}",
    ):
        done = _ip(arguments)
        if done.returncode:
            raise LabError(
                f"`ip {arguments}` failed: {done.stderr.strip()}. Something else may use these addresses. "
                f"Fix: take another slot: --slot {(addresses.slot + 1) % SLOTS}"
            )


def disconnect(addresses: Addresses) -> bool:
    """Take the pair away, and with it both ends' addresses and routes; tell whether it was there."""
    if not _folder(addresses.link).exists():
        return False
    done = _ip(f"link delete {addresses.link}")
    # It goes by itself with the node's network namespace, a moment after the last process.
    if done.returncode and _folder(addresses.link).exists():
        raise LabError(f"`ip link delete {addresses.link}` failed: {done.stderr.strip()}")
    return True


def of_any_node() -> list[str]:
    """Return the links of all nodes on this machine."""
    return sorted(link.name for link in _folder("").glob(f"{LINK_PREFIX}*"))


def _folder(link: str) -> Path:
    return Path("/sys/class/net") / link


def _ip(arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *arguments.split()], check=False, capture_output=True, text=True)
