"""A cluster without a cluster: pods from a list, and a curl that answers from a script."""

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from checks.cluster import Pod, Ran
from checks.measurement import PathResult, Result
from checks.tally import Tally
from checks.verdict import gateway, plain

# What a request to a URL ends with: a body and a status, or curl's error message.
Outcome = tuple[str, int] | str


def pod(name: str, app: str = "reviews", version: str | None = None, *, running: bool = True) -> Pod:
    """Return a pod of the app."""
    labels = {"app": app} | ({"version": version} if version else {})
    return Pod(name=name, labels=labels, containers=(app,), running=running)


SLEEP = pod("sleep-1", "sleep")
REVIEWS = [pod(f"reviews-{version}-a", version=version) for version in ("v1", "v2", "v3")]


def review(version: str) -> Outcome:
    """Return what the pod of a version of reviews answers."""
    body = {"id": "0", "podname": f"reviews-{version}-a", "clustername": "null", "reviews": []}
    return json.dumps(body, indent=1), 200


def record(outcome: Outcome, mark: str, seconds: float = 0.004, connects: int = 1) -> str:
    """Return one record as curl writes it."""
    body, status, error = (*outcome, "") if isinstance(outcome, tuple) else ("", 0, outcome)
    fields = (f"{status:03}", f"{seconds:.6f}", str(connects if status else 0), error)
    return f"{body}\x1e{mark}" + "".join(f"\x1f{field}" for field in fields) + "\x1e"


class FakeCluster:
    """Pods and outcomes. ``asked`` records each batch's URL and size."""

    namespace = "default"

    def __init__(
        self,
        outcomes: Mapping[str, Iterable[Outcome]],
        pods: Iterable[Pod] = (SLEEP, *REVIEWS),
        spoil: Callable[[Ran], Ran] = lambda ran: ran,
    ) -> None:
        """Take the outcomes by a part of the URL, and what to do with each batch's end."""
        self._outcomes: dict[str, Iterator[Outcome]] = {
            part: itertools.cycle(cycle) for part, cycle in outcomes.items()
        }
        self.existing = list(pods)
        self._spoil = spoil
        self.asked: list[tuple[str, int]] = []
        self.listed = 0

    def pods(self, app: str) -> list[Pod]:
        """Return the pods of the app."""
        self.listed += 1
        return [pod for pod in self.existing if pod.labels["app"] == app]

    def run(self, pod: Pod, container: str, command: list[str], seconds: float) -> Ran:
        """Answer a curl command from the script."""
        assert (pod, container) == (SLEEP, "sleep"), "requests are sent from the sleep pod"
        assert seconds > 0, "every batch has a time limit"
        url, _, size = command[-1].partition("#")
        count = int(size.removeprefix("[1-").removesuffix("]"))
        self.asked.append((url, count))
        written = re.match("\x1e(\\w+)", command[command.index("--write-out") + 1])
        assert written is not None
        outcomes = next(cycle for part, cycle in self._outcomes.items() if part in url)
        text = "".join(record(next(outcomes), written[1]) for _ in range(count))
        return self._spoil(Ran(stdout=text.encode(), stderr="", finished=True, started=True))


def tally(versions: Mapping[str, int], errors: Mapping[str, int] | None = None, p50: float | None = 3.0) -> Tally:
    """Return a tally of these counts."""
    errors = errors or {}
    total = sum(versions.values()) + sum(errors.values())
    return Tally(requests=total, versions=versions, errors=errors, p50=p50, p99=None if p50 is None else 3 * p50)


def result(
    straight: Tally | None = None, through: Tally | None = None, weights: Mapping[str, int] | None = None
) -> Result:
    """Return a result, judged as a real one is; by default of a healthy environment."""
    straight = straight or tally({"v1": 133, "v2": 134, "v3": 133})
    through = through or tally({"v1": 211, "v2": 189}, p50=5.4)
    weights = weights or {"v1": 50, "v2": 50}
    versions = ("v1", "v2", "v3")
    return Result(
        namespace="default",
        app="reviews",
        plain=PathResult(
            name="plain",
            url="http://reviews:9080/reviews/0",
            weights={},
            expected=versions,
            tally=straight,
            verdict=plain(straight, set(versions)),
        ),
        gateway=PathResult(
            name="gateway",
            url="http://istio-ingressgateway.istio-system/reviews/0",
            weights=weights,
            expected=tuple(version for version, weight in weights.items() if weight),
            tally=through,
            verdict=gateway(through, weights),
        ),
    )
