"""From `pulumi up` of a changed weight to the first answer that follows it, and where the time goes.

A route goes from all to v1 to all to v2 and back. Its gateway is asked all the while, one request
after the other. Needs the toolchain and the images built.
"""

import argparse
import datetime as dt
import json
import re
import statistics
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from bench.own_lab import OwnLab, own_lab

MANIFESTS: Final = Path(__file__).parent / "manifests/extra_hop.yaml"
PAUSE_SECONDS: Final = 0.002
FOLLOWS_SECONDS: Final = 30.0
STABLE: Final = re.compile(r"Push debounce stable.*?virtual", re.IGNORECASE)
Times = dict[str, float]


def main() -> None:
    """Measure and print a table; `--json` for scripts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--changes", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_lab() as lab:
        _configure(lab, "v1")
        lab.kubectl("create", "namespace", "hop")
        lab.pulumi("up", "--yes", "--skip-preview")
        lab.apply(MANIFESTS.read_text())
        changes = [_change(lab, "v2" if index % 2 == 0 else "v1") for index in range(options.changes)]
    figures = {name: round(statistics.median(change[name] for change in changes), 3) for name in changes[0]}
    rows = [f"{name:<60}{value:>8.3f} s" for name, value in figures.items()]
    print(json.dumps(figures, indent=2) if options.json else "\n".join(rows))


def _configure(lab: OwnLab, subset: str) -> None:
    route = {"namespace": "hop", "port": 9080, "subsets": ["v1", "v2"], "split": {subset: 100}}
    lab.configure({"bookinfo": False, "routes": {"hop": route}})


def _change(lab: OwnLab, subset: str) -> Times:
    """Change the weight and return what each part of the way took, in seconds."""
    gateway = lab.pod_address("istio-system", "istio=ingressgateway")
    _configure(lab, subset)
    with _Watch(lab) as watch, _Answers(f"http://{gateway}:8080/hop/0", subset) as answers:
        began = time.time()
        lab.pulumi("up", "--yes", "--skip-preview")
        ended = time.time()
        followed = answers.followed()
        written = watch.written(began)
    stable = _debounced(lab, began)
    taken = _taken_by_envoy(lab)
    return {
        "pulumi up, until the API server has the VirtualService": written - began,
        "istiod waits whether more changes come (debounce)": stable - written,
        "istiod makes the routes, Envoy takes them": taken - stable,
        "Envoy, until the first answer that follows": followed - taken,
        "pulumi up, from the object written until it returns": ended - written,
        "all, until the first answer that follows": followed - began,
    }


@dataclass
class _Answers:
    """Asks without a pause worth the name, and notes when the first answer follows the change."""

    url: str
    subset: str
    _ended: threading.Event = field(default_factory=threading.Event)
    _first: float | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def followed(self) -> float:
        """Return when the first answer followed; waits for it."""
        self._thread.join(FOLLOWS_SECONDS)
        if self._first is None:
            raise SystemExit(f"no answer of {self.subset} within {FOLLOWS_SECONDS:.0f} s")
        return self._first

    def _ask(self) -> None:
        while not self._ended.wait(PAUSE_SECONDS):
            with urllib.request.urlopen(self.url, timeout=5) as answer:  # noqa: S310 - the lab's gateway
                if answer.headers["x-version"] == self.subset:
                    self._first = time.time()
                    return


class _Watch:
    """A watch of the VirtualService, for the moment when the API server has its change."""

    def __init__(self, lab: OwnLab) -> None:
        command = ["kubectl", "get", "virtualservice", "hop", "--namespace=hop", "--watch-only", "--output=name"]
        self._process = subprocess.Popen(command, env=dict(lab.environment), stdout=subprocess.PIPE, text=True)
        self._seen: list[float] = []
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> Self:
        self._thread.start()
        time.sleep(1)  # until it watches; what it misses would be told as an error
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._thread.join()

    def written(self, after: float) -> float:
        """Return when the object changed."""
        found = next((seen for seen in self._seen if seen > after), None)
        if found is None:
            raise SystemExit("the watch saw no change of the VirtualService")
        return found

    def _follow(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it is piped
        for _ in self._process.stdout:
            self._seen.append(time.time())


def _debounced(lab: OwnLab, after: float) -> float:
    """Return when istiod took the change as settled, from its log."""
    since = dt.datetime.fromtimestamp(after, dt.UTC).isoformat()
    log = lab.kubectl("logs", "--namespace=istio-system", "deployment/istiod", "--timestamps", f"--since-time={since}")
    moments = [_moment(line.split()[0]) for line in log.splitlines() if STABLE.search(line)]
    if not moments:
        raise SystemExit(f"istiod's log tells of no settled change:\n{log}")
    return moments[0]


def _taken_by_envoy(lab: OwnLab) -> float:
    """Return when the gateway's Envoy took its newest routes."""
    command = ("exec", "--namespace=istio-system", "deployment/istio-ingressgateway", "--", "pilot-agent", "request")
    dump: dict[str, Any] = json.loads(lab.kubectl(*command, "GET", "config_dump?resource=dynamic_route_configs"))
    return max(_moment(route["last_updated"]) for route in _routes(dump))


def _routes(dump: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (config for config in dump["configs"] if "last_updated" in config)


def _moment(text: str) -> float:
    # Nanoseconds are more than Python reads.
    return dt.datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text)).timestamp()


if __name__ == "__main__":
    main()
