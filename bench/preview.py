"""The program of a preview without change: target `gke` against target `existing`, under Pulumi's mocks.

Each run is a Python of its own, from its start to its end, in turns, so that both see the same machine. The engine
and its providers are left out: Google cannot be asked. The program never waits, so that the time of its CPU is what it
takes on a machine with nothing else to do.
"""

import argparse
import json
import os
import runpy
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi

from bench.commands import PROJECT, run

# What a state knows of a cluster that is there.
COMPUTED: Final[Mapping[str, Mapping[str, Any]]] = {
    "gcp:container/cluster:Cluster": {"endpoint": "203.0.113.10", "masterAuth": {"clusterCaCertificate": "Q0E="}},
}


class _Known(pulumi.runtime.Mocks):
    """An engine to which everything is known, as in a preview without change."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}-id", {**args.inputs, **COMPUTED.get(args.typ, {})}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return args.args, []


def main() -> None:
    """Measure in turns and print a table; `--json` for scripts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tell", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.tell:
        _tell()
        return
    result = _measure(options.rounds)
    print(json.dumps(result) if options.json else "\n".join(f"{name:<36}{value}" for name, value in result.items()))


def _measure(rounds: int) -> dict[str, Any]:
    # Late, for a run that is measured pays for what stands at the top.
    from tests.unit.settings.api_server import answering, kubeconfig

    with tempfile.TemporaryDirectory() as folder, answering() as (url, _):
        configs = {
            "existing": {"kubeconfig": str(kubeconfig(Path(folder) / "kubeconfig", cluster={"server": url}))},
            "gke": {"target": "gke", "gke": json.dumps({"project": "my-project-123"})},
        }
        for config in configs.values():
            # Not counted: it may have bytecode to write.
            _run(config)
        runs: dict[str, list[_Run]] = {target: [] for target in configs}
        for _ in range(rounds):
            for target, config in configs.items():
                runs[target].append(_run(config))
    result: dict[str, Any] = {}
    for measure in ("cpu", "wall"):
        medians = {target: statistics.median(getattr(run, measure) for run in found) for target, found in runs.items()}
        result |= {f"{target}, {measure}, median (s)": round(median, 2) for target, median in medians.items()}
        result[f"ratio of the medians, {measure}"] = round(medians["gke"] / medians["existing"], 2)
    return result


@dataclass(frozen=True, kw_only=True)
class _Run:
    """What one run took, in seconds."""

    cpu: float
    wall: float


def _run(config: Mapping[str, str]) -> _Run:
    text = json.dumps({f"incremental-istio:{key}": value for key, value in config.items()})
    began, before = time.monotonic(), os.times()
    run([sys.executable, "-m", "bench.preview", "--tell"], {**os.environ, "PULUMI_CONFIG": text})
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return _Run(cpu=spent, wall=time.monotonic() - began)


def _tell() -> None:
    """Run the stack's program to its end."""
    pulumi.runtime.set_mocks(_Known(), preview=True)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]  # pulumi's decorator has no types
    def program() -> None:
        runpy.run_path(str(PROJECT / "__main__.py"))

    program()


if __name__ == "__main__":
    main()
