"""Whether a tally is what was promised.

Owns the two rules, and the statistics behind the second:

- plain: every running version answered, and no request failed. With 400 requests a version
  that gets a tenth of the connections is missed once in 10^18 runs.
- gateway: only versions of a weight above 0 answered, no request failed, and each count lies
  in the central binomial interval of its weight.

With N answers and weight w the count of a version is binomial(N, w / 100), since the proxy
draws each request's destination anew. ``accepted`` returns the smallest and the largest
count that leave at most half of the false alarm probability below and above, from the exact
probabilities P(k) = N! / (k! (N-k)!) p^k (1-p)^(N-k), taken through ``math.lgamma``; no
normal approximation. A right split is refused in at most ``FALSE_ALARM`` of all gateway
checks: the probability is split evenly over the versions (Bonferroni).
"""

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from checks.tally import Tally

FALSE_ALARM: Final = 1e-4


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a path does what was promised.

    Attributes:
        reasons: one sentence for each broken promise; none when the verdict holds.
        accepted: per version the least and most answers that its weight allows; gateway only.
    """

    reasons: tuple[str, ...]
    accepted: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether no promise is broken."""
        return not self.reasons


def accepted(requests: int, weight: int, false_alarm: float) -> tuple[int, int]:
    """Return the least and most answers, of ``requests``, that a weight in percent allows.

    Args:
        requests: number of answers in all.
        weight: 0 to 100 percent; at the two ends the count is certain.
        false_alarm: probability that a right weight is refused, both tails together.
    """
    if weight in {0, 100}:
        return requests * weight // 100, requests * weight // 100
    least = _quantile(requests, weight / 100, false_alarm / 2)
    most = requests - _quantile(requests, 1 - weight / 100, false_alarm / 2)
    return least, most


def plain(tally: Tally, expected: AbstractSet[str]) -> Verdict:
    """Judge the path that goes straight to the Service: all versions, no errors."""
    missing = sorted(expected - tally.versions.keys())
    reasons = [f"{version} runs and never answered" for version in missing]
    return Verdict(reasons=(*reasons, *_error_reasons(tally)))


def gateway(tally: Tally, weights: Mapping[str, int]) -> Verdict:
    """Judge the path through the gateway: the weights, and no errors."""
    drawn = [version for version, weight in weights.items() if 0 < weight < 100]
    share = FALSE_ALARM / max(len(drawn), 1)
    # Of the answers, not the requests: an error is a reason of its own, and would else be told twice.
    intervals = {version: accepted(tally.answered, weight, share) for version, weight in weights.items()}
    weighted = {version for version, weight in weights.items() if weight}
    reasons = [
        f"{version} answered {tally.versions[version]} times with weight 0"
        for version in sorted(tally.versions.keys() - weighted)
    ]
    for version, weight in weights.items():
        answers = tally.versions.get(version, 0)
        least, most = intervals[version]
        if weight and tally.answered and not least <= answers <= most:
            allowed = f"{least} to {most}" if least != most else f"{least}"
            reasons.append(f"{version} answered {answers} times; weight {weight} allows {allowed}")
    return Verdict(reasons=(*reasons, *_error_reasons(tally)), accepted=intervals)


def _error_reasons(tally: Tally) -> list[str]:
    return [f"{tally.failed} of {tally.requests} requests failed"] if tally.failed else []


def _quantile(n: int, p: float, tail: float) -> int:
    """Return the smallest k with P(X <= k) > tail, for X binomial(n, p) and 0 < p < 1."""
    below = 0.0
    for k in range(n + 1):
        ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        below += math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))
        if below > tail:
            return k
    return n
