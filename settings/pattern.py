"""What a text match takes, and whether it takes all or some of what another one does.

Owns the comparison of two matches. It answers yes only where that is certain: of two regexes, for example, it knows
nothing but that they are the same.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from settings.match import StringMatch

_META = frozenset(".^$*+?()[]{}|\\")


@dataclass(frozen=True)
class Pattern:
    """A set of texts: one text, all that start with it, or all that a regex matches as a whole."""

    kind: str
    text: str
    ignore_case: bool = False

    @classmethod
    def of(cls, match: StringMatch, *, ignore_case: bool = False) -> Self:
        """Return what a match takes; a regex that says no more than a text or a prefix is that."""
        if match.exact is not None:
            return cls("exact", match.exact, ignore_case)
        if match.prefix is not None:
            return cls("prefix", match.prefix, ignore_case)
        regex = (match.regex or "").removeprefix("^")
        if not _META & set(regex):
            return cls("exact", regex)
        body = regex.removesuffix(".*")
        if body != regex and not _META & set(body):
            return cls("prefix", body)
        return cls("regex", regex)

    @cached_property
    def head(self) -> str:
        """How every text in here starts."""
        if self.kind != "regex":
            return self._folded(self.text)
        import re2

        start: bytes = os.path.commonprefix(re2.compile(self.text).possiblematchrange(64))  # noqa: RUF071 - texts
        return start.decode(errors="ignore")

    def takes(self, text: str) -> bool:
        """Return whether a text is in here."""
        text = self._folded(text)
        if self.kind == "exact":
            return text == self.head
        if self.kind == "prefix":
            return text.startswith(self.head)
        import re2

        return re2.fullmatch(self.text, text) is not None

    def covers(self, other: "Pattern") -> bool:
        """Return whether all that the other one takes is certainly in here."""
        if self.text == other.text and self.kind == other.kind and self.ignore_case >= other.ignore_case:
            return True
        if other.ignore_case and not self.ignore_case and _has_case(self.text):
            return False
        if self.kind == "prefix":
            return self._folded(other.head).startswith(self.head)
        return other.kind == "exact" and self.takes(other.text)

    def meets(self, other: "Pattern") -> bool:
        """Return whether some text is certainly in both."""
        if self.covers(other) or other.covers(self):
            return True
        if not (self.ignore_case or other.ignore_case) or "regex" in (self.kind, other.kind):
            return False
        loose = [Pattern(one.kind, one.text, ignore_case=True) for one in (self, other)]
        return loose[0].covers(loose[1]) or loose[1].covers(loose[0])

    def _folded(self, text: str) -> str:
        return text.lower() if self.ignore_case else text


def _has_case(text: str) -> bool:
    return text.lower() != text.upper()
