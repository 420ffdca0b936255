"""Which backend pulumi takes."""

from pathlib import Path

import pytest

from environments.backend import folder_url, unless_chosen


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


def _variables(home: Path, *, heed_login: bool = True, **environment: str) -> dict[str, str]:
    return unless_chosen(home.parent, {"PULUMI_HOME": str(home), **environment}, heed_login=heed_login)


def test_it_is_a_folder_of_the_project_where_nobody_has_logged_in(home: Path) -> None:
    assert _variables(home)["PULUMI_BACKEND_URL"] == folder_url(home.parent / ".state")


def test_that_folder_is_made(home: Path) -> None:
    assert _variables(home) and (home.parent / ".state").is_dir(), "pulumi would refuse it"


def test_that_folder_has_no_passphrase(home: Path) -> None:
    assert _variables(home)["PULUMI_CONFIG_PASSPHRASE"] == ""


def test_a_passphrase_of_the_environment_is_kept(home: Path) -> None:
    assert _variables(home, PULUMI_CONFIG_PASSPHRASE="mine")["PULUMI_CONFIG_PASSPHRASE"] == "mine"


def test_a_backend_of_the_environment_is_left(home: Path) -> None:
    assert _variables(home, PULUMI_BACKEND_URL="s3://states") == {}


def test_an_empty_variable_chooses_none(home: Path) -> None:
    assert _variables(home, PULUMI_BACKEND_URL="") != {}, "pulumi takes it for none too"


def test_the_backend_that_somebody_logged_in_to_is_left_to_pulumi(home: Path) -> None:
    (home / "credentials.json").write_text('{"current": "https://api.pulumi.com"}')
    assert _variables(home) == {}


def test_a_login_is_no_choice_for_the_lab(home: Path) -> None:
    (home / "credentials.json").write_text('{"current": "https://api.pulumi.com"}')
    assert _variables(home, heed_login=False) != {}


@pytest.mark.parametrize("credentials", ['{"current": ""}', "no json"])
def test_credentials_that_name_no_backend_count_as_none(home: Path, credentials: str) -> None:
    (home / "credentials.json").write_text(credentials)
    assert _variables(home) != {}
