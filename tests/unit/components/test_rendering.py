"""The program without a cluster."""

from pathlib import Path

import pytest

from components.cluster import Cluster, provide
from settings.gke import GkeSettings
from settings.model import Settings
from settings.rendering import VARIABLE, folder
from tests.unit.components.conftest import Recorder

PROVIDER = "pulumi:providers:kubernetes"


@pytest.fixture(name="rendered", params=["existing", "gke"])
def _rendered(
    request: pytest.FixtureRequest, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Recorder:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", "/somebodys/kubeconfig")
    settings = Settings(target=request.param, gke=GkeSettings(project="my-project-123"))
    cluster: Cluster = recorder.run(lambda: provide(settings))
    assert cluster.lifetime is None
    return recorder


def test_only_a_provider_is_declared_whatever_the_target(rendered: Recorder) -> None:
    assert [one.type for one in rendered.resources] == [PROVIDER]


def test_objects_are_written_to_the_folder(rendered: Recorder, tmp_path: Path) -> None:
    assert rendered.one(PROVIDER).inputs["renderYamlToDirectory"] == str(tmp_path)


def test_no_kubeconfig_is_looked_for(rendered: Recorder) -> None:
    # Mocks have a provider's inputs as JSON.
    assert rendered.one(PROVIDER).inputs["kubeconfig"] in {False, "false"}


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_nothing_is_rendered(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    assert folder() is None
