"""What is wrong with a stack's config, told all at once.

Owns the shape of a section, of a problem, and the error that ends the program. It does
not own the rules: each section's model has its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from settings.paths import PROJECT, member


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One broken rule: what was set, what holds instead, and the command that mends it.

    A rule names every other key that it looks at by its whole path, so that it can be left
    out while that other key is wrong itself.
    """

    key: str
    value: Any
    rule: str
    fix: str

    def __str__(self) -> str:
        shown = "not set" if self.value is None else f"{self.value!r}"
        return f"{PROJECT}:{self.key} is {shown}: {self.rule}\n    fix: {self.fix}"


class Section(BaseModel):
    """One object of the stack's config: frozen, typed, unknown keys refused.

    In the config its keys are camelCase. Every field carries a ``description`` and
    ``examples``: the first example is what the fix of a wrong value shows; a list's is an item.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True)

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield what only shows when several fields are looked at together.

        Args:
            path: where the section stands in the config, e.g. ``routes.reviews``.
        """
        return self.inner_problems(path)

    def inner_problems(self, path: str) -> Iterator[Problem]:
        """Yield the problems of every section in this one."""
        for name, field in type(self).model_fields.items():
            if not field.exclude:
                yield from _problems_in(getattr(self, name), member(path, field.alias or name))

    @classmethod
    def mend(cls, path: str, key: str, content: Mapping[str, Any]) -> str | None:  # noqa: ARG003 - for who overrides it
        """Return the command that mends a wrong value, where its field's example would not.

        Args:
            path: where the section stands in the config.
            key: where the value stands.
            content: the section as it was given.
        """
        return None


def _problems_in(value: object, path: str) -> Iterator[Problem]:
    if isinstance(value, Section):
        yield from value.problems(path)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _problems_in(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _problems_in(item, member(path, name))


class ConfigError(pulumi.RunError):
    """The config cannot be used. Pulumi prints a ``RunError`` without a traceback."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{count} in the stack's config; nothing was created.\n{lines}")
