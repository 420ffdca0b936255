"""What stops the lab, said so that a person can go on from there."""

from collections.abc import Sequence
from pathlib import Path


class LabError(Exception):
    """A stop with a reason and a fix; the command line prints it without a traceback."""


class MachineError(LabError):
    """What the machine lacks, all of it at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"this machine cannot run the lab as it is; nothing was changed.\n{lines}")


class CommandError(LabError):
    """A command that failed, with the end of its log and where the rest is."""

    def __init__(self, what: str, log: Path, lines: int = 15) -> None:
        super().__init__(f"{what}. The last lines of {log}:\n{tail(log, lines)}")


def tail(log: Path, lines: int) -> str:
    """Return a log's last lines, indented; an empty or missing log says so."""
    try:
        end = log.read_text(errors="replace").splitlines()[-lines:]
    except OSError:
        end = []
    return "\n".join(f"    {line}" for line in end or ["(nothing was logged)"])
