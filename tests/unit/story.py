"""The stack's program, told to an engine that creates nothing."""

import functools
import json
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest

from tests.unit.components.conftest import Recorder
from tests.unit.components.gke_program import like_google

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "__main__.py"


def tell(recorder: Recorder, **keys: Any) -> Recorder:
    """Run the program with some keys of the config, as the engine would."""
    config = {
        f"incremental-istio:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in keys.items()
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_CONFIG", json.dumps(config))
        patch.delenv("INCREMENTAL_ISTIO_CHARTS", raising=False)
        patch.setattr(pulumi, "export", lambda *_: None)
        # Without a result, else the run would look for an Output in the program's names.
        recorder.run(lambda: runpy.run_path(str(MAIN)) and None)
    return recorder


@functools.cache
def tell_gke() -> Recorder:
    """Run it, once, for a cluster of its own with a public gateway, as the stack `dev` has it, and a namespace."""
    gke, gateway = {"project": "my-project-123"}, {"serviceType": "LoadBalancer"}
    return tell(like_google(Recorder()), target="gke", gke=gke, gateway=gateway, namespace="shop")
