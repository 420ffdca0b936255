"""The command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policy.__main__ import app
from policy.rules import RULES, check
from tests.unit.policy.documents import destination_rule, namespace, service, to, virtual_service

SPLIT = [virtual_service([to("v1", 50), to("v2", 50)]), destination_rule("v1", "v2")]


@pytest.fixture(name="fine")
def _fine(tmp_path: Path) -> Path:
    for index, one in enumerate([*SPLIT, namespace()]):
        (tmp_path / f"{index}.yaml").write_text(json.dumps(one.body))
    return tmp_path


@pytest.fixture(name="broken")
def _broken(fine: Path) -> Path:
    (fine / "service.yaml").write_text(json.dumps(service(type="LoadBalancer").body))
    (fine / "0.yaml").write_text(json.dumps(virtual_service([to("v1", 50), to("v9", 49)]).body))
    return fine


def run(*arguments: str | Path, stdin: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    return done.exit_code, done.output


def test_where_all_rules_hold_it_ends_with_0(fine: Path) -> None:
    assert run("--render", fine) == (0, "policy: 3 objects, and all 6 rules hold\n")


def test_where_a_rule_is_broken_it_ends_with_1(broken: Path) -> None:
    assert run("--render", broken)[0] == 1


def test_where_nothing_can_be_checked_it_ends_with_2() -> None:
    assert run(stdin="no JSON")[0] == 2


def test_every_violation_is_told_with_rule_object_fact_and_fix(broken: Path) -> None:
    said = run("--render", broken)[1]
    told = ["3 violations", "weights-sum-to-100", "VirtualService default/reviews", "sum to 99", "fix: give its 2"]
    assert [part for part in told if part not in said] == []


def test_as_json_it_says_the_same_to_a_script(broken: Path) -> None:
    report = json.loads(run("--render", broken, "--json")[1])
    assert (report["holds"], report["objects"], [found["rule"] for found in report["violations"]]) == (
        False,
        4,
        ["weights-sum-to-100", "subsets-exist", "public-only-if-asked-for"],
    )


def test_a_preview_is_read_from_stdin(fine: Path) -> None:
    body = json.loads((fine / "0.yaml").read_text())
    state = {"type": "kubernetes:networking.istio.io/v1:VirtualService", "inputs": body}
    preview = json.dumps({"steps": [{"op": "create", "urn": "a::b", "newState": state}]})
    assert run(stdin=preview)[0] == 1, "its DestinationRule is not in the preview"


def test_what_only_the_render_has_does_not_make_up_for_the_preview(fine: Path) -> None:
    body = json.loads((fine / "0.yaml").read_text())
    state = {"type": "kubernetes:networking.istio.io/v1:VirtualService", "inputs": body}
    preview = json.dumps({"steps": [{"op": "create", "urn": "a::b", "newState": state}]})
    assert run("--preview", "-", "--render", fine, stdin=preview)[0] == 1


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert run("--preview", tmp_path / "nowhere")[0] == 2


def test_every_violation_names_a_rule_that_is_listed() -> None:
    assert {found.rule for found in check([namespace(**{"istio-injection": "enabled"})])} <= {
        rule.name for rule in RULES
    }
