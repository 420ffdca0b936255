"""From a section's plain content to its model, or to every problem that the content has.

Owns the translation of what pydantic finds into a key, a rule and a fix, and that a wrong
key does not hide what is wrong with the others.
"""

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from settings.paths import member, set_command, set_list_command, unset_command
from settings.place import Location, Place, locate
from settings.problem import Problem, Section

S = TypeVar("S", bound=Section)
# How pydantic tells that an object's key is wrong, not what stands under it.
_KEY: Final = "[key]"


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
        location = _up_to_a_container(detail["loc"])
        _cut(sound, location)
        place = locate(section, location)
        if place.is_required:
            _put(sound, location, [place.example()] if place.is_list else place.example())
        if detail["type"] not in {"missing", "extra_forbidden"}:
            wrong.append(_path(path, location))
    try:
        parsed = _parse(section, sound)
    except ValidationError:  # e.g. a whole section that must be there
        return
    for problem in parsed.problems(path):
        if not _touches(problem, wrong):
            yield replace(problem, fix=section.mend(path, problem.key, content) or problem.fix)


def _up_to_a_container(location: Location) -> tuple[str, ...]:
    names: list[str] = []
    for part in location:
        # An object with a wrong name in it goes as a whole, as a list does with a wrong item.
        if isinstance(part, int):
            break
        if part == _KEY:
            return tuple(names[:-1])
        names.append(part)
    return tuple(names)


def _cut(content: Any, location: tuple[str, ...]) -> None:  # noqa: ANN401 - whatever the config holds
    *outer, last = location
    for part in outer:
        content = content.get(part, {})
    content.pop(last, None)


def _put(content: Any, location: tuple[str, ...], value: object) -> None:  # noqa: ANN401 - whatever the config holds
    *outer, last = location
    for part in outer:
        content = content[part]
    content[last] = value


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
        if part != _KEY:
            path = f"{path}[{part}]" if isinstance(part, int) else member(path, part)
    return path


def _translate(detail: ErrorDetails, section: type[Section], content: Mapping[str, Any], path: str) -> Problem:
    key = _path(path, detail["loc"])
    if detail["type"] == "extra_forbidden":
        owner = locate(section, detail["loc"]).owner
        rule = f"there is no such key (known here: {_known(owner)})"
        return Problem(key=key, value=detail["input"], rule=rule, fix=unset_command(key))
    missing = detail["type"] == "missing"
    return Problem(
        key=key,
        value=None if missing else detail["input"],
        rule="it must be set" if missing else _rule(detail, section),
        fix=section.mend(path, key, content) or _fix(detail, section, key),
    )


def _rule(detail: ErrorDetails, section: type[Section]) -> str:
    if detail["type"] == "tuple_type":
        return "it is a list"
    if detail["type"] in {"dict_type", "model_type", "model_attributes_type"}:
        kind = locate(section, detail["loc"]).kind
        known = f" ({_known(kind)})" if isinstance(kind, type) and issubclass(kind, Section) else ""
        return f"it is an object, with keys of its own{known}"
    return re.sub("^(Input|String) should", "it should", detail["msg"].removeprefix("Value error, "))


def _known(section: type[Section]) -> str:
    return ", ".join(sorted(field.alias or name for name, field in section.model_fields.items()))


def _fix(detail: ErrorDetails, section: type[Section], key: str) -> str:
    place = locate(section, detail["loc"])
    if place.is_plain_text and detail["type"] == "string_type" and isinstance(detail["input"], int | float):
        # The CLI stores `1234` as a number, also where it is a text.
        return set_command(key, detail["input"], text=True)
    if detail["type"] == "int_type" and _is_number(detail["input"]):
        return set_command(key, detail["input"])
    example = place.example()
    if isinstance(example, dict) and example and place.is_required:
        return _fix_of_required(key, example, detail, place)
    if isinstance(example, dict) or detail["loc"][-1] == _KEY:
        return unset_command(key)
    if place.is_list:
        return set_list_command(key, _as_list(detail["input"]) or [example])
    return set_command(key, example)


def _fix_of_required(key: str, example: dict[str, Any], detail: ErrorDetails, place: Place) -> str:
    """Return the command that sets what must be there and is an object, or a list of such, one text deep inside."""
    steps = [] if detail["type"] == "missing" else [unset_command(key)]
    if place.is_list:
        key = f"{key}[0]"
    inner: object = example
    while isinstance(inner, dict):
        name, inner = next(iter(inner.items()))
        key = member(key, name)
    return " && ".join([*steps, set_command(key, inner)])


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdecimal()


def _as_list(value: object) -> list[str]:
    """Return the items that somebody meant who set a list as one text."""
    if not isinstance(value, str):
        return []
    try:
        items = json.loads(value)
    except json.JSONDecodeError:
        items = [part.strip() for part in value.split(",")]
    return [item for item in items if item and isinstance(item, str)] if isinstance(items, list) else []
