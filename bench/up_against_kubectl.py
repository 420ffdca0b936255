"""`pulumi up` of the stack against `kubectl apply` and `kubectl wait` of the same objects.

Both start from a lab without the stack's objects and end when the checks' two URLs
answer, in turns, so that both see the same machine. Needs a running lab with the
stack `local` selected; leaves the stack destroyed.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import tenacity
import yaml

from bench.commands import run

SERVES_SECONDS: Final = 60.0
LATE = {"networking.istio.io/v1"}


def main() -> None:
    """Measure in turns and print a table; `--json` for scripts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stack", default="local")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    _pulumi("destroy", options.stack)
    ups, applies = [], []
    for one in range(1, options.rounds + 1):
        ups.append(_timed(lambda: _pulumi("up", options.stack, "--skip-preview")))
        objects = _objects(options.stack)
        _pulumi("destroy", options.stack)
        try:
            applies.append(_timed(partial(_apply, objects)))
        finally:
            _delete(objects)
        print(f"round {one}: pulumi up {ups[-1]} s, kubectl {applies[-1]} s", file=sys.stderr, flush=True)
    result = {
        "pulumi_up_seconds": ups,
        "kubectl_apply_seconds": applies,
        "ratio_of_medians": statistics.median(ups) / statistics.median(applies),
    }
    print(json.dumps(result) if options.json else _table(result))


def _timed(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    _until_serving()
    return round(time.monotonic() - began, 2)


def _objects(stack: str) -> list[dict[str, Any]]:
    """Return what the stack declared, as it was sent to the API server."""
    exported = json.loads(run(["pulumi", "stack", "export", "--stack", stack]))
    inputs = [
        resource["inputs"]
        for resource in exported["deployment"]["resources"]
        if resource.get("custom") and "kind" in resource.get("inputs", {})
    ]
    return sorted(inputs, key=_order)


def _order(object_: dict[str, Any]) -> int:
    if object_["kind"] in {"Namespace", "CustomResourceDefinition"}:
        return 0
    return 2 if object_["apiVersion"] in LATE else 1


def _apply(objects: list[dict[str, Any]]) -> None:
    for order in (0, 1, 2):
        wave = [object_ for object_ in objects if _order(object_) == order]
        _kubectl("apply", "--filename", _file(wave))
        if order == 0:
            _until_established()
    for object_ in objects:
        if object_["kind"] == "Deployment":
            metadata = object_["metadata"]
            run(["kubectl", "wait", "--for=condition=Available", "--timeout=120s",
                  f"--namespace={metadata['namespace']}", f"deployment/{metadata['name']}"])  # fmt: skip


# kubectl ends with this error when it looks at a CRD that has no conditions yet. Any other one, such as a
# timeout, ends the benchmark at once.
@tenacity.retry(
    retry=tenacity.retry_if_exception_message(match=r"(?s).*\.status\.conditions accessor error"),
    stop=tenacity.stop_after_attempt(5),
    wait=tenacity.wait_fixed(0.05),
    reraise=True,
)
def _until_established() -> None:
    run(["kubectl", "wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"])


def _delete(objects: list[dict[str, Any]]) -> None:
    _kubectl("delete", "--ignore-not-found", "--wait=true", "--timeout=120s", "--filename", _file(objects[::-1]))


def _file(objects: list[dict[str, Any]]) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False) as file:
        yaml.safe_dump_all(objects, file)
    return file.name


def _kubectl(*arguments: str) -> None:
    run(["kubectl", *arguments])
    Path(arguments[-1]).unlink()


def _until_serving() -> None:
    """Return once both URLs of the checks answer from the sleep pod."""
    ask = "curl -sf -m 2 http://reviews:9080/reviews/0 && curl -sf -m 2 http://istio-ingressgateway.istio-system/reviews/0"
    deadline = time.monotonic() + SERVES_SECONDS
    command = ["kubectl", "exec", "deploy/sleep", "--", "sh", "-c", ask]
    while subprocess.run(command, check=False, capture_output=True).returncode:
        if time.monotonic() > deadline:
            raise SystemExit("the checks' URLs do not answer")
        time.sleep(0.1)


def _pulumi(command: str, stack: str, *more: str) -> None:
    run(["pulumi", command, "--stack", stack, "--yes", *more])


def _table(result: dict[str, Any]) -> str:
    rows = [f"{name:<24} {value}" for name, value in result.items()]
    return "\n".join(rows)


if __name__ == "__main__":
    main()
