"""The Debian packages."""

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab import packages
from lab.errors import CommandError


def test_a_command_that_is_not_there_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda command, **_: None if command == "nft" else command)
    monkeypatch.setattr(packages, "CNI_FOLDERS", (Path("/"),))
    assert "nftables" in packages.missing()


def test_a_package_with_two_missing_commands_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert packages.missing().count("containerd") == 1


def test_missing_network_plugins_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "CNI_FOLDERS", (Path("/nowhere"),))
    assert "containernetworking-plugins" in packages.missing()


@pytest.mark.usefixtures("paths")
def test_an_installation_that_fails_is_told_with_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=100))
    with pytest.raises(CommandError, match=r"apt-get install runc failed.*apt\.log"):
        packages.install(["runc"], lambda _: None)


@pytest.mark.usefixtures("paths")
def test_the_installation_says_what_it_installs(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0))
    packages.install(["runc", "nftables"], said.append)
    assert said == ["installing Debian packages: runc nftables"]
