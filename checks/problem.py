"""Why nothing could be measured: the fact, what follows from it, the command that mends it.

Owns the shape of a problem and the error that ends the tool with exit code 2. It does not own
a verdict that does not hold: that is a result (exit code 1), not a problem.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing in the way of a measurement."""

    fact: str
    consequence: str
    fix: str

    def __str__(self) -> str:
        return f"{self.fact}; {self.consequence}\n    fix: {self.fix}"


class CheckError(Exception):
    """Nothing was measured. Carries every problem that was found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{count}; nothing was measured.\n{lines}")
