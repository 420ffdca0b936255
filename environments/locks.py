"""A lock that a killed run left behind, told from one that is held.

Owns the question whether the process of a lock is dead. Only locks in a folder of this machine
are ever taken away: elsewhere, a process of the same number may well be alive.
"""

import re
import socket
import subprocess
from dataclasses import dataclass

from environments import folder
from environments.cli import Pulumi
from environments.errors import EnvironmentsError, PulumiError

# What a folder or bucket says, and what the Pulumi Cloud says.
LOCKED = ("the stack is currently locked", "Another update is currently in progress")
_HOLDER = re.compile(r"created by (?P<user>.+?)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<time>\S+)")


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Who locked a stack."""

    user: str
    host: str
    pid: int
    time: str

    @property
    def left_behind(self) -> bool:
        """Whether the process that took it ran here and is dead."""
        return self.host == socket.gethostname() and not _is_pulumi(self.pid)

    def __str__(self) -> str:
        return f"{self.user}@{self.host}, process {self.pid}, since {self.time}"


class LockedError(EnvironmentsError):
    """Somebody else's run holds the stack, or held it when it was killed."""

    def __init__(self, name: str, held: list[Lock]) -> None:
        by = "; ".join(str(lock) for lock in held) or "another run"
        super().__init__(
            f"stack {name} is locked by {by}. Wait for it to end; a run that was killed leaves its lock behind.\n"
            f"    fix, once no run is under way: pulumi cancel --yes --stack {name}"
        )


def explained(name: str, error: PulumiError) -> EnvironmentsError:
    """Return the error to tell of a command's failure: one of a lock names its holder and the way out."""
    if not any(words in error.said for words in LOCKED):
        return error
    held = [
        Lock(user=m["user"], host=m["host"], pid=int(m["pid"]), time=m["time"]) for m in _HOLDER.finditer(error.said)
    ]
    return LockedError(name, held)


def release(pulumi: Pulumi, name: str) -> list[Lock]:
    """Take away the locks that dead processes left in a folder on this machine; return them.

    Raises:
        LockedError: a process that holds one may be alive.
    """
    held = [
        Lock(user=held["username"], host=held["hostname"], pid=held["pid"], time=held["timestamp"])
        for held in folder.locks(pulumi, name)
    ]
    if not all(lock.left_behind for lock in held):
        raise LockedError(name, held)
    if held:
        pulumi.run("cancel", "--yes", "--stack", name)
    return held


def _is_pulumi(pid: int) -> bool:
    """Return whether a process lives and is pulumi: a dead one's number may have been given to another."""
    said = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return "pulumi" in said and "defunct" not in said
