"""Which pulumi, which project, which backend."""

from pathlib import Path

import pytest

from environments import cli, store
from environments.backend import folder_url
from environments.environment import lifetime
from environments.errors import EnvironmentsError, PulumiError
from environments.heal import FORGETTING
from tests.unit.environments.conftest import Run, World


@pytest.fixture(autouse=True)
def _nobody(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has logged in."""
    assert world.folder == Path.cwd(), "the fixture changed into the project's folder"
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))


def test_the_project_is_that_of_the_current_folder(world: World) -> None:
    assert cli.find().folder == world.folder


def test_anywhere_else_it_is_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    assert cli.find().folder == Path(cli.__file__).parents[1]


def test_a_pulumi_that_is_missing_is_told_with_the_fix(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ended = run("list")
    assert ended.code == 1 and "there is no `pulumi` on the PATH" in ended.err and "fix: " in ended.err


def test_where_nobody_has_logged_in_the_state_is_the_projects_folder(world: World) -> None:
    environment = cli.find().environment
    assert environment["PULUMI_BACKEND_URL"] == folder_url(world.folder / ".state"), "as `make up` has it"


def test_a_command_that_says_nothing_when_it_fails_is_told_so(world: World) -> None:
    world.write(fail={"stack ls": ""})
    with pytest.raises(EnvironmentsError, match="it said nothing"):
        cli.find().json("stack", "ls")


def test_help_names_every_command(run: Run) -> None:
    said = run("--help").out
    assert all(command in said for command in ("create", "list", "sweep", "destroy", "heal"))


def test_wrong_usage_ends_with_2(run: Run) -> None:
    assert run("destroy").code == 2


def test_a_time_to_live_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        lifetime("soon")


class TestProcess:
    """The fake, as the process that the real one is."""

    @pytest.fixture(name="world")
    def _world(self, installed: World) -> World:
        return installed

    def test_prints_the_json_that_is_returned(self, world: World) -> None:
        world.stack("pr-7")
        assert cli.find().json("stack", "ls") == [{"name": "pr-7", "resourceCount": 5}]

    def test_runs_in_the_projects_folder(self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pulumi = cli.find()
        monkeypatch.chdir(tmp_path)
        pulumi.run("stack", "init", "pr-7")
        assert (world.folder / "Pulumi.pr-7.yaml").exists()

    def test_that_fails_is_told_in_its_own_words(self, world: World) -> None:
        world.write(fail={"stack ls": "error: AccessDenied"})
        with pytest.raises(PulumiError, match="ended with 255:\nerror: AccessDenied"):
            cli.find().run("stack", "ls")

    def test_that_fails_while_it_is_shown_is_told_in_its_own_words(self, world: World) -> None:
        world.stack("pr-7")
        world.write(fail={"destroy pr-7": "error: quota exceeded"})
        with pytest.raises(PulumiError, match="ended with 255:\nerror: quota exceeded"):
            cli.find().show("destroy", "--stack", "pr-7")

    def test_shows_what_it_says_and_returns_it(self, world: World, capfd: pytest.CaptureFixture[str]) -> None:
        world.stack("pr-7")
        world.write(say={"destroy pr-7": "deleted a cluster\n"})
        assert cli.find().show("destroy", "--stack", "pr-7") == capfd.readouterr().err == "deleted a cluster\n"

    def test_gets_variables_of_its_own_for_one_command(self, world: World) -> None:
        world.stack("pr-7")
        cli.find().show("destroy", "--stack", "pr-7", more=FORGETTING)
        assert world.calls == ["destroy pr-7 forgetting what is lost"]

    def test_runs_beside_others(self, world: World) -> None:
        names = [f"pr-{number}" for number in range(store.LOOKS_AT_ONCE + 1)]
        for name in names:
            world.stack(name)
        assert [one.name for one in store.all_of(cli.find())] == names
