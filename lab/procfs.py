"""Processes as the kernel lists them below /proc.

Owns the reading only. A process may end between two looks, so every question has an
answer for one that is gone.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")


def everyone() -> list[int]:
    """Return the id of every process."""
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def start_time(pid: int) -> str | None:
    """Return when a process started, None when it has ended; with its id this names it for good."""
    try:
        # The second field, the command, may contain spaces and is in parentheses.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    # An ended process stays listed until its parent asks for it, and some containers' process 1 never does.
    return None if fields[0] in {"Z", "X"} else fields[19]


def children(pid: int) -> list[int]:
    """Return the ids of a process's children."""
    try:
        return [int(child) for child in (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()]
    except OSError:
        return []


def argv(pid: int) -> Sequence[str]:
    """Return a process's command line."""
    try:
        return (PROC / str(pid) / "cmdline").read_text(errors="replace").split("\0")[:-1]
    except OSError:
        return ()


def in_cgroup(pid: int, group: str) -> bool:
    """Tell whether a process is in a cgroup or below it, in any hierarchy."""
    try:
        rows = (PROC / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return False
    return any(f"{row.split(':', 2)[2]}/".startswith(f"{group}/") for row in rows)


def namespace(pid: int | str, kind: str) -> int | None:
    """Return the number of a process's namespace; no two that exist have the same, of whatever kind."""
    try:
        return (PROC / str(pid) / "ns" / kind).stat().st_ino
    except OSError:
        return None


def resident(pid: int) -> int:
    """Return how many bytes a process has in memory."""
    try:
        rows = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("VmRSS:")), 0)
