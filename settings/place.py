"""Where a value stands in a section: its field, and what type stands there.

Owns the way from pydantic's location of an error to the model's fields. A list's example is one item of it.
"""

from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from settings.problem import Section

Location = tuple[int | str, ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What stands at a location: the innermost section, its field, the way on inside of it, and the type there."""

    owner: type[Section]
    field: FieldInfo | None
    within: Location
    kind: object

    @property
    def is_list(self) -> bool:
        """Whether the whole of a field of several items stands here."""
        return self.field is not None and not self.within and get_origin(_plain(self.field.annotation)) is tuple

    @property
    def is_required(self) -> bool:
        """Whether the whole of a field that must be set stands here."""
        return self.field is not None and not self.within and self.field.is_required()

    @property
    def is_plain_text(self) -> bool:
        """Whether a text stands here that may be any, or one in a list or an object."""
        return bool(self.within) or (self.field is not None and self.field.annotation in (str, str | None))

    def example(self) -> Any:  # noqa: ANN401 - whatever the field holds
        """Return an example of what stands there: a field, an item of a list or of an object."""
        if self.field is None or not self.field.examples:
            return "VALUE"
        example = self.field.examples[0]
        # A list's example is an item; an object's is a whole one.
        if self.within and isinstance(self.within[0], str) and isinstance(example, dict):
            return next(iter(example.values()), {})
        return example


def locate(section: type[Section], location: Location) -> Place:
    """Return what stands at a location, by the names that the config has."""
    place = Place(owner=section, field=None, within=(), kind=section)
    kind: object = section
    for part in location:
        if isinstance(kind, type) and issubclass(kind, Section):
            field = _field(kind, part)
            inner = _plain(field.annotation) if field else None
            place, kind = Place(owner=kind, field=field, within=(), kind=inner), inner
        else:
            kind = _item(kind)
            place = replace(place, within=(*place.within, part), kind=kind)
    return place


def _plain(annotation: object) -> object:
    """Return a type without its `None` and without what is annotated to it."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _item(container: object) -> object:
    """Return the type of what is in a list or an object."""
    arguments = get_args(container)
    return _plain(arguments[-1 if get_origin(container) is dict else 0]) if arguments else None


def _field(section: type[Section], part: int | str) -> FieldInfo | None:
    """Return a field by the name that the config has for it."""
    return next((field for name, field in section.model_fields.items() if part == (field.alias or name)), None)
