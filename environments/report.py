"""How environments are shown to a person."""

import datetime as dt
from collections.abc import Sequence

from rich.table import Table

from environments.environment import Environment


def table(environments: Sequence[Environment], now: dt.datetime) -> Table:
    """Return one line for each environment; those past their time say so."""
    shown = Table("environment", "owner", "age", "ttl", "expires", "resources", box=None, pad_edge=False)
    for one in environments:
        age = _span(now - one.created) if one.created else "-"
        shown.add_row(one.name, one.owner or "-", age, one.ttl or "-", _expiry(one, now), str(one.resources or "none"))
    return shown


def _expiry(environment: Environment, now: dt.datetime) -> str:
    if environment.expires is None:
        return "never"
    if environment.expired(now):
        return f"{_span(now - environment.expires)} ago"
    return f"in {_span(environment.expires - now)}"


def _span(time: dt.timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    if hours >= 48:
        return f"{hours // 24}d{hours % 24}h"
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m"
