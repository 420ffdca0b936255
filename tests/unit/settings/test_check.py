"""From plain content to a section: every key, rule and fix, and nothing hidden by something else."""

from typing import Any

import pytest
from pydantic import Field

from settings.problem import Section
from tests.unit.settings.problems import only, problems_of


class _Inner(Section):
    big_number: int = Field(default=1, description="-", examples=[7], ge=1)


class _Outer(Section):
    name: str = Field(description="-", examples=["anne"])
    count: int = Field(default=1, description="-", examples=[3], ge=0)
    items: tuple[str, ...] = Field(default=(), description="-", examples=["x"], strict=False)
    labels: dict[str, str] = Field(default={}, description="-", examples=[{"a": "b"}])
    on: bool = Field(default=True, description="-", examples=["true"])
    inner: _Inner = Field(default=_Inner(), description="-", examples=[{}])


def _only(content: dict[str, Any]) -> tuple[str, object, str, str]:
    problem = only(_Outer, "top", {"name": "x", **content})
    return problem.key, problem.value, problem.rule, problem.fix


SET = "pulumi config set --path 'incremental-istio:top.{}' {}"
REMOVE = "pulumi config rm --path 'incremental-istio:top.{}'"


def test_a_valid_content_has_no_problem() -> None:
    assert not problems_of(_Outer, "top", {"name": "x", "inner": {"bigNumber": 2}})


def test_a_missing_key_is_asked_for_with_an_example() -> None:
    problem = only(_Outer, "top", {})
    assert (problem.key, problem.value, problem.rule, problem.fix) == (
        "top.name",
        None,
        "it must be set",
        SET.format("name", "anne"),
    )


def test_a_wrong_value_is_told_with_an_example() -> None:
    assert _only({"count": "many"}) == (
        "top.count",
        "many",
        "it should be a valid integer",
        SET.format("count", 3),
    )


def test_a_number_written_as_text_is_refused() -> None:
    assert _only({"count": "3"})[2] == "it should be a valid integer", "config is typed: the CLI stores numbers as such"


def test_a_wrong_value_deep_inside_is_told_by_its_whole_path() -> None:
    assert _only({"inner": {"bigNumber": 0}}) == (
        "top.inner.bigNumber",
        0,
        "it should be greater than or equal to 1",
        SET.format("inner.bigNumber", 7),
    )


def test_an_unknown_key_is_told_with_the_known_ones() -> None:
    assert _only({"inner": {"small": 1}}) == (
        "top.inner.small",
        1,
        "there is no such key (known here: bigNumber)",
        REMOVE.format("inner.small"),
    )


def test_an_unknown_key_with_a_dot_is_taken_away_by_a_quoted_path() -> None:
    assert _only({"a.b": 1})[3] == REMOVE.format('["a.b"]').replace("top.[", "top[")


def test_pythons_spelling_is_no_key_of_the_config() -> None:
    assert _only({"inner": {"big_number": 2}})[2].startswith("there is no such key"), "a key has one spelling"


def test_a_list_that_was_set_as_one_text_is_set_anew_with_what_was_meant() -> None:
    value = '["a", "b"]'
    assert _only({"items": value}) == (
        "top.items",
        value,
        "it is a list",
        f"{REMOVE.format('items')} && {SET.format('items[0]', 'a')} && {SET.format('items[1]', 'b')}",
    ), "that is how `pulumi config set --path` stores a list"


@pytest.mark.parametrize("value", ["a, b", '["a","b",3]'])
def test_whatever_is_usable_in_the_text_is_kept(value: str) -> None:
    assert _only({"items": value})[3].count(" && ") == 2, "two items are set"


@pytest.mark.parametrize("value", ["", 5, "{}"])
def test_a_list_of_which_nothing_is_usable_is_set_to_an_example(value: object) -> None:
    assert _only({"items": value})[3] == f"{REMOVE.format('items')} && {SET.format('items[0]', 'x')}"


def test_a_wrong_item_is_told_by_its_index() -> None:
    assert _only({"items": ["a", []]}) == (
        "top.items[1]",
        [],
        "it should be a valid string",
        SET.format("items[1]", "x"),
    )


@pytest.mark.parametrize("key", ["labels", "inner"])
def test_an_object_that_is_none_goes_back_to_its_default(key: str) -> None:
    assert _only({key: "x"}) == (f"top.{key}", "x", "it is an object, with keys of its own", REMOVE.format(key)), (
        "the CLI sets no key inside a text"
    )


@pytest.mark.parametrize(("value", "text"), [(1234, "1234"), (True, "true")])
def test_what_the_cli_took_for_no_text_is_stored_as_text(value: object, text: str) -> None:
    assert _only({"labels": {"cost": value}})[3] == SET.format("labels.cost", text).replace(
        "--path", "--path --type string"
    ), "in an object `1234` and `true` become a number and a boolean"


def test_anything_else_in_an_object_is_told_with_an_example() -> None:
    assert _only({"labels": {"cost": []}})[3] == SET.format("labels.cost", "b")


def test_all_wrong_keys_are_told_at_once() -> None:
    content = {"name": 1, "count": -1, "bogus": 1, "inner": {"bigNumber": "x", "odd": 1}}
    keys = {problem.key for problem in problems_of(_Outer, "top", content)}
    assert keys == {"top.name", "top.count", "top.bogus", "top.inner.bigNumber", "top.inner.odd"}
