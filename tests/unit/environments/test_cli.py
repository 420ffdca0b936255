"""Which pulumi, which project, which backend."""

from pathlib import Path

import pytest

from environments import cli
from environments.environment import lifetime
from environments.errors import EnvironmentsError
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
    assert environment["PULUMI_BACKEND_URL"] == (world.folder / ".state").as_uri(), "as `make up` has it"


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
