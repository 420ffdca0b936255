"""What stops a command, said so that a person can go on from there."""

from collections.abc import Sequence
from dataclasses import dataclass


class EnvironmentsError(Exception):
    """A stop with a reason and a fix; the command line prints it without a traceback."""


class PulumiError(EnvironmentsError):
    """A command of pulumi's that failed, with what it said."""

    def __init__(self, command: Sequence[str], code: int, said: str) -> None:
        super().__init__(f"`{' '.join(command)}` ended with {code}:\n{said.strip() or '(it said nothing)'}")
        self.said = said


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One value that cannot be: what was given, what holds instead, and what mends it."""

    key: str
    value: object
    rule: str
    fix: str

    def __str__(self) -> str:
        return f"{self.key} is {self.value!r}: {self.rule}\n    fix: {self.fix}"


class RefusedError(EnvironmentsError):
    """What was asked for cannot be, told all at once; nothing was changed."""

    def __init__(self, refusals: Sequence[object]) -> None:
        count = "1 problem" if len(refusals) == 1 else f"{len(refusals)} problems"
        lines = "\n".join(f"  - {refusal}" for refusal in refusals)
        super().__init__(f"{count}; nothing was created.\n{lines}")
