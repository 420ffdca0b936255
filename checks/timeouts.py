"""Every time limit of the checks, in seconds, in one place."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Time limits in seconds; only ``--wait`` is set by the caller.

    Attributes:
        connect: curl's limit for name lookup and TCP connect of one request.
        request: curl's limit for one request as a whole.
        batch: limit for one exec, that is for all requests of a batch.
        api: limit for one answer of the API server.
        pulumi: limit for ``pulumi stack output``.
        retry: pause between two attempts while a path does not answer yet.
        tick: longest sleep before the clock is looked at again.
    """

    connect: float = 2.0
    request: float = 10.0
    batch: float = 60.0
    api: float = 15.0
    pulumi: float = 60.0
    retry: float = 1.0
    tick: float = 0.5


TIMEOUTS: Final = Timeouts()
