"""What is seen of steps."""

import io
import re
from contextlib import nullcontext

import pytest
from rich.console import Console

from lab import terminal
from lab.terminal import Steps


def written(*, terminal: bool, fails: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=80, highlight=False)
    with pytest.raises(ZeroDivisionError) if fails else nullcontext(), Steps(console) as steps:
        steps.say("one")
        steps.say("two")
        steps.count("a/package", 1, 3)
        steps.note("by the way")
        steps.say("three")
        if fails:
            raise ZeroDivisionError
    return re.sub(r"[0-9]+\.[0-9] s", "0 s", file.getvalue())


def test_in_a_log_each_step_is_one_line_with_its_time() -> None:
    assert written(terminal=False) == "one ... 0 s\ntwo ... 0 s\nby the way\nthree ... 0 s\n"


def test_in_a_log_a_step_that_fails_says_so() -> None:
    assert written(terminal=False, fails=True).endswith("three ... failed after 0 s\n")


def test_in_a_log_nothing_moves() -> None:
    assert "\x1b" not in written(terminal=False)


def test_in_a_log_a_long_step_shows_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "QUIET_SECONDS", -1.0)
    assert "two ...\n  1 of 3 packages, 0 s: a/package\ntwo ... 0 s\n" in written(terminal=False)


def test_on_a_terminal_the_lines_that_stay_are_those_of_a_log() -> None:
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", written(terminal=True))
    assert "two ... 0 s\nby the way\n" in plain


def test_on_a_terminal_there_is_a_bar() -> None:
    assert "1/3" in written(terminal=True)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (59.9, "59.9 s"), (61, "1 min 1 s"), (725.2, "12 min 5 s")]
)
def test_a_time_is_shown_as(seconds: float, text: str) -> None:
    assert terminal._shown(seconds) == text
