"""What makes the unit tests quick, and changes nothing that they claim."""

import gc
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # it has no stubs

ROOT = Path(__file__).parents[2]
# Words that are in the test files of Google's SDK and of matplotlib, whose imports take longer than the tests.
EXPENSIVE = {"gke_program": "google", "tests.unit.story": "google", "chart.png": "matplotlib"}

# Imports make a million objects that live to the end, and each collection would look at all of them again.
gc.disable()

# Tests reach nothing but this machine, and every TLS client would read all the public authorities first.
os.environ["SSL_CERT_FILE"] = os.devnull


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file together, for what they share, and files with the same expensive import."""
    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = lambda test: _scope(test.partition("::")[0])
    return scheduler


@cache
def _scope(file: str) -> str:
    text = (ROOT / file).read_text()
    return next((import_ for word, import_ in EXPENSIVE.items() if word in text), file)
