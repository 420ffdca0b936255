"""Which keys have no meaning with `istio.install`."""

from typing import Any

import pytest

from settings.installation import MEANINGLESS, installation_problems
from settings.istio import GatewaySettings, IstioSettings
from settings.problem import Problem

# A value for every key that some way of installing knows nothing of.
VALUES: dict[str, Any] = {
    "istio.revision": "canary",
    "istio.version": "1.29.2",
    "istio.hub": "docker.io/istio",
    "istio.charts": "https://example.com/charts",
    "gateway.name": "team",
    "gateway.namespace": "ingress",
    "gateway.selector": {"istio": "shared"},
    "gateway.serviceType": "ClusterIP",
    "gateway.sourceRanges": [],
    "gateway.replicas": 1,
    "gateway.maxReplicas": 1,
}


def _problems(install: str, target: str = "existing", **values: Any) -> list[Problem]:
    content: dict[str, dict[str, Any]] = {"istio": {"install": install}, "gateway": {}}
    for path, value in values.items():
        section, _, key = path.partition(".")
        content[section][key] = value
    istio, gateway = IstioSettings(**content["istio"]), GatewaySettings.model_validate(content["gateway"])
    return list(installation_problems(target, istio, gateway))


@pytest.mark.parametrize("install", ["controlPlane", "gateway", "nothing"])
def test_the_defaults_have_a_meaning_with_every_value(install: str) -> None:
    assert not _problems(install)


@pytest.mark.parametrize(("install", "key"), [(install, key) for install, keys in MEANINGLESS.items() for key in keys])
def test_a_key_without_a_meaning_is_refused(install: str, key: str) -> None:
    (problem,) = _problems(install, **{key: VALUES[key]})
    assert problem.key == key and f"with istio.install {install} it has no meaning" in problem.rule
    assert problem.fix == f"pulumi config rm --path 'incremental-istio:{key}'"


@pytest.mark.parametrize(
    ("install", "key"),
    [(install, key) for install, keys in MEANINGLESS.items() for key in VALUES if key not in keys],
)
def test_a_key_with_a_meaning_is_taken(install: str, key: str) -> None:
    assert not _problems(install, **{key: VALUES[key]})


@pytest.mark.parametrize("install", ["gateway", "nothing"])
def test_a_cluster_of_the_stacks_own_has_no_istio_to_count_on(install: str) -> None:
    (problem,) = _problems(install, target="gke")
    assert (problem.key, problem.value) == ("istio.install", install)
    assert problem.fix == "pulumi config set --path 'incremental-istio:istio.install' controlPlane"
