"""What goes in and out of a service: a request, an answer.

Owns their shape and the reading of a path. Does not own sockets: ``server`` does.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# Nine digits: more would be a number that no book has, and ``int`` refuses very long ones.
ID = re.compile(r"[0-9]{1,9}")


class BadRequestError(Exception):
    """The caller's mistake: answered with 400 and this text."""


@dataclass(frozen=True)
class Request:
    """A GET: the path and the headers, their names in lower case."""

    path: str
    headers: Mapping[str, str]

    @property
    def segments(self) -> tuple[str, ...]:
        """The path without its query, cut at the slashes."""
        return tuple(self.path.partition("?")[0].removeprefix("/").split("/"))


@dataclass(frozen=True)
class Answer:
    """A status and a body, ready to be sent."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


Role = Callable[[Request], "Answer | None"]
"""A service: answers a request, or None for a path that it does not have."""


def as_json(value: object, status: int = 200) -> Answer:
    """Answer with a value as compact JSON."""
    return Answer(json.dumps(value, separators=(",", ":")).encode(), status)


def failure(status: int, text: str) -> Answer:
    """Answer with an error as JSON."""
    return as_json({"error": text}, status)


def health(service: str) -> Answer:
    """Answer a probe."""
    return as_json({"status": f"{service} is healthy"})


def numeric(text: str) -> str:
    """Return a product id as it stands in the path.

    Raises:
        BadRequestError: it is not a number.

    """
    if not ID.fullmatch(text):
        raise BadRequestError("please provide a numeric product ID")
    return text
