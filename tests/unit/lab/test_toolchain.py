"""The toolchain, built by a `go` that only pretends."""

import io
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import Any

import pytest

from lab import golang, toolchain
from lab.errors import CommandError
from lab.golang import MODULE
from lab.paths import NodePaths, cache
from lab.tools import TOOLS
from tests.unit.lab import fake_go
from tests.unit.lab.conftest import Recorder


def _run_here(
    command: Sequence[str], *, cwd: Path = MODULE, env: Mapping[str, str] = os.environ, **_: Any
) -> CompletedProcess[str]:
    return CompletedProcess(command, *fake_go.answer(command[1:], env, cwd))


@contextmanager
def _compile_here(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], **_: Any) -> Iterator[SimpleNamespace]:
    code, _out, err = fake_go.answer(command[1:], env, cwd)
    yield SimpleNamespace(stderr=io.StringIO(err), returncode=code)


# The fake answers in this process: to start a Python costs more than all that it does.
HERE = SimpleNamespace(run=_run_here, Popen=_compile_here, PIPE=subprocess.PIPE, DEVNULL=subprocess.DEVNULL)


@pytest.fixture(autouse=True)
def path(paths: NodePaths, go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH: it has the pretending `go`, which finds the modules' files."""
    del paths
    monkeypatch.setattr(golang, "subprocess", HERE)
    istio, provider = tmp_path / "modules/istio.io", tmp_path / "modules/github.com"
    for file, content in {
        istio / "tools/packaging/common/envoy_bootstrap.json": "{}",
        istio / "manifests/charts/base/Chart.yaml": "name: base\nversion: 1.0.0\nappVersion: 1.0.0\n",
        istio / "manifests/charts/istio-control/istio-discovery/Chart.yaml": "name: istiod\nversion: 1.0.0\n",
        provider / "cmd/pulumi-resource-kubernetes/schema.json": "{}",
        provider / "cmd/pulumi-resource-kubernetes/terraform-mapping.json": "{}",
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return go.parent


def calls(tmp_path: Path, what: str) -> list[str]:
    return [line for line in (tmp_path / "calls").read_text().splitlines() if line.split()[1] == what]


def test_every_tool_is_built(progress: Recorder) -> None:
    ready = toolchain.ensure(progress)
    assert all((ready / tool.name).is_file() for tool in TOOLS)


def test_a_built_toolchain_is_not_built_again(progress: Recorder, tmp_path: Path) -> None:
    toolchain.ensure(progress)
    before = calls(tmp_path, "build")
    toolchain.ensure(progress)
    assert calls(tmp_path, "build") == before


def test_programs_of_one_module_are_built_in_one_call(progress: Recorder, tmp_path: Path) -> None:
    toolchain.ensure(progress)
    assert len(calls(tmp_path, "build")) == len({tool.module for tool in TOOLS})


def test_a_build_that_fails_leaves_no_toolchain(progress: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GO_BREAKS", "coredns")
    with pytest.raises(CommandError):
        toolchain.ensure(progress)
    assert not toolchain.folder().exists()


def test_an_interrupted_build_goes_on_with_the_same_caches(
    progress: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GO_BREAKS", "coredns")
    with pytest.raises(CommandError):
        toolchain.ensure(progress)
    monkeypatch.delenv("FAKE_GO_BREAKS")
    toolchain.ensure(progress)
    assert len({call.split()[2] for call in calls(tmp_path, "build")}) == 1


def test_the_compilers_caches_are_gone_in_the_end(progress: Recorder) -> None:
    toolchain.ensure(progress)
    assert not (cache() / "build").exists()


@pytest.mark.parametrize("left", ["build/modules", "removed-x/build/modules"])
def test_what_an_interrupted_removal_left_is_removed_later(progress: Recorder, left: str) -> None:
    toolchain.ensure(progress)
    (cache() / left).mkdir(parents=True)
    toolchain.ensure(progress)
    assert sorted(path.name for path in cache().iterdir() if path.is_dir()) == ["toolchain"]


def test_the_count_never_passes_the_total(progress: Recorder) -> None:
    toolchain.ensure(progress)
    assert progress.counts[:4] == [(1, 3), (2, 3), (3, 3), (3, 3)]


def test_a_program_on_the_path_is_linked_and_not_built(progress: Recorder, path: Path) -> None:
    (path / "istioctl").write_text("#!/bin/sh\necho 1.29.2\n")
    (path / "istioctl").chmod(0o755)
    assert (toolchain.ensure(progress) / "istioctl").readlink() == path / "istioctl"


def test_a_program_that_went_from_the_path_is_built_after_all(progress: Recorder, path: Path) -> None:
    (path / "istioctl").write_text("#!/bin/sh\necho 1.29.2\n")
    (path / "istioctl").chmod(0o755)
    toolchain.ensure(progress)
    (path / "istioctl").unlink()
    assert not (toolchain.ensure(progress) / "istioctl").is_symlink()


def test_the_compiler_does_not_write_into_a_program_of_the_users(progress: Recorder, path: Path) -> None:
    own = path / "other"
    own.write_text("mine")
    staging = cache() / "build/bin"
    staging.mkdir(parents=True)
    (staging / "kubectl").symlink_to(own)
    toolchain.ensure(progress)
    assert own.read_text() == "mine"


def test_charts_get_the_version_that_a_release_would_stamp(progress: Recorder) -> None:
    chart = (toolchain.ensure(progress) / "charts/base/Chart.yaml").read_text()
    assert chart == "name: base\nversion: 1.29.2\nappVersion: 1.29.2\n"


def test_the_language_host_stands_in_where_the_released_one_is_missing(progress: Recorder) -> None:
    assert (toolchain.ensure(progress) / "pulumi-language-python").stat().st_mode & 0o111


def test_the_released_language_host_is_preferred(progress: Recorder, path: Path) -> None:
    (path / "pulumi-language-python").write_text("#!/bin/sh\n")
    (path / "pulumi-language-python").chmod(0o755)
    assert not (toolchain.ensure(progress) / "pulumi-language-python").exists()


@pytest.mark.parametrize("name", ["go.sum", "coredns/go.sum", "pulumi-resource-kubernetes/main.go"])
def test_another_source_makes_another_toolchain(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = toolchain.folder()
    for source in ("go.mod", "go.sum", "coredns/go.mod", "coredns/go.sum", "pulumi-resource-kubernetes/main.go"):
        copy = tmp_path / "go" / source
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((MODULE / source).read_bytes())
    monkeypatch.setattr(toolchain, "MODULE", tmp_path / "go")
    assert toolchain.folder() == before
    (tmp_path / "go" / name).write_text("other")
    assert toolchain.folder() != before
