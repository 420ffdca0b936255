"""Making an environment for a pull request."""

from pathlib import Path

import pytest
import yaml

from tests.unit.environments.conftest import NOW, Run, World

ROOT = Path(__file__).parents[3]
TEMPLATE = "Pulumi.pr.yaml.template"


@pytest.fixture(name="template", autouse=True)
def _template(world: World) -> Path:
    file = world.folder / TEMPLATE
    file.write_text((ROOT / TEMPLATE).read_text())
    return file


def _config(world: World, name: str) -> dict[str, object]:
    content: dict[str, object] = yaml.safe_load((world.folder / f"Pulumi.{name}.yaml").read_text())
    return content


class TestNew:
    """One that was not there."""

    def test_is_a_stack_with_its_time_ttl_and_owner_in_the_backend(self, run: Run, world: World) -> None:
        assert run("create", "pr-7", "--ttl", "3d", "--owner", "team-a").code == 0
        assert world.stacks["pr-7"]["tags"] == {
            "environment:created": NOW.isoformat(),
            "environment:ttl": "3d",
            "environment:owner": "team-a",
        }, "a sweep on another machine has nothing else to go by"

    def test_has_the_templates_config_filled_in(self, run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GCP_PROJECT", "my-project-123")
        monkeypatch.delenv("GCP_SERVICE_ACCOUNT", raising=False)
        run("create", "pr-7", "--owner", "team-a")
        config = _config(world, "pr-7")["config"]
        assert isinstance(config, dict) and config["gcp:project"] == "my-project-123"
        assert config["incremental-istio:gke"] == {
            "name": "pr-7", "environment": "pr-7", "ttl": "72h", "owner": "team-a", "nodes": {"spot": True}
        }  # fmt: skip

    def test_leaves_out_what_has_no_value(self, run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("GCP_PROJECT", raising=False)
        run("create", "pr-7")
        config = _config(world, "pr-7")["config"]
        assert (
            isinstance(config, dict) and "gcp:project" not in config and "owner" not in config["incremental-istio:gke"]
        )

    def test_keeps_what_pulumi_wrote_for_its_secrets(self, run: Run, world: World) -> None:
        run("create", "pr-7")
        assert _config(world, "pr-7")["encryptionsalt"] == "v1:salt"

    def test_says_how_it_is_brought_up(self, run: Run) -> None:
        assert "make up STACK=pr-7" in run("create", "pr-7").err


class TestThere:
    """One that is there already, as on the second push to a pull request."""

    def test_keeps_the_time_it_was_made(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=10, ttl="72h")
        before = world.stacks["pr-7"]["tags"]["environment:created"]
        assert run("create", "pr-7", "--ttl", "5d").code == 0
        assert world.stacks["pr-7"]["tags"]["environment:created"] == before, "its time must not begin anew"

    def test_gets_a_new_ttl(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=10, ttl="72h")
        run("create", "pr-7", "--ttl", "5d")
        assert world.stacks["pr-7"]["tags"]["environment:ttl"] == "5d"

    def test_gets_a_config_on_a_machine_that_has_none(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=10, ttl="72h")
        assert "was there" in run("create", "pr-7").err
        assert "config" in _config(world, "pr-7")

    def test_is_left_alone_when_somebody_else_made_it(self, run: Run, world: World) -> None:
        world.stack("dev")
        ended = run("create", "dev")
        assert (ended.code, world.stacks["dev"]["tags"]) == (1, {}), "a TTL would have it swept"
        assert "was not made by this command" in ended.err


class TestRefused:
    """What Google, or the stack, would refuse."""

    @pytest.mark.parametrize(
        ("name", "fix"),
        [("PR_7", "pr-7"), ("7", "pr-7"), ("-x", "x"), ("feature/x", "feature-x"), ("a" * 41, "a" * 40), ("ü", "pr")],
    )
    def test_is_a_name_that_google_refuses(self, run: Run, world: World, name: str, fix: str) -> None:
        ended = run("create", "--", name)
        assert ended.code == 2 and world.stacks == {}
        assert f"NAME is {name!r}: a cluster's name has 1 to 40" in ended.err
        assert f"fix: python -m environments create {fix}\n" in ended.err

    def test_is_told_all_at_once(self, run: Run, world: World) -> None:
        ended = run("create", "PR 7", "--ttl", "3 weeks", "--owner", "Team A")
        assert (ended.code, world.calls) == (2, []) and "3 problems; nothing was created" in ended.err
        assert "--ttl 72h" in ended.err and "--owner team-a" in ended.err

    def test_is_a_template_whose_cluster_breaks_a_rule(self, run: Run, world: World, template: Path) -> None:
        template.write_text("config: {'incremental-istio:gke': {name: '${name}', location: mars, nodes: {max: 0}}}")
        ended = run("create", "pr-7")
        assert (ended.code, world.stacks) == (2, {}) and "gke.location is 'mars'" in ended.err
        assert "2 problems" in ended.err and f"in: {template}" in ended.err

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("a: [", "is not YAML"),
            ("- a", "has no `config:`"),
            ("config: 3", "has no `config:`"),
            ("", "has no `config:`"),
        ],
    )
    def test_is_a_template_that_is_none(self, run: Run, template: Path, content: str, words: str) -> None:
        template.write_text(content)
        ended = run("create", "pr-7")
        assert ended.code == 1 and words in ended.err and "Traceback" not in ended.err

    def test_is_a_template_that_is_not_there(self, run: Run) -> None:
        ended = run("create", "pr-7", "--template", "nowhere")
        assert ended.code == 1 and "cannot be read (No such file or directory)" in ended.err


def test_a_backend_without_tags_is_told_and_keeps_no_stack(run: Run, world: World) -> None:
    world.write(fail={"stack tag set pr-7": "error: the current backend does not support tags"})
    ended = run("create", "pr-7")
    assert ended.code == 1 and "no sweep would ever find pr-7" in ended.err
    assert world.stacks == {}, "it would live for ever"


def test_a_failing_backend_is_told_in_its_own_words(run: Run, world: World) -> None:
    world.write(fail={"stack ls": "error: AccessDenied"})
    ended = run("create", "pr-7")
    assert ended.code == 1 and "`pulumi stack ls --json` ended with 255:\nerror: AccessDenied" in ended.err
