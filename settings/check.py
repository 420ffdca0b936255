"""From a section's plain content to its model, or to every problem that the content has.

Owns the translation of what pydantic finds into a key, a rule and a fix, and that a wrong
key does not hide what is wrong with the others.
"""

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from settings.paths import member, set_command, set_list_command, unset_command
from settings.problem import Problem, Section

S = TypeVar("S", bound=Section)
Location = tuple[int | str, ...]


def check(section: type[S], content: Mapping[str, Any], path: str) -> S | list[Problem]:
    """Return the section, or all that is wrong with its content.

    Args:
        section: the model.
        content: as it was given, with the config's camelCase keys.
        path: where the section stands in the config; empty for the whole.
    """
    try:
        parsed = _parse(section, content)
    except ValidationError as error:
        found = error.errors()
        return [
            *(_translate(detail, section, content, path) for detail in found),
            *_rest(section, content, path, found),
        ]
    return list(parsed.problems(path)) or parsed


def _parse(section: type[S], content: Mapping[str, Any]) -> S:
    return section.model_validate(dict(content), by_alias=True, by_name=False)


def _rest(
    section: type[Section], content: Mapping[str, Any], path: str, found: list[ErrorDetails]
) -> Iterator[Problem]:
    """Yield the broken rules between the keys that are right."""
    sound: Any = copy.deepcopy(dict(content))
    wrong = []
    for detail in found:
        location = _up_to_a_list(detail["loc"])
        _cut(sound, location)
        if detail["type"] == "missing":
            sound[location[0]] = _example(section, location)
        elif detail["type"] != "extra_forbidden":
            wrong.append(_path(path, location))
    try:
        parsed = _parse(section, sound)
    except ValidationError:  # e.g. a whole section that must be there
        return
    for problem in parsed.problems(path):
        if not _touches(problem, wrong):
            yield replace(problem, fix=section.mend(path, problem.key, content) or problem.fix)


def _up_to_a_list(location: Location) -> tuple[str, ...]:
    names: list[str] = []
    for part in location:
        if isinstance(part, int):
            break
        names.append(part)
    return tuple(names)


def _cut(content: Any, location: tuple[str, ...]) -> None:  # noqa: ANN401 - whatever the config holds
    *outer, last = location
    for part in outer:
        content = content.get(part, {})
    content.pop(last, None)


def _touches(problem: Problem, wrong: Iterable[str]) -> bool:
    """Return whether a wrong key takes part in a rule, which would then be about a default."""
    return any(
        f"{problem.key}.".startswith(f"{key}.")
        or f"{key}.".startswith(f"{problem.key}.")
        or re.search(rf"{re.escape(key)}(?![\w.\[])", problem.rule)
        for key in wrong
    )


def _path(path: str, location: Location) -> str:
    for part in location:
        path = f"{path}[{part}]" if isinstance(part, int) else member(path, part)
    return path


def _translate(detail: ErrorDetails, section: type[Section], content: Mapping[str, Any], path: str) -> Problem:
    key = _path(path, detail["loc"])
    if detail["type"] == "extra_forbidden":
        owner = _owner(section, detail["loc"])
        known = ", ".join(sorted(field.alias or name for name, field in owner.model_fields.items()))
        rule = f"there is no such key (known here: {known})"
        return Problem(key=key, value=detail["input"], rule=rule, fix=unset_command(key))
    missing = detail["type"] == "missing"
    return Problem(
        key=key,
        value=None if missing else detail["input"],
        rule="it must be set" if missing else _rule(detail),
        fix=section.mend(path, key, content) or _fix(detail, section, key),
    )


def _rule(detail: ErrorDetails) -> str:
    if detail["type"] == "tuple_type":
        return "it is a list"
    if detail["type"] in {"dict_type", "model_type", "model_attributes_type"}:
        return "it is an object, with keys of its own"
    return detail["msg"].removeprefix("Value error, ").replace("Input should be", "it should be")


def _fix(detail: ErrorDetails, section: type[Section], key: str) -> str:
    *_, last = detail["loc"]
    field = _field(_owner(section, detail["loc"]), last)
    if field is None and detail["type"] == "string_type" and isinstance(detail["input"], int | float):
        # The CLI stores `1234` as a number, also where it is an object's text.
        return set_command(key, detail["input"], text=True)
    example = _example(section, detail["loc"])
    if field is not None and get_origin(field.annotation) is tuple:
        return set_list_command(key, _as_list(detail["input"]) or [example])
    if isinstance(example, dict):
        return unset_command(key)
    return set_command(key, example)


def _as_list(value: object) -> list[str]:
    """Return the items that somebody meant who set a list as one text."""
    if not isinstance(value, str):
        return []
    try:
        items = json.loads(value)
    except json.JSONDecodeError:
        items = [part.strip() for part in value.split(",")]
    return [item for item in items if item and isinstance(item, str)] if isinstance(items, list) else []


def _owner(section: type[Section], location: Location) -> type[Section]:
    """Return the section that the last part of a location belongs to."""
    for part in location[:-1]:
        field = _field(section, part)
        kind = field.annotation if field else None
        if isinstance(kind, type) and issubclass(kind, Section):
            section = kind
    return section


def _field(section: type[Section], part: int | str) -> FieldInfo | None:
    """Return a field by the name that the config has for it."""
    return next((field for name, field in section.model_fields.items() if part == (field.alias or name)), None)


def _example(section: type[Section], location: Location) -> Any:  # noqa: ANN401 - whatever the field holds
    """Return an example of what stands at a location: a field, an item of a list or of an object."""
    names = _up_to_a_list(location)
    owner = _owner(section, names)
    field = _field(owner, names[-1])
    if field is not None:
        return field.examples[0] if field.examples else "VALUE"
    # A member of an object: the field is one step up.
    field = _field(_owner(section, names[:-1]), names[-2])
    return next(iter(field.examples[0].values())) if field is not None and field.examples else "VALUE"
