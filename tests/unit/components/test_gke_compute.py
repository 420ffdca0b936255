"""Compute Engine's resources, declared as the SDK's own classes would declare them."""

import re
from collections.abc import Mapping
from typing import Any, get_args

import pulumi_gcp as gcp
import pytest

from components.gke_compute import Kind
from components.gke_network import GkeNetwork
from settings.gke import GkeSettings
from tests.unit.components.conftest import Recorder, Registered

PRIVATE = GkeSettings.model_validate({"project": "my-project-123", "network": {"privateNodes": True}})


@pytest.fixture(name="network", scope="module")
def _network() -> Recorder:
    recorder = Recorder()
    recorder.computed = {"gcp:compute/router:Router": {"name": "router-1234567"}}
    recorder.run(lambda: GkeNetwork("net", PRIVATE) and None)
    return recorder


def _as_python(value: Any) -> Any:
    """Return properties under the SDK's names, which it takes back to the provider's."""
    if isinstance(value, Mapping):
        return {re.sub(r"([A-Z])", r"_\1", key).lower(): _as_python(one) for key, one in value.items()}
    return [_as_python(one) for one in value] if isinstance(value, list) else value


def _by_the_sdk(kind: str, ours: Registered) -> Registered:
    recorder = Recorder()
    recorder.run(lambda: getattr(gcp.compute, kind)(ours.name, **_as_python(ours.inputs)) and None)
    return recorder.one(f":{kind}")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_resource_is_the_same_as_by_the_sdk(network: Recorder, kind: str) -> None:
    ours = network.one(f":{kind}")
    theirs = _by_the_sdk(kind, ours)
    assert (ours.type, ours.version, ours.inputs) == (theirs.type, theirs.version, theirs.inputs)


def test_a_property_that_the_sdk_does_not_know_is_no_property(network: Recorder) -> None:
    ours = network.one(":Router")
    with pytest.raises(TypeError, match="colour"):
        _by_the_sdk("Router", Registered(**{**vars(ours), "inputs": {**ours.inputs, "colour": "red"}}))
