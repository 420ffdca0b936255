"""Every key of a stack's config as tables, from the models that check it.

Writes docs/config.md: `python -m scripts.config_table > docs/config.md`. A unit test holds
the file to it.
"""
# ruff: noqa: INP001 - run with -m, beside shell scripts that make no package

import json
import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from settings.model import Settings
from settings.paths import PROJECT
from settings.problem import Section

HEAD = f"""# Config

Every key of a stack's config. A key is set with `pulumi config set target gke`, one inside an object with
`pulumi config set --path '{PROJECT}:gke.nodes.max' 5`; `pulumi config set gcp:project my-project-123` stands for
`gke.project`. The whole config is checked before anything is created: each wrong value is told with its rule and the
command that mends it, all at once, and so is each rule that ties keys together.

Written by `python -m scripts.config_table > docs/config.md`, from `settings/`.
"""
KINDS: dict[object, str] = {str: "text", int: "integer", bool: "true or false", float: "number"}
CONTAINERS: dict[object, str] = {tuple: "list of", list: "list of", dict: "object: name to"}
# How the place of what is in a container is told.
WITHIN: dict[object, str] = {tuple: "[]", list: "[]", dict: ".NAME"}


def document() -> str:
    """Return docs/config.md."""
    return "\n".join([HEAD, *_section("", Settings)])


def _section(path: str, section: type[Section]) -> Iterator[str]:
    """Yield the table of a section, then those of the sections in it."""
    if path:
        yield f"## {path}\n"
        yield _first_paragraph(section) + "\n"
    yield "| key | type | default | meaning |"
    yield "|---|---|---|---|"
    inner: dict[str, type[Section]] = {}
    for name, field in section.model_fields.items():
        if field.exclude:
            continue
        key = field.alias or name
        place = f"{path}.{key}" if path else key
        inner |= {place + suffix: found for suffix, found in _sections_in(field.annotation, "")}
        kind = _type(field.annotation, field.metadata, place)
        yield f"| `{key}` | {kind} | {_default(field)} | {_escaped(field.description or '')} |"
    yield ""
    for place, found in inner.items():
        yield from _section(place, found)


def _first_paragraph(section: type[Section]) -> str:
    text = (section.__doc__ or "").split("\n\n")[0]
    return " ".join(text.replace("``", "`").split())


def _sections_in(annotation: object, suffix: str) -> Iterator[tuple[str, type[Section]]]:
    """Yield each section that a field holds, and how its place is told from the field's own."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield suffix, annotation
    origin = get_origin(annotation)
    for argument in get_args(annotation):
        yield from _sections_in(argument, suffix + WITHIN.get(origin, ""))


def _type(annotation: object, rules: Sequence[object], place: str) -> str:
    """Return a type in words; its rules may set limits."""
    lowest, highest = (next((getattr(rule, end) for rule in rules if hasattr(rule, end)), None) for end in ("ge", "le"))
    kind = _kind(annotation, place)
    return kind if lowest is None or highest is None else f"{kind}, {lowest} to {highest}"


def _kind(annotation: object, place: str) -> str:
    origin = get_origin(annotation)
    arguments = [one for one in get_args(annotation) if one is not type(None)]
    if origin in (Union, types.UnionType):
        return " or ".join(_kind(one, place) for one in arguments)
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in arguments)
    if origin is Annotated:
        return _type(arguments[0], [rule for one in arguments[1:] for rule in getattr(one, "metadata", [one])], place)
    if origin in WITHIN:
        return f"{CONTAINERS[origin]} {_kind(arguments[-1 if origin is dict else 0], place + WITHIN[origin])}"
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return f"object, see [{place}](#{_anchor(place)})"
    return KINDS.get(annotation, str(annotation))


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return "".join(letter for letter in heading.lower() if letter.isalnum() or letter in "-_ ").replace(" ", "-")


def _default(field: FieldInfo) -> str:
    if any(True for _ in _sections_in(field.annotation, "")):
        return ""
    if field.default_factory is not None:
        return "see its meaning"
    if field.default is PydanticUndefined:
        return f"required, such as {_example(field)}"
    if field.default is None:
        return f"none; such as {_example(field)}"
    if field.default == "":
        return f"empty; such as {_example(field)}"
    return f"`{field.default}`" if isinstance(field.default, str) else f"`{json.dumps(field.default)}`"


def _example(field: FieldInfo) -> str:
    return f"`{(field.examples or ['?'])[0]}`"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(document(), end="")
