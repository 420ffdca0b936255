"""One environment: a stack, and what its tags say about it."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CREATED: Final = "environment:created"
TTL: Final = "environment:ttl"
OWNER: Final = "environment:owner"

_TTL = re.compile(r"([1-9][0-9]{0,3})([hd])")


def lifetime(ttl: str) -> dt.timedelta:
    """Return how long a time to live such as `72h` or `3d` is.

    Raises:
        ValueError: it is none.
    """
    match = _TTL.fullmatch(ttl)
    if match is None:
        raise ValueError(ttl)
    count, unit = int(match[1]), match[2]
    return dt.timedelta(hours=count) if unit == "h" else dt.timedelta(days=count)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A stack of the backend.

    Attributes:
        created: None for a stack that was not made by `create`.
        ttl: None for one that lives until somebody destroys it.
        resources: how many the state holds, the stack itself among them.
    """

    name: str
    created: dt.datetime | None
    ttl: str | None
    owner: str | None
    resources: int
    updated: str | None

    @classmethod
    def of(cls, stack: Mapping[str, Any], tags: Mapping[str, str]) -> "Environment":
        """Return what the backend knows of a stack; a tag that says nothing sensible counts as none.

        Args:
            stack: its entry in ``pulumi stack ls --json``.
            tags: its tags.
        """
        return cls(
            name=stack["name"],
            created=_time(tags.get(CREATED)),
            ttl=tags.get(TTL) if _TTL.fullmatch(tags.get(TTL, "")) else None,
            owner=tags.get(OWNER),
            resources=stack.get("resourceCount") or 0,
            updated=stack.get("lastUpdate") or None,
        )

    @property
    def expires(self) -> dt.datetime | None:
        """When its time is up; None for never."""
        return self.created + lifetime(self.ttl) if self.created and self.ttl else None

    def expired(self, now: dt.datetime) -> bool:
        """Return whether its time is up; never so for one without a TTL."""
        return self.expires is not None and self.expires <= now

    def as_json(self, now: dt.datetime) -> dict[str, Any]:
        """Return it in the shape that scripts rely on."""
        return {
            "name": self.name,
            "created": self.created.isoformat() if self.created else None,
            "ageSeconds": int((now - self.created).total_seconds()) if self.created else None,
            "ttl": self.ttl,
            "expires": self.expires.isoformat() if self.expires else None,
            "expired": self.expired(now),
            "owner": self.owner,
            "resources": self.resources,
            "lastUpdate": self.updated,
        }


def _time(text: str | None) -> dt.datetime | None:
    try:
        time = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
