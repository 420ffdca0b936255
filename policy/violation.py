"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from policy.objects import Declared


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A rule that an object breaks.

    Attributes:
        rule: name of the rule.
        fact: what the object has, so that a reader need not look.
        fix: what to do about it.
    """

    rule: str
    declared: Declared
    fact: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of the project.

    Attributes:
        promise: what holds where the rule is kept, as a sentence.
        find: yields the objects that break it, of all that are declared together.
    """

    name: str
    promise: str
    find: Callable[[Sequence[Declared]], Iterator[Violation]]
