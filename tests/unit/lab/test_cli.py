"""The command line: exit codes, and what is on which output."""

import errno
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from environments.backend import folder_url
from lab import cli, toolchain
from lab.errors import LabError
from lab.paths import PROJECT, NodePaths


@pytest.fixture
def runner(paths: NodePaths) -> CliRunner:
    """A command line whose labs are in a temporary folder."""
    del paths
    return CliRunner()


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run as a person does; return the exit code."""
    monkeypatch.setattr(sys, "argv", ["lab", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def failing(error: BaseException) -> object:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_a_slot_that_is_none_is_wrong_usage(runner: CliRunner) -> None:
    assert runner.invoke(cli.app, ["up", "--slot", "10"]).exit_code == 2


def test_without_a_command_the_help_is_shown(runner: CliRunner) -> None:
    assert "kubeconfig" in runner.invoke(cli.app, []).output


def test_status_of_no_lab_is_1(runner: CliRunner) -> None:
    assert runner.invoke(cli.app, ["status", "--slot", "3"]).exit_code == 1


def test_status_as_json_is_json_also_of_no_lab(runner: CliRunner) -> None:
    assert json.loads(runner.invoke(cli.app, ["status", "--slot", "3", "--json"]).stdout)["running"] is False


def test_a_foreseen_stop_is_1(monkeypatch: pytest.MonkeyPatch, paths: NodePaths) -> None:
    del paths
    assert run(monkeypatch, "kubeconfig", "--slot", "4") == 1


def test_a_foreseen_stop_has_no_traceback(
    monkeypatch: pytest.MonkeyPatch, paths: NodePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    del paths
    run(monkeypatch, "kubeconfig", "--slot", "4")
    assert capsys.readouterr().err == "error: there is no lab in slot 4. Fix: python -m lab up --slot 4\n"


def test_brackets_in_a_reason_are_shown_as_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "app", failing(LabError("[red] and [/path]")))
    run(monkeypatch)
    assert capsys.readouterr().err == "error: [red] and [/path]\n"


def test_a_full_disk_is_told_with_the_file_and_a_fix(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "app", failing(OSError(errno.ENOSPC, "No space left on device", "/labs/file")))
    run(monkeypatch)
    assert capsys.readouterr().err.startswith("error: No space left on device: /labs/file. Fix: free some")


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "app", failing(KeyError("bug")))
    with pytest.raises(KeyError):
        cli.main()


def test_a_lab_that_is_up_stays_as_it_is(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "is_up", lambda _: True)
    monkeypatch.setattr(cli, "bring_up", failing(AssertionError("started anew")))
    assert runner.invoke(cli.app, ["up", "--slot", "3"]).exit_code == 0


@pytest.fixture
def exports(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `env` prints before the lab is up, and with a toolchain that is there."""
    monkeypatch.setattr(toolchain, "is_built", lambda: True)
    monkeypatch.setattr(toolchain, "ensure", lambda progress: progress.say("building") or Path("/tools"))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "example.com")
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_PARALLEL"):
        monkeypatch.delenv(name, raising=False)
    return runner.invoke(cli.app, ["env", "--slot", "4"]).stdout.splitlines()


def test_env_prints_nothing_but_exports(exports: list[str]) -> None:
    assert exports and all(line.startswith("export ") for line in exports)


def test_env_puts_the_toolchain_on_the_path(exports: list[str]) -> None:
    assert exports[-1].startswith("export PATH=") and exports[-1].endswith(':/tools:"$PATH"')


def test_env_names_the_kubeconfig_that_will_be(exports: list[str]) -> None:
    assert f"export KUBECONFIG={NodePaths.of(4).kubeconfig}" in exports


def test_env_lets_more_steps_wait_at_once_than_there_are_deployments(exports: list[str]) -> None:
    assert "export PULUMI_PARALLEL=64" in exports, "nine wait for their pods, and the rest must not wait for them"


def test_env_leads_around_a_web_proxy(exports: list[str]) -> None:
    assert "export NO_PROXY=example.com,10.88.4.2" in exports


def test_env_leads_pulumi_to_the_projects_folder(exports: list[str]) -> None:
    assert f"export PULUMI_BACKEND_URL='{folder_url(PROJECT / '.state')}'" in exports, "the lab's stack is there"
