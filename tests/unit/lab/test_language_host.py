"""The language host, started by an engine that is killed."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOST = Path(__file__).parents[3] / "lab/language_host.py"
# It starts the host as Pulumi's engine does, reads the port, tells the host's process id and goes on for ever.
ENGINE = """
import subprocess, sys, time
host = subprocess.Popen([sys.executable, sys.argv[1], "127.0.0.1:1"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
int(host.stdout.readline())
print(host.pid, flush=True)
time.sleep(600)
"""
SECONDS = 30


@pytest.fixture(name="engine")
def _engine() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", ENGINE, str(HOST)], stdout=subprocess.PIPE, text=True) as engine:
        yield engine
        engine.kill()


@pytest.fixture(name="host")
def _host(engine: subprocess.Popen[str]) -> Iterator[int]:
    """Hand out a descriptor of the language host's process; it can be read once that has ended."""
    assert engine.stdout is not None
    host = os.pidfd_open(int(engine.stdout.readline()))
    yield host
    if not _ended(host, 0):
        signal.pidfd_send_signal(host, signal.SIGKILL)
    os.close(host)


def _ended(host: int, seconds: float) -> bool:
    return bool(select.select([host], [], [], seconds)[0])


def test_it_ends_with_an_engine_that_is_killed(engine: subprocess.Popen[str], host: int) -> None:
    engine.kill()
    assert _ended(host, SECONDS), "it would be left for ever, with the program in it"


def test_it_ends_when_the_engine_asks_and_not_before(host: int) -> None:
    assert not _ended(host, 0.5)
    signal.pidfd_send_signal(host, signal.SIGINT)
    assert _ended(host, SECONDS)
