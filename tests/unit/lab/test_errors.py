"""What is said when something stops the lab."""

from pathlib import Path

from lab.errors import LabError, tail
from lab.images import ImagesError


def test_a_log_is_told_by_its_last_lines(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\nthree\n")
    assert tail(tmp_path / "log", 2) == "    two\n    three"


def test_a_log_that_is_not_there_is_told_as_empty(tmp_path: Path) -> None:
    assert tail(tmp_path / "log", 2) == "    (nothing was logged)"


def test_images_that_cannot_be_built_are_a_foreseen_stop() -> None:
    assert issubclass(ImagesError, LabError)
