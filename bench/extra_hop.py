"""The extra hop: straight to a service, through the stack's gateway, and through a bare Envoy with the same route.

In turns, so that all three see the same machine. The service is an Envoy too, one that answers by
itself, so that it is faster than what stands before it; both proxies have two workers, and all pods
the requests and limits of the gateway's. Needs the toolchain and the images built, and wrk.
"""

import argparse
import json
import statistics
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import tenacity
import yaml

from bench.own_lab import OwnLab, own_lab
from bench.wrk import Load, envoys, load

MANIFESTS: Final = Path(__file__).parent / "manifests/extra_hop.yaml"
ROUTE: Final = {"namespace": "hop", "port": 9080, "subsets": ["v1", "v2"], "split": {"v1": 50, "v2": 50}}
PATH: Final = "/hop/0"
SATURATED: Final = 64
IN_A_ROW: Final = 20
Runs = Mapping[str, Sequence[Load]]


def main() -> None:
    """Measure in turns and print a table; `--json` for scripts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_lab() as lab:
        lab.configure({"bookinfo": False, "routes": {"hop": ROUTE}})
        lab.kubectl("create", "namespace", "hop")
        lab.pulumi("up", "--yes", "--skip-preview")
        lab.apply(_with_resources(MANIFESTS.read_text(), lab.resources("istio-system", "istio-ingressgateway")))
        _wait_for_answers(_targets(lab))
        one = _in_turns(lab, options.rounds, options.seconds, connections=1)
        many = _in_turns(lab, options.rounds, options.seconds, connections=SATURATED)
    figures = {"one connection": _medians(one), f"{SATURATED} connections": _medians(many)}
    print(json.dumps(figures, indent=2) if options.json else _table(figures))


def _in_turns(lab: OwnLab, rounds: int, seconds: int, *, connections: int) -> Runs:
    targets = _targets(lab)
    processes = envoys()
    runs: dict[str, list[Load]] = {name: [] for name in targets}
    for _ in range(rounds):
        for name, target in targets.items():
            process = processes[target.partition(":")[0]]
            runs[name].append(load(_url(target), connections=connections, seconds=seconds, process=process))
    return runs


def _targets(lab: OwnLab) -> dict[str, str]:
    """Return what is measured: its name to ADDRESS:PORT."""
    return {
        "direct": f"{lab.pod_address('hop', 'version=v1')}:9080",
        "bare Envoy": f"{lab.pod_address('hop', 'app=bare')}:8080",
        "gateway": f"{lab.pod_address('istio-system', 'istio=ingressgateway')}:8080",
    }


def _url(target: str) -> str:
    return f"http://{target}{PATH}"


def _with_resources(manifests: str, resources: Mapping[str, Any]) -> str:
    """Give every container the gateway's requests and limits.

    Where the CPU is short the kernel runs a pod without requests last. It then finds more to do at
    each turn and spends less on each request: the bare Envoy was 1.2 times faster by that alone.
    """
    objects = list(yaml.safe_load_all(manifests))
    for deployment in (one for one in objects if one["kind"] == "Deployment"):
        for container in deployment["spec"]["template"]["spec"]["containers"]:
            container["resources"] = resources
    return yaml.safe_dump_all(objects)


@tenacity.retry(
    retry=tenacity.retry_if_exception_type(OSError),
    stop=tenacity.stop_after_delay(60),
    wait=tenacity.wait_fixed(0.2),
    reraise=True,
)
def _wait_for_answers(targets: Mapping[str, str]) -> None:
    """Wait until all answer: a pod is ready before its Envoy has looked up both versions behind it.

    Raises:
        OSError: one gave no row of good answers for a minute.
    """
    for target in (one for one in targets.values() for _ in range(IN_A_ROW)):
        urllib.request.urlopen(_url(target), timeout=5).close()  # noqa: S310 - the lab's pods


def _medians(runs: Runs) -> dict[str, dict[str, float]]:
    """Return the medians, and the gateway's as a ratio to the bare Envoy's of the same round."""
    figures = {
        name: {key: round(statistics.median(asdict(run)[key] for run in loads), 1) for key in asdict(loads[0])}
        for name, loads in runs.items()
    }
    pairs = list(zip(runs["gateway"], runs["bare Envoy"], strict=True))
    figures["gateway to bare Envoy"] = {
        key: round(statistics.median(asdict(gateway)[key] / asdict(bare)[key] for gateway, bare in pairs), 3)
        for key in asdict(pairs[0][0])
    }
    return figures


def _table(figures: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    rows = []
    for load_, targets in figures.items():
        rows.append(f"{load_:<24}{'requests/s':>12}{'p50 us':>10}{'p99 us':>10}{'CPU us/request':>16}")
        for name, values in targets.items():
            per_second, p50, p99, cpu = values.values()
            rows.append(f"  {name:<22}{per_second:>12,}{p50:>10,}{p99:>10,}{cpu:>16,}")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
