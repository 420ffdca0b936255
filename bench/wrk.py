"""Load from `wrk`, and what a proxy's process spent on it.

Owns running wrk (Debian's package of that name) and reading its report. The load is bounded in
time, and goes to addresses of the benchmark's own lab.
https://github.com/wg/wrk
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.commands import running

THREADS: Final = 1
_UNITS: Final = {"us": 1.0, "ms": 1000.0, "s": 1_000_000.0}


@dataclass(frozen=True, kw_only=True)
class Load:
    """One run: requests per second, latencies and the server's CPU time per request in microseconds."""

    per_second: float
    p50: float
    p99: float
    cpu: float


def load(url: str, *, connections: int, seconds: int, process: int) -> Load:
    """Send as many requests as go over the connections.

    Args:
        url: where to.
        connections: how many; each sends the next request when it has the answer to the last.
        seconds: how long.
        process: whose CPU time is counted.

    Raises:
        SystemExit: wrk is not there, or a request failed.
    """
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not on PATH, and the load comes from it\n  fix: apt-get install wrk")
    before = _cpu_seconds(process)
    command = [
        "wrk",
        f"--threads={THREADS}",
        f"--connections={connections}",
        f"--duration={seconds}s",
        "--latency",
        url,
    ]
    report = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    if failed := re.search(r"Non-2xx.*|Socket errors.*", report):
        raise SystemExit(f"{url}: {failed[0]}")
    requests = int(_found(r"(\d+) requests in", report)[1])
    return Load(
        per_second=float(_found(r"Requests/sec:\s+([\d.]+)", report)[1]),
        p50=_microseconds("50%", report),
        p99=_microseconds("99%", report),
        cpu=(_cpu_seconds(process) - before) / requests * 1_000_000,
    )


def envoys() -> dict[str, int]:
    """Return the Envoy of every pod on this machine: the pod's address to the process' id."""
    return {address: process for process in running("envoy") for address in _addresses(process)}


def _addresses(process: int) -> Iterator[str]:
    try:
        table = Path(f"/proc/{process}/net/fib_trie").read_text()
    except OSError:  # it has ended
        return
    yield from re.findall(r"\|-- (10\.244\.\d+\.\d+)\n\s+/32 host LOCAL", table)


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _microseconds(quantile: str, report: str) -> float:
    found = _found(rf"\s{quantile}\s+([\d.]+)(us|ms|s)\b", report)
    return float(found[1]) * _UNITS[found[2]]


def _found(pattern: str, report: str) -> re.Match[str]:
    found = re.search(pattern, report)
    if found is None:
        raise SystemExit(f"wrk printed no {pattern!r}:\n{report}")
    return found
