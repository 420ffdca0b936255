"""The language host, started by an engine that is killed."""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HOST = Path(__file__).parents[3] / "lab/language_host.py"
# It starts the host and two providers as Pulumi's engine does, the second one as another engine's, reads the
# host's port, tells the process ids and goes on for ever.
ENGINE = """
import os, subprocess, sys, time
forever = "import time; time.sleep(600)"
address = f"engine-{os.getpid()}"
host = subprocess.Popen([sys.executable, sys.argv[1], address], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
providers = [
    subprocess.Popen(
        ["pulumi-resource-fake", "-ISc", forever, its_engine], executable=os.path.realpath(sys.executable),
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )
    for its_engine in (address, f"{address}0")
]
int(host.stdout.readline())
print(host.pid, *(provider.pid for provider in providers), flush=True)
time.sleep(600)
"""
SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Run:
    """An engine and what it started: descriptors of the processes, which can be read once they have ended."""

    engine: subprocess.Popen[str]
    host: int
    provider: int
    another_engines: int


@pytest.fixture(name="run")
def _run() -> Iterator[Run]:
    with subprocess.Popen([sys.executable, "-c", ENGINE, str(HOST)], stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        host, provider, another_engines = (os.pidfd_open(int(pid)) for pid in engine.stdout.readline().split())
        yield Run(engine=engine, host=host, provider=provider, another_engines=another_engines)
        engine.kill()
        for process in (host, provider, another_engines):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, signal.SIGKILL)
            os.close(process)


def _ended(process: int, seconds: float) -> bool:
    return bool(select.select([process], [], [], seconds)[0])


def test_it_ends_with_an_engine_that_is_killed(run: Run) -> None:
    run.engine.kill()
    assert _ended(run.host, SECONDS), "it would be left for ever, with the program in it"


def test_the_providers_of_an_engine_that_is_killed_end_and_no_others(run: Run) -> None:
    run.engine.kill()
    assert _ended(run.provider, SECONDS), "it would go on with what nobody will hear of"
    assert not _ended(run.another_engines, 0.5)


def test_it_ends_when_the_engine_asks_and_not_before(run: Run) -> None:
    assert not _ended(run.host, 0.5)
    signal.pidfd_send_signal(run.host, signal.SIGINT)
    assert _ended(run.host, SECONDS)
