"""The one error of this package."""

from collections.abc import Sequence
from dataclasses import dataclass

from lab.errors import LabError


class ImagesError(LabError):
    """The images cannot be built; the text says what is missing and the command that mends it."""


@dataclass(frozen=True)
class Lack:
    """Something that a build needs and this machine does not have."""

    fact: str
    fix: str

    def __str__(self) -> str:
        return f"{self.fact}. Fix: {self.fix}"


def refuse(lacks: Sequence[Lack]) -> None:
    """Raise one error that names everything that is missing, if anything is."""
    if lacks:
        lines = "\n".join(f"  - {lack}" for lack in lacks)
        raise ImagesError(f"the lab's images cannot be built:\n{lines}")
