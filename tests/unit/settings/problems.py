"""What a section of the config says about a content."""

from collections.abc import Mapping
from typing import Any

from settings.check import check
from settings.problem import Problem, Section


def problems_of(section: type[Section], path: str, content: Mapping[str, Any]) -> list[Problem]:
    """Return every problem of a section's content."""
    checked = check(section, content, path)
    return checked if isinstance(checked, list) else []


def only(section: type[Section], path: str, content: Mapping[str, Any]) -> Problem:
    """Return the one problem of a section's content."""
    problems = problems_of(section, path, content)
    assert len(problems) == 1, f"one problem is expected: {[str(problem) for problem in problems]}"
    return problems[0]
