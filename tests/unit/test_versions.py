"""What is written down in several places, because several tools read it, says the same everywhere."""

import re
from pathlib import Path

import pytest

from lab import versions
from settings.istio import IstioSettings

ROOT = Path(__file__).parents[2]
PINS = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
GO_MOD = (ROOT / "lab/go/go.mod").read_text()
REQUIRED = dict(re.findall(r"^\t?(?:require )?(\S+/\S+) (v\S+?)(?: // indirect)?$", GO_MOD, re.MULTILINE))


def test_the_labs_provider_plugin_is_the_sdks() -> None:
    assert PINS["pulumi-kubernetes"] == versions.PULUMI_KUBERNETES, "the engine looks for the plugin of the SDK"


def test_the_labs_istio_is_the_stacks_default() -> None:
    assert IstioSettings.model_fields["version"].default == versions.ISTIO, "the lab has images of one version only"


@pytest.mark.parametrize("module", ["istio.io/api", "istio.io/client-go"])
def test_istios_modules_are_of_the_labs_istio(module: str) -> None:
    assert REQUIRED[module] == f"v{versions.ISTIO}"


def test_kubernetes_is_built_in_the_labs_version() -> None:
    assert REQUIRED["k8s.io/kubernetes"] == f"v{versions.KUBERNETES}", "the node reports it"


def test_kubernetes_parts_are_of_one_version() -> None:
    parts = set(re.findall(r"^\t?(?:replace )?k8s\.io/\S+(?: \S+)? => k8s\.io/\S+ v(\S+)$", GO_MOD, re.MULTILINE))
    assert parts == {f"0.{versions.KUBERNETES.removeprefix('1.')}"}


def test_the_engine_is_built_in_the_labs_version() -> None:
    assert REQUIRED["github.com/pulumi/pulumi/pkg/v3"] == f"v{versions.PULUMI}"


def test_engine_and_its_sdk_are_of_one_version() -> None:
    assert REQUIRED["github.com/pulumi/pulumi/sdk/v3"] == f"v{versions.PULUMI}"


def test_etcd_is_built_in_the_labs_version() -> None:
    assert REQUIRED["go.etcd.io/etcd/api/v3"] == f"v{versions.ETCD}", "`etcd --version` tells its API module's"


def test_coredns_is_built_in_the_labs_version() -> None:
    coredns = (ROOT / "lab/go/coredns/go.mod").read_text()
    assert f"github.com/coredns/coredns v{versions.COREDNS}" in coredns


def test_every_requirement_is_pinned() -> None:
    files = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")
    lines = [line for file in files for line in file.read_text().splitlines()]
    loose = [line for line in lines if line and not line.startswith(("#", "-r ")) and "==" not in line]
    assert not loose, "the same commit means the same environment"
