"""The Go compiler as a process, played by a `go` that only pretends."""

import sys
from pathlib import Path

import pytest

from lab import golang
from lab.errors import CommandError, LabError
from lab.golang import Go
from lab.tools import TOOLS
from tests.unit.lab.conftest import Recorder

TOOL = next(tool for tool in TOOLS if tool.module == "coredns")


@pytest.fixture
def compiler(go: Path, tmp_path: Path) -> Go:
    (tmp_path / "out").mkdir()
    return Go(str(go), tmp_path / "work", tmp_path / "log")


def test_a_program_is_built_into_the_folder(compiler: Go, tmp_path: Path, progress: Recorder) -> None:
    compiler.build("coredns", [TOOL], tmp_path / "out", progress)
    assert (tmp_path / "out/coredns").read_text() == f"built {TOOL.package}"


def test_it_works_in_the_folder_of_the_module(compiler: Go, tmp_path: Path, progress: Recorder) -> None:
    compiler.build("coredns", [TOOL], tmp_path / "out", progress)
    assert {line.split()[0] for line in (tmp_path / "calls").read_text().splitlines()} == {"coredns"}


def test_a_build_that_fails_tells_the_end_of_its_log(
    go: Path, tmp_path: Path, progress: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GO_BREAKS", "coredns")
    with pytest.raises(CommandError, match="out of luck"):
        Go(str(go), tmp_path / "work", tmp_path / "log").build("coredns", [TOOL], tmp_path / "out", progress)


def test_a_modules_folder_is_what_the_compiler_says(compiler: Go, tmp_path: Path) -> None:
    assert compiler.module_folder("istio.io/istio/pilot") == tmp_path / "modules/istio.io"


def test_a_new_go_of_the_path_is_taken(go: Path, tmp_path: Path) -> None:
    assert golang.compiler(tmp_path / "log") == str(go)


def test_an_old_go_is_not_used(go: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FAKE_GO_VERSION", "go1.19.8")
    monkeypatch.setattr(sys, "executable", str(go.with_name("false")))
    go.with_name("false").write_text("#!/bin/sh\nexit 1\n")
    go.with_name("false").chmod(0o755)
    with pytest.raises(LabError, match=r"needs Go 1\.26"):
        golang.compiler(tmp_path / "log")
