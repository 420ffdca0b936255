"""What goes with the cluster on the way down, and what has to go before it."""

import json
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.lifetime import goes_with
from tests.unit.components.conftest import Recorder, Registered
from tests.unit.components.gke_program import POOL, like_google

MAIN = Path(__file__).parents[3] / "__main__.py"


def _told(gateway: Mapping[str, Any]) -> Recorder:
    config = {"target": "gke", "gke": json.dumps({"project": "my-project-123"}), "gateway": json.dumps(gateway)}
    recorder = like_google(Recorder())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_CONFIG", json.dumps({f"incremental-istio:{key}": one for key, one in config.items()}))
        patch.delenv("INCREMENTAL_ISTIO_CHARTS", raising=False)
        patch.setattr(pulumi, "export", lambda *_: None)
        recorder.run(lambda: runpy.run_path(str(MAIN)) and None)
    return recorder


@pytest.fixture(name="gke", scope="module")
def _gke() -> Recorder:
    return _told({"serviceType": "LoadBalancer"})


def _deleted(recorder: Recorder) -> list[Registered]:
    """Return what is in the cluster and costs a call to delete; the engine hands `deletedWith` down to children."""
    handed_down = {one.name for one in recorder.resources if one.deleted_with and one.type.startswith("incremental-")}
    inside = [*recorder.objects(), *recorder.all_of(":Chart")]
    return [one for one in inside if not one.deleted_with and one.parent not in handed_down]


def test_a_teardown_deletes_one_object_of_some_fifty_in_the_cluster(gke: Recorder) -> None:
    assert (len(gke.objects()), [one.name for one in _deleted(gke)]) == (33, ["istio-ingressgateway-service"]), (
        "16 more are in the charts"
    )


def test_the_load_balancer_is_deleted_before_the_nodes_and_the_cluster(gke: Recorder) -> None:
    (service,) = _deleted(gke)
    provider = gke.cluster_provider()
    assert service.provider == provider.name and gke.one(POOL).name in provider.depends_on, (
        "the engine deletes what depends on a resource before the resource, and their controller needs both"
    )


@pytest.mark.parametrize("component", [":MinimalIstio", ":GatewayProxy", ":Bookinfo", ":Microservice", ":GatewayRoute"])
def test_no_component_hands_it_down(gke: Recorder, component: str) -> None:
    assert {one.deleted_with for one in gke.all_of(component)} == {""}, (
        "a load balancer in it would go with the cluster, and GCP would keep its forwarding rules"
    )


def test_a_gateway_without_a_load_balancer_goes_with_the_cluster() -> None:
    assert not _deleted(_told({"serviceType": "ClusterIP"}))


def test_a_cluster_that_outlives_the_stack_takes_nothing_along() -> None:
    assert not goes_with(None).transformations
