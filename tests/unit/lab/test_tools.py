"""The programs of the toolchain."""

from pathlib import Path

import pytest

from lab.tools import TOOLS, Tool

KUBECTL = Tool("kubectl", "k8s.io/kubernetes/cmd/kubectl", "version --client", "v1.35.4")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH but the system's."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def program(folder: Path, script: str) -> Path:
    file = folder / KUBECTL.name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("go.etcd.io/etcd/server/v3", "server"),
        ("k8s.io/kubernetes/cmd/kubelet", "kubelet"),
        ("./pulumi-resource-kubernetes", "pulumi-resource-kubernetes"),
        ("example.com/vault", "vault"),
    ],
)
def test_go_calls_the_program_of(package: str, name: str) -> None:
    assert Tool("x", package, "", "1").built_name == name


def test_a_program_of_the_very_version_is_taken_from_the_path(path: Path) -> None:
    file = program(path, "echo Client Version: v1.35.4")
    assert KUBECTL.found(without=Path("/nowhere")) == file


@pytest.mark.parametrize("version", ["v1.35.3", "v1.35.40", "1.35.4"])
def test_a_program_of_another_version_is_not(path: Path, version: str) -> None:
    program(path, f"echo Client Version: {version}")
    assert KUBECTL.found(without=Path("/nowhere")) is None


def test_a_version_on_standard_error_counts(path: Path) -> None:
    file = program(path, "echo v1.35.4 >&2")
    assert KUBECTL.found(without=Path("/nowhere")) == file


def test_what_the_lab_built_itself_does_not_count(path: Path) -> None:
    program(path, "echo v1.35.4")
    assert KUBECTL.found(without=path) is None


def test_a_program_that_cannot_be_run_does_not_count(path: Path) -> None:
    program(path, "").write_bytes(b"\x7fELF broken")
    assert KUBECTL.found(without=Path("/nowhere")) is None


def test_a_program_that_cannot_tell_its_version_is_always_built(path: Path) -> None:
    program(path, "echo v1.35.4")
    assert Tool("kubectl", "k8s.io/kubernetes/cmd/kubectl", "", "v1.35.4").found(without=Path("/nowhere")) is None


def test_no_two_tools_share_a_name() -> None:
    assert len({tool.name for tool in TOOLS}) == len(TOOLS)
