"""The measurement from its first request to its result.

Owns the order: wait until a path answers, measure it, judge it. It does not own how any of
the three is done, nor how the result is shown.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from checks import tally, verdict
from checks.curl import Answer
from checks.options import Options
from checks.pods import PodList, Versions, find_caller
from checks.probe import Probe, Runner
from checks.tally import Tally
from checks.verdict import Verdict

PathName = Literal["plain", "gateway"]
# Called with a path's name and the number of requests just sent; 0 while it is waited for.
Progress = Callable[[PathName, int], None]


class Cluster(PodList, Runner, Protocol):
    """A cluster that lists pods and runs commands in them."""


@dataclass(frozen=True, kw_only=True)
class PathResult:
    """One path: what was asked, who answered, and whether that is right.

    Attributes:
        weights: the promised percent per version; empty for the plain path, which promises none.
        expected: versions that the path should answer from.
    """

    name: PathName
    url: str
    weights: Mapping[str, int]
    expected: tuple[str, ...]
    tally: Tally
    verdict: Verdict

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version that answered or should have, in order."""
        return tuple(sorted({*self.tally.versions, *self.expected, *self.weights}))

    def percent(self, version: str) -> float:
        """Return a version's share of the answers in percent."""
        return 100 * self.tally.versions.get(version, 0) / max(self.tally.answered, 1)


@dataclass(frozen=True, kw_only=True)
class Result:
    """Both paths, measured from the same pod one after the other."""

    namespace: str
    app: str
    plain: PathResult
    gateway: PathResult

    @property
    def holds(self) -> bool:
        """Whether both verdicts hold."""
        return self.plain.verdict.holds and self.gateway.verdict.holds

    @property
    def extra_hop(self) -> float | None:
        """How many times the plain path's median time the gateway's is; None where one is missing."""
        through, straight = self.gateway.tally.p50, self.plain.tally.p50
        return through / straight if through is not None and straight else None


def measure(cluster: Cluster, options: Options, progress: Progress, callers: Cluster | None = None) -> Result:
    """Measure both paths.

    Args:
        cluster: where the app is.
        options: what is measured.
        progress: is told of every batch.
        callers: where the requests are sent from; where the app is when left out.

    Raises:
        CheckError: the cluster does not answer, or lacks the pod that asks, curl or the app.
    """
    target, callers = options.target, callers or cluster
    probe = Probe(callers, find_caller(callers, target.caller))
    versions = Versions(cluster, target.app)
    versions.expected()  # An app without pods is told now, not after the wait.
    deadline = time.monotonic() + options.wait

    def answers_of(name: PathName, url: str) -> tuple[Tally, bool]:
        def known(answer: Answer) -> bool:
            return tally.read(answer, versions.of)[0] is not None

        progress(name, 0)
        refused = probe.wait(url, known, max(deadline - time.monotonic(), 0))
        if refused:
            return tally.count(refused, versions.of), False
        sent = probe.measure(url, options.requests, lambda count: progress(name, count))
        return tally.count(sent, versions.of), True

    straight, straight_ready = answers_of("plain", target.plain_url)
    through, through_ready = answers_of("gateway", target.gateway_url)
    versions.refresh()
    expected = tuple(sorted(versions.expected()))
    silent = Verdict(reasons=(f"no request succeeded within {options.wait:g} s, so nothing was measured",))
    return Result(
        namespace=target.namespace,
        app=target.app,
        plain=PathResult(
            name="plain",
            url=target.plain_url,
            weights={},
            expected=expected,
            tally=straight,
            verdict=verdict.plain(straight, set(expected)) if straight_ready else silent,
        ),
        gateway=PathResult(
            name="gateway",
            url=target.gateway_url,
            weights=target.weights,
            expected=tuple(sorted(version for version, weight in target.weights.items() if weight)),
            tally=through,
            verdict=verdict.gateway(through, target.weights) if through_ready else silent,
        ),
    )
