"""How the stack grows with its routes: preview, up, istiod's push and memory, the gateway's memory.

Each number of routes on a lab of its own, from nothing. Every route is for a Service of its own and a
host of its own, with a canary. Needs the toolchain and the images built; `--picture` draws the growth.
"""

import argparse
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from bench.commands import running, timed
from bench.own_lab import OwnLab, own_lab
from lab import procfs

NAMESPACE: Final = "hop"
METRICS_PORT: Final = 15014
SETTLED_SECONDS: Final = 120.0
PUSHED_SECONDS: Final = 3.0
NO_ENDPOINT: Final = 503
Figures = dict[str, float]


def main() -> None:
    """Measure, print a table, and draw it; `--json` for scripts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--routes", type=int, nargs="+", default=[10, 100, 500])
    parser.add_argument("--every-checkpoint", action="store_true", help="let Pulumi write its state after every step")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--picture", type=Path, help="file to draw to")
    options = parser.parse_args()
    figures = {count: _measure(count, checkpoints=options.every_checkpoint) for count in options.routes}
    print(json.dumps(figures, indent=2) if options.json else _table(figures))
    if options.picture:
        _draw(figures, options.picture)


def _measure(count: int, *, checkpoints: bool) -> Figures:
    # The folder backend writes the whole state at every step, so the time of an `up` grows with the square.
    fewer = {} if checkpoints else {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
    with own_lab(fewer) as lab:
        lab.kubectl("create", "namespace", NAMESPACE)
        lab.configure({"bookinfo": False})
        lab.pulumi("up", "--yes", "--skip-preview")
        lab.apply(yaml.safe_dump_all(_service(index) for index in range(count)))
        lab.configure({"bookinfo": False, "routes": {_name(index): _route(index) for index in range(count)}})
        figures = {"preview (s)": timed(lambda: lab.pulumi("preview"))}
        figures["up (s)"] = timed(lambda: lab.pulumi("up", "--yes", "--skip-preview"))
        figures["preview without change (s)"] = timed(lambda: lab.pulumi("preview", "--expect-no-changes"))
        _until_served(lab, count - 1)
        figures["istiod, push of a changed route (ms)"] = _push_milliseconds(lab)
        figures["istiod, resident (MiB)"] = _resident("pilot-discovery")
        figures["gateway's Envoy, resident (MiB)"] = _resident("envoy")
    return figures


def _name(index: int) -> str:
    return f"service-{index}"


def _route(index: int) -> dict[str, Any]:
    return {
        "namespace": NAMESPACE,
        "port": 8080,
        "hosts": [f"{_name(index)}.example.com"],
        "subsets": ["stable", "canary"],
        "split": {"stable": 90, "canary": 10},
    }


def _service(index: int) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": _name(index), "namespace": NAMESPACE},
        # Headless: the lab has addresses for 254 Services.
        "spec": {"clusterIP": "None", "selector": {"app": _name(index)}, "ports": [{"name": "http", "port": 8080}]},
    }


def _until_served(lab: OwnLab, index: int) -> None:
    """Return once the gateway knows the last route: without endpoints it answers 503, and not 404."""
    address = lab.pod_address("istio-system", "istio=ingressgateway")
    name = _name(index)
    request = urllib.request.Request(f"http://{address}:8080/{name}", headers={"Host": f"{name}.example.com"})
    deadline = time.monotonic() + SETTLED_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 - the lab's gateway
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == NO_ENDPOINT:
                return
        time.sleep(0.2)
    raise SystemExit(f"the gateway does not know {_name(index)} after {SETTLED_SECONDS:.0f} s")


def _pushes(lab: OwnLab) -> Mapping[str, float]:
    """Return istiod's counters of the time its pushes take, sum and count by type."""
    address = lab.pod_address("istio-system", "app=istiod")
    with urllib.request.urlopen(f"http://{address}:{METRICS_PORT}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.findall(r"^(pilot_xds_push_time_(?:sum|count)\{[^}]*\}) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def _push_milliseconds(lab: OwnLab) -> float:
    """Return what istiod works, for both gateways, when the first route changes."""
    before = _pushes(lab)
    patch = '[{"op": "add", "path": "/spec/http/0/timeout", "value": "9s"}]'
    lab.kubectl("patch", "virtualservice", _name(0), f"--namespace={NAMESPACE}", "--type=json", f"--patch={patch}")
    time.sleep(PUSHED_SECONDS)
    after = _pushes(lab)
    seconds = sum(after[name] - before.get(name, 0) for name in after if "_sum" in name)
    return round(seconds * 1000, 1)


def _resident(program: str) -> float:
    """Return the most that a process of a program has resident, in MiB."""
    return max(map(procfs.resident, running(program))) // 1024**2


def _table(figures: Mapping[int, Figures]) -> str:
    counts = list(figures)
    rows = [f"{'routes':<36}" + "".join(f"{count:>10}" for count in counts)]
    rows += [f"{name:<36}" + "".join(f"{figures[count][name]:>10}" for count in counts) for name in figures[counts[0]]]
    return "\n".join(rows)


def _draw(figures: Mapping[int, Figures], file: Path) -> None:
    """Draw each figure over the number of routes, beside the line that its growth would be if it were linear."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    counts: Sequence[int] = list(figures)
    names = list(figures[counts[0]])
    picture, axes = plt.subplots(2, (len(names) + 1) // 2, figsize=(12, 6), squeeze=False)
    for axis, name in zip(axes.flat, names, strict=False):
        values = [figures[count][name] for count in counts]
        slope = (values[1] - values[0]) / (counts[1] - counts[0])
        axis.plot(
            counts, [values[0] + slope * (count - counts[0]) for count in counts], "--", color="grey", label="linear"
        )
        axis.plot(counts, values, "o-", label="measured")
        axis.set_title(name, fontsize=9)
        axis.set_xlabel("routes")
        axis.set_ylim(bottom=0)
        axis.legend(fontsize=8)
    for axis in list(axes.flat)[len(names) :]:
        axis.remove()
    picture.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.savefig(file)


if __name__ == "__main__":
    main()
