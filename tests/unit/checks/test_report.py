"""What a person reads."""

import io

import pytest
from rich.console import Console

from checks.measurement import Result
from checks.report import show
from tests.unit.checks.fakes import result, tally

BROKEN = result(tally({"v1": 200, "v2": 200}), tally({"v1": 250, "v2": 140}, {"HTTP 503: [red]no[/red] upstream": 10}))


def shown(what: Result, *, width: int = 80, terminal: bool = False, encoding: str = "utf-8") -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    show(
        what,
        Console(
            file=file,
            width=width,
            force_terminal=terminal,
            highlight=False,
            color_system="standard" if terminal else None,
        ),
    )
    file.flush()
    buffer = file.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("what", [result(), BROKEN, result(through=tally({"v1": 10_211, "v2": 9_789}))])
def test_every_line_fits_into_80_columns(what: Result) -> None:
    assert max(len(line) for line in shown(what).splitlines()) <= 80


def test_nothing_is_cut_at_80_columns() -> None:
    text = shown(result(through=tally({"v1": 10_211, "v2": 9_789})))
    assert ("9713 to 10287" in text, "…" in text) == (True, False)


def test_without_a_terminal_there_is_no_colour() -> None:
    assert "\x1b" not in shown(BROKEN)


def test_on_a_terminal_there_is_colour() -> None:
    assert "\x1b[" in shown(result(), terminal=True)


def test_the_length_of_a_bar_is_the_share() -> None:
    lines = shown(result(through=tally({"v1": 400}), weights={"v1": 100})).splitlines()
    assert next(line for line in lines if "100.0 %" in line).count("█") == 20


def test_where_the_output_is_ascii_bars_are_too() -> None:
    assert "####" in shown(result(), encoding="ascii")


def test_both_verdicts_are_told() -> None:
    assert "Both verdicts hold." in shown(result())


def test_a_broken_verdict_is_told_with_its_reasons() -> None:
    text = shown(BROKEN)
    assert all(
        sentence in text
        for sentence in (
            "v3 runs and never answered",
            "v1 answered 250 times; weight 50 allows",
            "A verdict does not hold: plain, gateway.",
        )
    )


def test_errors_are_listed_with_their_count_and_never_read_as_markup() -> None:
    assert "10   HTTP 503: [red]no[/red] upstream" in shown(BROKEN)


def test_more_errors_than_fit_are_summed_up() -> None:
    many = {f"error {number}": 2 for number in range(10)}
    assert "4   other errors; --json lists all" in shown(result(tally({"v1": 380}, many)))


def test_latency_and_the_extra_hop_are_told() -> None:
    text = shown(result())
    assert ("p50 3.0 ms, p99 9.0 ms" in text, "1.80 times the plain path's" in text) == (True, True)


def test_a_path_without_an_answer_has_no_latency() -> None:
    assert "no latency" in shown(result(through=tally({}, {"HTTP 503": 400}, p50=None)))
