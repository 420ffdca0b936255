"""Whether one match takes all, or some, of what another one does; a yes is certain."""

import pytest

from settings.match import StringMatch
from settings.pattern import Pattern


def _pattern(text: str) -> Pattern:
    """Return `=a` as exact, `a*` as prefix, `~a` as regex; `i` before it ignores case."""
    ignore_case = text.startswith("i")
    text = text.removeprefix("i")
    if text.startswith("="):
        return Pattern.of(StringMatch(exact=text[1:]), ignore_case=ignore_case)
    if text.startswith("~"):
        return Pattern.of(StringMatch(regex=text[1:]), ignore_case=ignore_case)
    return Pattern.of(StringMatch(prefix=text[:-1]), ignore_case=ignore_case)


COVERS = [
    ("=/a", "=/a"),
    ("/a*", "=/a"),
    ("/a*", "=/ab"),
    ("/a*", "/a*"),
    ("/a*", "/ab*"),
    ("/a*", "~/a[0-9]"),
    ("/a*", "~/a(b|c)"),
    ("~/a[0-9]+", "=/a12"),
    ("~/a[0-9]+", "~/a[0-9]+"),
    ("~.*", "/a*"),
    ("~/a.*", "/a/b*"),
    ("~^/a.*", "=/ab"),
    ("~/a", "=/a"),
    ("i/A*", "/ab*"),
    ("i=/AB", "=/ab"),
    ("i=/AB", "i=/ab"),
    ("/*", "i/a*"),
]
COVERS_NOT = [
    ("=/a", "/a*"),
    ("=/ab", "=/a"),
    ("/ab*", "/a*"),
    ("/ab*", "~/a.b"),
    ("~/a[0-9]+", "/a1*"),
    ("~/a[0-9]+", "~/a[0-8]+"),
    ("~/a[0-9]+", "=/a"),
    ("/a*", "i/a*"),
    ("=/a", "i=/a"),
    ("/a*", "~/a|/b"),
]


@pytest.mark.parametrize(("wide", "narrow"), COVERS)
def test_it_covers_what_it_takes_all_of(wide: str, narrow: str) -> None:
    assert _pattern(wide).covers(_pattern(narrow))


@pytest.mark.parametrize(("one", "other"), COVERS_NOT)
def test_it_covers_nothing_else(one: str, other: str) -> None:
    assert not _pattern(one).covers(_pattern(other))


@pytest.mark.parametrize(("one", "other"), [*COVERS, ("=/Ab", "i=/aB"), ("/A*", "i/ab*"), ("i/ab*", "/A*")])
def test_what_takes_the_same_meets_from_both_sides(one: str, other: str) -> None:
    assert _pattern(one).meets(_pattern(other)) and _pattern(other).meets(_pattern(one))


@pytest.mark.parametrize(
    ("one", "other"), [("=/a", "=/b"), ("/a*", "/b*"), ("/ab*", "=/a"), ("~/a[0-9]", "/b*"), ("~/a[0-9]", "=/aa")]
)
def test_what_has_nothing_in_common_does_not_meet(one: str, other: str) -> None:
    assert not _pattern(one).meets(_pattern(other)) and not _pattern(other).meets(_pattern(one))


def test_of_two_regexes_nothing_is_certain() -> None:
    assert not _pattern("~/a[0-9]+").meets(_pattern("~/a[0-8]+"))


@pytest.mark.parametrize(
    ("pattern", "text", "taken"),
    [
        ("=/a", "/a", True),
        ("=/a", "/ab", False),
        ("/a*", "/ab", True),
        ("/a*", "/b", False),
        ("i/A*", "/ab", True),
        ("~/a[0-9]", "/a1", True),
        ("~/a[0-9]", "/a1b", False),
    ],
)
def test_it_takes_a_text_or_not(pattern: str, text: str, taken: bool) -> None:  # noqa: FBT001 - a table's column
    assert _pattern(pattern).takes(text) == taken


@pytest.mark.parametrize(
    ("text", "head"),
    [("=/a", "/a"), ("/a*", "/a"), ("~/a[0-9]", "/a"), ("~/a|/b", "/"), ("~(?i)/a", "/"), ("i/A*", "/a")],
)
def test_it_knows_how_all_that_it_takes_starts(text: str, head: str) -> None:
    assert _pattern(text).head == head
