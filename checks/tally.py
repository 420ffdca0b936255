"""Who answered, how often, how fast, and what went wrong.

Owns reading an answer's body and counting. It does not own whether the counts are right.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from checks.curl import Answer

_SHOWN: Final = 80


@dataclass(frozen=True, kw_only=True)
class Tally:
    """All requests of one path: ``requests`` is the sum of ``versions`` and ``errors``.

    Attributes:
        requests: how many were asked for.
        versions: answers per version.
        errors: requests per error text, the most frequent first; unknown answers are among them.
        p50: median time of the answers of known versions, in milliseconds; None without any.
        p99: 99th percentile, likewise.
    """

    requests: int
    versions: Mapping[str, int]
    errors: Mapping[str, int]
    p50: float | None
    p99: float | None

    @property
    def answered(self) -> int:
        """Requests that a known version answered."""
        return sum(self.versions.values())

    @property
    def failed(self) -> int:
        """Requests that ended in an error."""
        return sum(self.errors.values())


def count(answers: Sequence[Answer], version_of: Callable[[str], str | None]) -> Tally:
    """Count answers.

    Args:
        answers: one for each request.
        version_of: a pod's name to its version; None where there is no such pod.
    """
    versions: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    times = []
    for answer in answers:
        version, error = read(answer, version_of)
        if version is None:
            errors[error] += 1
        else:
            versions[version] += 1
            times.append(answer.seconds * 1000)
    return Tally(
        requests=len(answers),
        versions=dict(sorted(versions.items())),
        errors=dict(errors.most_common()),
        p50=percentile(times, 50),
        p99=percentile(times, 99),
    )


def read(answer: Answer, version_of: Callable[[str], str | None]) -> tuple[str | None, str]:
    """Return the version that answered, or None and why that is not known."""
    if answer.error:
        return None, _clean(answer.error)
    if answer.status != 200:
        return None, _clean(f"HTTP {answer.status}: {answer.body}" if answer.body.strip() else f"HTTP {answer.status}")
    try:
        body: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None, _clean(f"unknown answer: not JSON: {answer.body}")
    pod = body.get("podname") if isinstance(body, dict) else None
    if not isinstance(pod, str) or not pod:
        return None, "unknown answer: no podname in it"
    version = version_of(pod)
    if version is None:
        return None, _clean(f"unknown answer: the app has no pod {pod} with a version")
    return version, ""


def percentile(times: Sequence[float], percent: float) -> float | None:
    """Return the nearest-rank percentile: a time that was measured, never one in between."""
    if not times:
        return None
    return sorted(times)[max(math.ceil(len(times) * percent / 100) - 1, 0)]


def _clean(text: str) -> str:
    """Shorten a text from the network to one line that is safe to print on a terminal."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."
