"""The chart's words and files."""

import ast
from pathlib import Path

import pytest

import checks
from checks.picture import headline, save
from tests.unit.checks.fakes import result, tally


def test_a_png_is_written(tmp_path: Path) -> None:
    save(result(), tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_an_svg_holds_its_words_as_text(tmp_path: Path) -> None:
    save(result(), tmp_path / "chart.svg")
    text = (tmp_path / "chart.svg").read_text()
    assert all(words in text for words in ("v1 and v2 answer as weighted", "p50 5.4 ms, p99 16.2 ms", "52.8 %"))


def test_equal_results_make_equal_svgs(tmp_path: Path) -> None:
    save(result(), tmp_path / "a.svg")
    save(result(), tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_result_without_any_answer_can_be_drawn(tmp_path: Path) -> None:
    dead = tally({}, {"HTTP 503": 400}, p50=None)
    save(result(dead, dead), tmp_path / "chart.svg")
    assert "no latency" in (tmp_path / "chart.svg").read_text()


def test_a_title_says_who_answers() -> None:
    titles = (headline(result().plain), headline(result().gateway))
    assert titles == (
        "Straight to the Service, v1, v2 and v3 answer",
        "Through the gateway, v1 and v2 answer as weighted",
    )


def test_a_title_of_a_broken_verdict_says_why_and_how_many_more() -> None:
    broken = result(through=tally({"v1": 250, "v2": 149}, {"HTTP 503": 1})).gateway
    assert (broken.verdict.holds, headline(broken).endswith("(+2 more)")) == (False, True)


@pytest.mark.parametrize("count", [1, 400])
def test_a_title_fits_into_the_width(count: int) -> None:
    versions = {f"a-version-with-a-long-name-{number}": count for number in range(20)}
    assert len(headline(result(through=tally(versions)).gateway)) <= 76


def test_matplotlib_is_not_loaded_before_a_chart_is_asked_for() -> None:
    trees = [ast.parse(file.read_text()) for file in Path(checks.__file__).parent.glob("*.py")]
    at_the_top = [
        ast.unparse(node) for tree in trees for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not [line for line in at_the_top if "matplotlib" in line]
