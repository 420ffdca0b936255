"""The choice between a cluster of the stack's own and one that is there already."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.cluster import Cluster, provide
from settings.cluster import ExistingCluster
from settings.gke import GkeSettings
from settings.model import Settings
from tests.unit.components.conftest import Recorder
from tests.unit.components.gke_program import CLUSTER, like_google

PROVIDER = "pulumi:providers:kubernetes"
EXISTING = Settings(
    cluster=ExistingCluster(path=Path("k"), context="lab", server="https://lab:6443", kubeconfig="apiVersion: v1")
)
GKE = Settings(target="gke", gke=GkeSettings(project="my-project-123"))


@pytest.fixture(name="existing")
def _existing(recorder: Recorder) -> Any:
    return recorder.run(lambda: provide(EXISTING))


@pytest.fixture(name="gke")
def _gke(recorder: Recorder) -> Any:
    return like_google(recorder).run(lambda: provide(GKE))


class TestExisting:
    """A context of a kubeconfig."""

    def test_is_only_a_provider(self, existing: Cluster, recorder: Recorder) -> None:
        assert existing and [one.type for one in recorder.resources] == [PROVIDER]

    def test_is_reached_by_the_kubeconfig(self, existing: Cluster, recorder: Recorder) -> None:
        assert existing and recorder.one(PROVIDER).inputs["kubeconfig"]["value"] == "apiVersion: v1"

    def test_has_a_secret_kubeconfig(self, existing: Cluster, recorder: Recorder) -> None:
        secret = recorder.run(lambda: pulumi.Output.from_input(existing.kubeconfig.is_secret()))
        assert secret is True, "it holds credentials, and is an output of the stack"

    def test_is_known_by_its_server(self, existing: Cluster, recorder: Recorder) -> None:
        assert existing and recorder.one(PROVIDER).inputs["clusterIdentifier"] == "https://lab:6443", (
            "told by its kubeconfig, a renewed token would replace every object"
        )

    def test_is_not_forgotten_when_it_is_away_for_a_while(self, existing: Cluster, recorder: Recorder) -> None:
        assert existing and "deleteUnreachable" not in recorder.one(PROVIDER).inputs, "a refresh would empty the state"

    def test_takes_back_what_was_changed_by_hand(self, existing: Cluster, recorder: Recorder) -> None:
        assert existing and recorder.one(PROVIDER).inputs["enablePatchForce"] == "true"

    def test_outlives_the_stack(self, existing: Cluster) -> None:
        assert existing.lifetime is None, "so every object is deleted one by one"

    def test_keeps_its_contexts_name(self, existing: Cluster) -> None:
        assert existing.context == "lab"


class TestGke:
    """A cluster of the stack's own."""

    def test_is_declared(self, gke: Cluster, recorder: Recorder) -> None:
        assert gke and recorder.one(CLUSTER).inputs["name"] == "istio-inc"

    def test_takes_its_objects_with_it(self, gke: Cluster) -> None:
        assert gke.lifetime is not None, "to delete them first would only take time"

    def test_names_the_context_as_gcloud_does(self, gke: Cluster) -> None:
        assert gke.context == "gke_my-project-123_us-central1-f_istio-inc"
