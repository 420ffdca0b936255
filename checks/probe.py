"""Requests from the sleep pod.

Owns sending them: in batches, each with a time limit, and the wait for a first answer.
It does not judge answers; every request that was asked for ends as one ``Answer``.
"""

import secrets
import time
from collections.abc import Callable
from typing import Final, Protocol

import tenacity

from checks import curl
from checks.cluster import Pod, Ran
from checks.curl import Answer
from checks.pods import Caller
from checks.problem import CheckError, Problem
from checks.timeouts import TIMEOUTS

# Small enough for a progress bar that moves, large enough that the exec's own cost (some 50 ms) is small.
BATCH: Final = 50


class Runner(Protocol):
    """Whatever can run a command in a pod."""

    namespace: str

    def run(self, pod: Pod, container: str, command: list[str], seconds: float) -> Ran:
        """Run a command for at most ``seconds``."""


class Probe:
    """The sleep pod, asked to send requests. Every method raises ``CheckError`` where it cannot."""

    def __init__(self, cluster: Runner, caller: Caller) -> None:
        """Take a cluster and the pod in it that has curl."""
        self._cluster = cluster
        self._caller = caller

    def ask(self, url: str, count: int) -> tuple[list[Answer], bool]:
        """Send ``count`` requests, one after the other.

        Returns:
            One answer for each request, and whether the batch ended as it should.
        """
        mark = secrets.token_hex(8)
        started = time.monotonic()
        ran = self._cluster.run(
            self._caller.pod, self._caller.container, curl.command(url, count, mark), TIMEOUTS.batch
        )
        answers = curl.parse(ran.stdout, mark)[:count]
        if not answers and (ran.finished or not ran.started):
            raise CheckError([self._no_curl(ran.stderr)])
        if time.monotonic() - started < TIMEOUTS.batch:
            reason = "no answer: the stream from the sleep pod broke off"
        else:
            reason = f"no answer: the batch took longer than its limit of {TIMEOUTS.batch:.0f} s"
        lost = count - len(answers)
        return answers + [Answer(status=0, seconds=0.0, error=reason)] * lost, lost == 0

    def wait(self, url: str, accept: Callable[[Answer], bool], seconds: float) -> list[Answer]:
        """Ask once a second until an answer is accepted, for at most ``seconds``, at least once.

        Returns:
            The answers that were not accepted; empty as soon as one was.
        """
        refused: list[Answer] = []

        def attempt() -> bool:
            (answer,), _ = self.ask(url, 1)
            if accept(answer):
                refused.clear()
                return True
            refused.append(answer)
            return False

        tenacity.Retrying(
            stop=tenacity.stop_after_delay(seconds),
            wait=tenacity.wait_fixed(TIMEOUTS.retry),
            retry=tenacity.retry_if_result(lambda accepted: not accepted),
            # Running out of time is a result here, not an exception.
            retry_error_callback=lambda _: False,
        )(attempt)
        return refused

    def measure(self, url: str, requests: int, sent: Callable[[int], None]) -> list[Answer]:
        """Send ``requests`` in batches and call ``sent`` with the size of each.

        After a batch that did not end as it should the rest is not sent, or a dead path would
        cost a batch's limit for every batch; those requests count as errors.
        """
        answers: list[Answer] = []
        while len(answers) < requests:
            count = min(BATCH, requests - len(answers))
            batch, complete = self.ask(url, count)
            answers += batch
            sent(count)
            if not complete:
                rest = requests - len(answers)
                answers += [Answer(status=0, seconds=0.0, error="not sent: an earlier batch failed")] * rest
        return answers

    def _no_curl(self, reason: str) -> Problem:
        where = f"--namespace {self._cluster.namespace} {self._caller.pod.name}"
        first = next(iter(reason.strip().splitlines()), "no reason given")
        return Problem(
            fact=f"curl does not run in the pod {self._caller.pod.name} ({first})",
            consequence="no request can be sent; curl 7.75 or newer is needed",
            fix=f"kubectl exec {where} --container {self._caller.container} -- curl --version",
        )
