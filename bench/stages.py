"""The lab's and the stack's stages one after the other, with the memory they take.

From no lab in slot 4 to none again: node start, `pulumi up`, a preview without change, a
changed weight until the traffic follows, destroy. Needs the toolchain and the images built.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Final, Self

from bench.commands import PROJECT, run, timed
from bench.own_lab import SLOT, lab, shell
from environments.backend import folder_url
from lab import procfs

SAMPLE_SECONDS: Final = 0.1
PROCESSES: Final = ("pulumi", "pulumi-resource", "pulumi-language")


def main() -> None:
    """Measure each stage and print them; `--json` for scripts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as state:
        figures = _measure(Path(state))
    rows = [f"{name:<44}{value}" for name, value in figures.items()]
    print(json.dumps(figures, indent=2) if options.json else "\n".join(rows))


def _measure(state: Path) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    lab("down")
    figures["node Ready, from nothing (s)"] = timed(lambda: lab("up"))
    figures["lab up on a running lab (s)"] = timed(lambda: lab("up"))
    backend = {"PULUMI_BACKEND_URL": folder_url(state), "PULUMI_CONFIG_PASSPHRASE": ""}
    environment = {**shell(), **backend, "GOGC": "400"}

    def pulumi(*arguments: str) -> str:
        return run(["pulumi", f"--cwd={PROJECT}", *arguments], environment)

    pulumi("stack", "select", "--create", "local")
    with _Resident() as memory:
        figures["pulumi up (s)"] = timed(lambda: pulumi("up", "--yes", "--skip-preview"))
    figures["pulumi up, most memory resident (MiB)"] = memory.most // 1024**2
    previews = [timed(lambda: pulumi("preview", "--expect-no-changes")) for _ in range(5)]
    figures["preview without change, median of 5 (s)"] = statistics.median(previews)
    status = json.loads(run([sys.executable, "-m", "lab", "status", "--json", "--slot", SLOT]))
    figures["lab with the whole post, resident (MiB)"] = status["resident"] // 1024**2
    figures["pulumi destroy (s)"] = timed(lambda: pulumi("destroy", "--yes"))
    figures["lab down (s)"] = timed(lambda: lab("down"))
    return figures


class _Resident:
    """The most memory that all of Pulumi's processes had at once, in bytes."""

    def __init__(self) -> None:
        self.most = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self.most = max(self.most, sum(map(procfs.resident, filter(_is_pulumis, procfs.everyone()))))


def _is_pulumis(process: int) -> bool:
    command = " ".join(procfs.argv(process))
    return any(name in command for name in PROCESSES)


if __name__ == "__main__":
    main()
