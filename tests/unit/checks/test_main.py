"""The command line: exit codes and what stands on which stream."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from checks import __main__ as command
from checks import cluster, probe
from checks.target import Target
from checks.timeouts import Timeouts
from tests.unit.checks.fakes import REVIEWS, FakeCluster, Outcome, review
from tests.unit.checks.test_outputs import stack_outputs

V1, V2, V3 = review("v1"), review("v2"), review("v3")
HEALTHY: dict[str, list[Outcome]] = {"9080": [V1, V2, V3], "gateway": [V1, V2]}


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A run of the command line, and the targets that it connected to."""

    exit_code: int
    stdout: str
    stderr: str
    targets: list[Target]


def run(monkeypatch: pytest.MonkeyPatch, fake: FakeCluster, *arguments: str) -> Ended:
    """Run the command line against a cluster that is none."""
    targets: list[Target] = []

    def connect(target: Target) -> FakeCluster:
        targets.append(target)
        return fake

    monkeypatch.setattr(cluster, "connect", connect)
    monkeypatch.setattr(probe, "TIMEOUTS", Timeouts(retry=0))
    ended = CliRunner().invoke(command.app, ["--wait", "0", *arguments])
    return Ended(exit_code=ended.exit_code, stdout=ended.stdout, stderr=ended.stderr, targets=targets)


def test_two_verdicts_that_hold_exit_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, FakeCluster(HEALTHY)).exit_code == 0


def test_a_verdict_that_does_not_hold_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, FakeCluster({**HEALTHY, "gateway": [V1, V3]})).exit_code == 1


def test_a_path_that_never_answers_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, FakeCluster({**HEALTHY, "gateway": ["refused"]})).exit_code == 1


def test_no_sleep_pod_exits_with_2_and_says_so_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run(monkeypatch, FakeCluster(HEALTHY, pods=REVIEWS))
    assert (ended.exit_code, ended.stdout, "app=sleep" in ended.stderr) == (2, "", True)


def test_bad_input_exits_with_2_before_the_cluster_is_talked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run(monkeypatch, FakeCluster(HEALTHY), "--weight", "v1=60", "--requests", "3")
    assert (ended.exit_code, ended.targets) == (2, [])


def test_bad_input_is_told_all_at_once_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run(monkeypatch, FakeCluster(HEALTHY), "--weight", "v1=60", "--requests", "3")
    assert ended.stderr == (
        "2 problems; nothing was measured.\n"
        "  - --requests is 3, not 50 to 20000; fewer prove nothing and more take many minutes\n"
        "    fix: python -m checks --requests 400\n"
        "  - --weight adds up to 60, not 100 (v1 60); "
        "there is no share to hold the gateway's answers against\n"
        "    fix: python -m checks --weight v1=50 --weight v2=50\n"
    )


def test_json_is_all_that_stands_on_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run(monkeypatch, FakeCluster(HEALTHY), "--json")
    assert (json.loads(ended.stdout)["holds"], ended.stderr) == (True, "")


def test_json_of_a_verdict_that_does_not_hold_is_whole_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run(monkeypatch, FakeCluster({**HEALTHY, "9080": [V1]}), "--json")
    assert json.loads(ended.stdout)["paths"]["plain"]["reasons"] == [
        "v2 runs and never answered",
        "v3 runs and never answered",
    ]


def test_outputs_of_a_file_say_what_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(stack_outputs()))
    ended = run(monkeypatch, FakeCluster(HEALTHY), "--outputs", str(file))
    (target,) = ended.targets
    assert (target.namespace, target.weights, ended.exit_code) == ("team-a", {"v1": 90, "v2": 10}, 1)


def test_the_flags_reach_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = ("--weight", "v1=100", "--weight", "v2=0")
    fake = FakeCluster({**HEALTHY, "gateway": [V1]})
    ended = run(monkeypatch, fake, "--namespace", "b", "--context", "c", *weights)
    (target,) = ended.targets
    assert (target.namespace, target.context, target.weights) == ("b", "c", {"v1": 100, "v2": 0})


def test_a_picture_is_drawn_beside_the_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run(monkeypatch, FakeCluster(HEALTHY), "--picture", str(tmp_path / "chart.png"))
    assert (tmp_path / "chart.png").exists()


def test_a_picture_that_cannot_be_written_is_told_after_the_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "chart.png").mkdir()
    ended = run(monkeypatch, FakeCluster(HEALTHY), "--picture", str(tmp_path / "chart.png"))
    assert (ended.exit_code, "was not written" in ended.stderr, "verdicts hold" in ended.stdout) == (
        2,
        True,
        True,
    )


def test_a_caller_elsewhere_is_looked_for_there(monkeypatch: pytest.MonkeyPatch) -> None:
    targets = run(monkeypatch, FakeCluster(HEALTHY), "--namespace", "team-a", "--caller", "team-b/sleep").targets
    assert [target.namespace for target in targets] == ["team-a", "team-b"], "the app's, then the caller's"
