import os
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from environments import request
from environments.__main__ import app as environments

PROJECT = Path(__file__).parents[2]
WORKFLOWS = sorted((PROJECT / ".github/workflows").glob("*.yml"))
ACTIONS = sorted((PROJECT / ".github/actions").glob("*/action.yml"))
EVERYTHING = "\n".join(path.read_text() for path in [*WORKFLOWS, *ACTIONS])
TEMPLATE = PROJECT / "Pulumi.pr.yaml.template"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


@cache
def read(path: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    return {("on" if key is True else key): value for key, value in yaml.safe_load(path.read_text()).items()}


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.stem}/{name}", {"concurrency": read(path).get("concurrency"), **job}


def with_credentials() -> list[tuple[str, dict[str, Any]]]:
    return [(name, job) for name, job in jobs() if job.get("permissions", {}).get("id-token") == "write"]


def test_every_foreign_action_is_pinned_by_digest_with_its_version_beside_it() -> None:
    used = [line.split("uses: ", 1)[1] for line in EVERYTHING.splitlines() if "uses: " in line]
    loose = [use for use in used if not use.startswith("./") and not PINNED.fullmatch(use)]
    assert not loose, f"a tag can be moved to other code, a digest cannot: {loose}"


def test_one_action_has_one_digest_everywhere() -> None:
    digests: dict[str, set[str]] = {}
    for action, digest in re.findall(r"uses: ([\w.-]+/[\w.-]+)[\w./-]*@(\S+ # \S+)", EVERYTHING):
        digests.setdefault(action, set()).add(digest)
    assert all(len(found) == 1 for found in digests.values()), digests


@each_workflow
def test_no_workflow_hands_credentials_to_the_code_of_a_fork(path: Path) -> None:
    assert not {"pull_request_target", "workflow_run"} & set(read(path)["on"])


@each_workflow
def test_a_workflow_may_do_nothing_unless_a_job_says_so(path: Path) -> None:
    assert read(path)["permissions"] in ({}, {"contents": "read"})


@each_workflow
def test_shells_stop_at_the_first_failure_of_a_pipe(path: Path) -> None:
    # GitHub's default is `bash -e`, which takes the result of `tee` for the result of `pulumi`.
    assert read(path)["defaults"] == {"run": {"shell": "bash"}}


def test_no_workflow_needs_a_secret() -> None:
    assert "secrets." not in EVERYTHING, "the login is keyless and the state's key is in Cloud KMS"


def test_a_job_with_credentials_names_the_github_environment_that_grants_them() -> None:
    named = {name: job["environment"]["name"] for name, job in with_credentials()}
    assert named == {
        "deploy/deploy": "dev",
        "drift/drift": "dev",
        "environment/down": "ephemeral",
        "environment/up": "ephemeral",
        "preview/preview": "preview",
        "sweep/sweep": "ephemeral",
    }


def test_a_job_that_changes_a_stack_waits_for_the_one_before_and_is_never_cancelled_half_way() -> None:
    for name, job in with_credentials():
        if name != "preview/preview":
            assert job["concurrency"]["group"].startswith("stack-"), f"{name} has the stack to itself"
            assert job["concurrency"]["cancel-in-progress"] is False, f"{name} would leave a lock and half a stack"


def test_jobs_on_pull_requests_with_credentials_refuse_forks() -> None:
    for name, job in with_credentials():
        if name.startswith(("preview/", "environment/")):
            assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"], name


def test_every_job_ends_by_itself() -> None:
    endless = [name for name, job in jobs() if "timeout-minutes" not in job]
    assert not endless, f"GitHub's own limit is six hours: {endless}"


def test_no_checkout_leaves_its_token_behind() -> None:
    for name, job in jobs():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, name


def test_no_expression_is_pasted_into_a_script() -> None:
    pasted = [step["run"] for _, job in jobs() for step in job["steps"] if "${{" in step.get("run", "")]
    assert not pasted, f"a title or a branch's name could be a command; hand it over in env: {pasted}"


def test_the_make_targets_that_workflows_call_exist() -> None:
    called = set(re.findall(r"\bmake (?:--[\w-]+ )*([a-z-]+)", EVERYTHING))
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert called <= targets


def step(workflow: str, job: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in read(WORKFLOWS[0].with_stem(workflow))["jobs"][job]["steps"] if one.get("name") == name]
    assert isinstance(found, dict)
    return found


def test_the_environments_commands_that_workflows_call_exist() -> None:
    called = set(re.findall(r"-m environments ([a-z-]+)", EVERYTHING))
    known = {command.name or command.callback.__name__ for command in environments.registered_commands}  # type: ignore[union-attr]
    assert {"create", "destroy", "sweep"} <= called <= known


@pytest.mark.parametrize("author", ["me", "Me-2", "dependabot[bot]"])
def test_an_environment_may_be_created_for_any_author(author: str, tmp_path: Path) -> None:
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    script = ["bash", "-eo", "pipefail", "-c", step("environment", "up", "Create")["run"]]
    variables = {"PATH": os.environ["PATH"], "STACK": "pr-12", "AUTHOR": author}
    said = subprocess.run(script, cwd=tmp_path, env=variables, check=True, capture_output=True, text=True).stdout
    _, _, command, name, _, ttl, _, owner = said.splitlines()
    assert command == "create" and request.read(name, ttl, owner, TEMPLATE, {}).owner == owner


def test_the_templates_placeholders_have_values_in_the_workflow() -> None:
    wanted = set(re.findall(r"\$\{([A-Z_]+)\}", TEMPLATE.read_text()))
    missing = wanted - step("environment", "up", "Create")["env"].keys()
    assert not missing, f"a key without a value is left out, silently: {missing}"


def test_environments_are_swept_every_night() -> None:
    (when,) = read(WORKFLOWS[0].with_stem("sweep"))["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", when["cron"])


def test_a_sweep_reads_the_state_with_the_passphrase_that_wrote_it() -> None:
    swept, made = (read(WORKFLOWS[0].with_stem(name)) for name in ("sweep", "environment"))
    assert swept["jobs"]["sweep"]["env"]["PULUMI_CONFIG_PASSPHRASE"] == made["env"]["PULUMI_CONFIG_PASSPHRASE"]


def test_docs_name_every_variable_that_a_workflow_reads() -> None:
    document = (PROJECT / "docs/gke.md").read_text()
    missing = {name for name in re.findall(r"\bvars\.(\w+)", EVERYTHING) if name not in document}
    assert not missing


# The shell script that reports to GitHub, against a `gh` that notes what it is called with.

FAKE_GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$CALLS"
for argument in "$@"; do
  case $argument in body=@*) cp "${argument#body=@}" "$BODY" ;; esac
  if [[ ${previous-} == --body-file ]]; then cp "$argument" "$BODY"; fi
  previous=$argument
done
case "$1 $*" in *--jq*) printf '%s' "$FOUND" ;; esac
"""


class Outcome:
    def __init__(self, folder: Path) -> None:
        self.calls = (folder / "calls").read_text().splitlines()
        self.body = (folder / "body").read_text() if (folder / "body").exists() else ""


@pytest.fixture
def report(tmp_path: Path) -> Callable[..., Outcome]:
    gh = tmp_path / "bin/gh"
    gh.parent.mkdir()
    gh.write_text(FAKE_GH)
    gh.chmod(0o755)

    def run(*arguments: str, text: str = "", found: str = "") -> Outcome:
        (tmp_path / "text").write_text(text)
        environment = {
            **os.environ,
            "PATH": f"{gh.parent}:{os.environ['PATH']}",
            "CALLS": str(tmp_path / "calls"),
            "BODY": str(tmp_path / "body"),
            "FOUND": found,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "me/it",
            "GITHUB_RUN_ID": "7",
        }
        filled = [str(tmp_path / "text") if argument == "FILE" else argument for argument in arguments]
        subprocess.run([PROJECT / "scripts/github-report", *filled], check=True, env=environment, timeout=20)
        return Outcome(tmp_path)

    return run


def test_the_first_preview_makes_a_comment(report: Callable[..., Outcome]) -> None:
    outcome = report("comment", "12", "Preview", "FILE", text="+ 1 to create")
    assert outcome.calls[-1].startswith("api --method POST repos/{owner}/{repo}/issues/12/comments ")
    assert "+ 1 to create" in outcome.body and "https://github.com/me/it/actions/runs/7" in outcome.body


def test_the_second_preview_edits_that_comment(report: Callable[..., Outcome]) -> None:
    outcome = report("comment", "12", "Preview", "FILE", text="none", found="99\n")
    assert outcome.calls[-1].startswith("api --method PATCH repos/{owner}/{repo}/issues/comments/99 ")


def test_a_long_preview_is_cut_at_its_beginning_and_fits(report: Callable[..., Outcome]) -> None:
    outcome = report("comment", "12", "Preview", "FILE", text="ä" * 80_000 + "\nthe summary.")
    assert "the summary" in outcome.body
    assert "Only its end" in outcome.body
    assert len(outcome.body) < 65536


def test_a_fence_within_the_text_does_not_end_the_comments_own(report: Callable[..., Outcome]) -> None:
    outcome = report("comment", "12", "Preview", "FILE", text="~~~~\n# out of the box")
    assert outcome.body.count("~~~~") == 2


def test_drift_opens_an_issue_once(report: Callable[..., Outcome]) -> None:
    assert report("issue", "Drift", "FILE").calls[-1].startswith("issue create --title Drift ")
    assert report("issue", "Drift", "FILE", found="5").calls[-1].startswith("issue edit 5 ")


def test_an_issue_that_is_no_longer_so_is_closed(report: Callable[..., Outcome]) -> None:
    assert report("no-issue", "Drift", found="5").calls[-1].startswith("issue close 5 ")


def test_without_an_open_issue_nothing_is_closed(report: Callable[..., Outcome]) -> None:
    assert len(report("no-issue", "Drift").calls) == 1
