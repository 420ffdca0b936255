"""The stack `teams` and the two teams' workloads: team B's pod is the load of a migration.

It calls Service A by the same URL all the time, and writes down how each request ended.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from tests.lab.conftest import COMMAND_SECONDS, PROJECT, Stack

ROUTE = "incremental-istio:routes.service-a"
ALIAS = f'{ROUTE}.aliases["team-b/service-a"]'
# So many answers one after the other by the same way: what is left of the other way is out of every cache.
SETTLED = 10
SETTLE_SECONDS = 90


@dataclass(frozen=True)
class Teams:
    """The stack `teams`, and the two teams' workloads."""

    stack: Stack
    since: int

    def configure(self, **values: str) -> None:
        """Set keys of the route and bring the stack up; a dot in a key is a double underscore."""
        for key, value in values.items():
            path = ALIAS if key == "alias" else f"{ROUTE}.{key.replace('__', '.')}"
            self.stack.pulumi("config", "set", "--path", path, value)
        self.stack.up()

    def answers(self) -> list[str]:
        """Return how each of team B's requests ended, since the first that did well."""
        return log_of_b(self.stack)[self.since :]

    def longest_pause(self) -> float:
        """Return the longest time between two ends of team B's requests, in seconds."""
        times = [datetime.fromisoformat(line.split()[0]) for line in log_of_b(self.stack, "--timestamps")[self.since :]]
        return max((after - before).total_seconds() for before, after in pairwise(times))

    def failures(self) -> list[str]:
        """Return those that were not answered with 200."""
        return [answer for answer in self.answers() if not answer.startswith("200 ")]

    def settle(self, *, behind_the_gateway: bool) -> None:
        """Wait until team B's requests go one way, and are answered."""
        service = self.listener() if behind_the_gateway else ("team-a", "service-a")
        address = self.services()[service]["clusterIP"]
        until_in_log(
            self.stack,
            lambda log: all(line.startswith(f"200 {address} ") for line in log),
            f"B is {'' if behind_the_gateway else 'not '}behind the gateway",
        )

    def services(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the spec of every Service, by namespace and name."""
        found = self.stack.lab.objects("services")
        return {(one["metadata"]["namespace"], one["metadata"]["name"]): one["spec"] for one in found}

    def listener(self) -> tuple[str, str]:
        """Return the Service on the gateway's pods that the aliases lead to."""
        (found,) = [
            (namespace, name)
            for namespace, name in self.services()
            if namespace == "istio-system" and name.startswith("service-a-")
        ]
        return found

    def split(self, **weights: int) -> subprocess.CompletedProcess[str]:
        """Measure from team B's pod, by its URL, who answers."""
        flags = [flag for version, weight in weights.items() for flag in ("--weight", f"{version}={weight}")]
        command = [
            sys.executable, "-m", "checks", "--kubeconfig", self.stack.lab.environment["KUBECONFIG"],
            "--namespace=team-a", "--app=service-a", "--caller=team-b/service-b",
            "--plain-url=http://service-a.team-a:9080/reviews/0", "--gateway-url=http://service-a:9080/reviews/0",
            "--json", *flags,
        ]  # fmt: skip
        return subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )

    def ask_from_b(self, url: str) -> str:
        """Return the status that team B's pod gets."""
        return self.stack.lab.run(
            "kubectl", "exec", "--namespace=team-b", "deployment/service-b", "--",
            "curl", "--silent", "--output", "/dev/null", "--max-time", "5", "--write-out", "%{http_code}", url,
            check=False,
        ).stdout  # fmt: skip

    def pod_of_b(self) -> dict[str, Any]:
        """Return what tells team B's pod from any other, and from itself started again."""
        (pod,) = [pod for pod in self.stack.lab.objects("pods") if pod["metadata"]["namespace"] == "team-b"]
        (container,) = pod["status"]["containerStatuses"]
        return {"uid": pod["metadata"]["uid"], "restarts": container["restartCount"], "spec": pod["spec"]}


def log_of_b(stack: Stack, *flags: str) -> list[str]:
    """Return how each of team B's requests ended."""
    return stack.lab.run("kubectl", "logs", "--namespace=team-b", "deployment/service-b", *flags).stdout.splitlines()


def until_in_log(stack: Stack, holds: Callable[[list[str]], bool], what: str) -> list[str]:
    """Wait until it holds for the end of team B's log, and return the log; fails by name when the time is over."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        log = log_of_b(stack)
        if len(log) >= SETTLED and holds(log[-SETTLED:]):
            return log
        assert time.monotonic() < deadline, f"not within {SETTLE_SECONDS} s: {what}; last seen: {log[-SETTLED:]}"
        time.sleep(1)
