"""Commands that a benchmark runs; one that fails ends it, with its output."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from lab import procfs

PROJECT: Final = Path(__file__).parents[1]


def run(argv: list[str], environment: Mapping[str, str] = os.environ) -> str:
    """Run a command in the project's folder and return what it prints."""
    done = subprocess.run(argv, check=False, capture_output=True, text=True, env=environment, cwd=PROJECT)
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def running(program: str) -> list[int]:
    """Return the ids of the processes of a program, whichever folder it is in."""
    return [one for one in procfs.everyone() if (procfs.argv(one) or [""])[0].endswith(f"/{program}")]


def timed(action: Callable[[], object]) -> float:
    """Return how long an action takes, in seconds."""
    began = time.monotonic()
    action()
    return round(time.monotonic() - began, 1)
