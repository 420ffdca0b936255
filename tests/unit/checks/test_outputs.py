"""Reading a stack's outputs, with and without pulumi."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from checks.outputs import Outputs, from_file, from_stack, parse
from checks.problem import Problem
from tests.unit.checks.api_server import TOKEN, kubeconfig


def stack_outputs(**changes: Any) -> dict[str, Any]:
    """Return outputs as the stack exports them."""
    return {
        "kubeconfig": json.dumps(kubeconfig("http://127.0.0.1:1")),
        "context": "here",
        "namespace": "team-a",
        "checks": {
            "app": "reviews",
            "plainUrl": "http://reviews:9080/reviews/0",
            "gatewayUrl": "http://istio-ingressgateway.istio-system/reviews/0",
            "weights": {"v1": 90, "v2": 10},
        },
        "versions": {"istio": "1.29.2"},
        **changes,
    }


def read(content: object) -> tuple[Outputs | None, list[str]]:
    problems: list[Problem] = []
    outputs = parse(json.dumps(content), "the file", "mend it", problems)
    return outputs, [problem.fact for problem in problems]


def test_a_stacks_outputs_are_read() -> None:
    outputs, problems = read(stack_outputs())
    assert outputs is not None, problems
    assert (outputs.context, outputs.namespace, outputs.weights) == ("here", "team-a", {"v1": 90, "v2": 10})


def test_a_stack_may_have_no_context() -> None:
    outputs, problems = read({key: value for key, value in stack_outputs().items() if key != "context"})
    assert outputs is not None, problems
    assert outputs.context is None


def test_a_kubeconfig_in_yaml_is_read_too() -> None:
    outputs, problems = read(stack_outputs(kubeconfig="clusters:\n- name: c\n"))
    assert outputs is not None, problems
    assert outputs.kubeconfig["clusters"] == [{"name": "c"}]


def test_the_kubeconfig_is_no_part_of_what_is_printed() -> None:
    assert TOKEN not in repr(read(stack_outputs())[0])


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"kubeconfig": ""}, ["the file has no text in the output `kubeconfig`"]),
        (
            {"kubeconfig": f"- {TOKEN}: {TOKEN}: x"},
            ["the file has an output `kubeconfig` that is not a kubeconfig"],
        ),
        ({"namespace": 3}, ["the file has no text in the output `namespace`"]),
        ({"checks": None}, ["the file has no output `checks`"]),
    ],
)
def test_an_output_that_is_missing_or_malformed_is_named(changes: dict[str, Any], facts: list[str]) -> None:
    assert read(stack_outputs(**changes)) == (None, facts)


def test_all_missing_checks_outputs_are_told_at_once() -> None:
    assert len(read(stack_outputs(checks={"app": "reviews"}))[1]) == 3


def test_the_rules_of_weights_hold_for_outputs() -> None:
    checks = stack_outputs()["checks"] | {"weights": {"v1": 60, "v2": 50}}
    facts = read(stack_outputs(checks=checks))[1]
    assert facts == ["the file: checks.weights adds up to 110, not 100 (v1 60 + v2 50)"]


def test_a_file_that_is_not_there_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    problems: list[Problem] = []
    from_file(tmp_path / "none.json", problems)
    assert problems[0].fix == f"pulumi stack output --json --show-secrets > {tmp_path}/none.json"


def _pulumi(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_pulumi_is_asked_for_the_outputs_of_the_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "outputs.json").write_text(json.dumps(stack_outputs()))
    arguments = "stack output --json --show-secrets --stack dev"
    _pulumi(tmp_path, f'[ "$*" = "{arguments}" ] && cat {tmp_path}/outputs.json', monkeypatch)
    problems: list[Problem] = []
    outputs = from_stack("dev", problems)
    assert outputs is not None, problems
    assert outputs.namespace == "team-a"


def test_what_pulumi_says_of_an_unknown_stack_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pulumi(tmp_path, "echo \"error: no stack named 'dev' found\" >&2; exit 255", monkeypatch)
    problems: list[Problem] = []
    from_stack("dev", problems)
    assert "no stack named 'dev' found" in problems[0].fact


def test_a_machine_without_pulumi_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    problems: list[Problem] = []
    from_stack("dev", problems)
    assert problems[0].fact == "pulumi is not on PATH"
