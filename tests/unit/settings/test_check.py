"""From plain content to a section: every key, rule and fix, and nothing hidden by something else."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, Field

from settings.names import ObjectName
from settings.problem import Problem, Section
from tests.unit.settings.problems import only, problems_of


def _short(value: str) -> str:
    if len(value) > 3:
        raise ValueError("a name is short")
    return value


_Name = Annotated[str, AfterValidator(_short)]


class _Inner(Section):
    big_number: int = Field(default=1, description="-", examples=[7], ge=1)


class _Item(Section):
    label: _Name = Field(description="-", examples=["a"])
    below: tuple[_Inner, ...] = Field(default=(), description="-", examples=[{"bigNumber": 8}], strict=False)


class _Whole(Section):
    items: tuple[_Item, ...] = Field(description="-", examples=[{"label": "a"}], strict=False)
    named: dict[_Name, _Inner] = Field(default={}, description="-", examples=[{"one": {"bigNumber": 9}}])
    limit: int = Field(default=1, description="-", examples=[3], ge=0)

    def problems(self, path: str) -> Iterator[Problem]:
        if self.limit > 5:
            yield Problem(key=f"{path}.limit", value=self.limit, rule="too much", fix="less")


class _Outer(Section):
    name: str = Field(description="-", examples=["anne"])
    count: int = Field(default=1, description="-", examples=[3], ge=0)
    items: tuple[str, ...] = Field(default=(), description="-", examples=["x"], strict=False)
    labels: dict[str, str] = Field(default={}, description="-", examples=[{"a": "b"}])
    ways: dict[ObjectName, str] = Field(default={}, description="-", examples=[{"a": "b"}])
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


@pytest.mark.parametrize(("key", "known"), [("labels", ""), ("inner", " (bigNumber)")])
def test_an_object_that_is_none_goes_back_to_its_default(key: str, known: str) -> None:
    rule = f"it is an object, with keys of its own{known}"
    assert _only({key: "x"}) == (f"top.{key}", "x", rule, REMOVE.format(key)), "the CLI sets no key inside a text"


@pytest.mark.parametrize(("value", "text"), [(1234, "1234"), (True, "true")])
def test_what_the_cli_took_for_no_text_is_stored_as_text(value: object, text: str) -> None:
    assert _only({"labels": {"cost": value}})[3] == SET.format("labels.cost", text).replace(
        "--path", "--path --type string"
    ), "in an object `1234` and `true` become a number and a boolean"


@pytest.mark.parametrize(("value", "text"), [(7, "7"), (True, "true")])
def test_a_text_that_the_cli_took_for_none_stays_what_it_was(value: object, text: str) -> None:
    fix = SET.format("name", text).replace("--path", "--path --type string")
    assert _only({"name": value})[3] == fix, "a header is matched with `true` more often than with an example"


def test_a_number_in_quotes_is_set_without_them() -> None:
    assert _only({"count": "12"})[3] == SET.format("count", 12)


def test_anything_else_in_an_object_is_told_with_an_example() -> None:
    assert _only({"labels": {"cost": []}})[3] == SET.format("labels.cost", "b")


def test_a_wrong_name_in_an_object_is_taken_away_with_what_stands_under_it() -> None:
    key, value, _, fix = _only({"ways": {"A": "b"}})
    assert (key, value, fix) == ("top.ways.A", "A", REMOVE.format("ways.A"))


def test_all_wrong_keys_are_told_at_once() -> None:
    content = {"name": 1, "count": -1, "bogus": 1, "inner": {"bigNumber": "x", "odd": 1}}
    keys = {problem.key for problem in problems_of(_Outer, "top", content)}
    assert keys == {"top.name", "top.count", "top.bogus", "top.inner.bigNumber", "top.inner.odd"}


def _in_whole(content: dict[str, Any]) -> Problem:
    return only(_Whole, "top", content)


def test_a_wrong_key_of_an_item_is_told_by_the_items_index() -> None:
    problem = _in_whole({"items": [{"label": "a"}, {"label": 5}]})
    assert (problem.key, problem.rule) == ("top.items[1].label", "it should be a valid string")


def test_a_wrong_key_of_an_items_item_is_told_by_both_indices() -> None:
    problem = _in_whole({"items": [{"label": "a", "below": [{}, {"bigNumber": 0}]}]})
    assert (problem.key, problem.fix) == (
        "top.items[0].below[1].bigNumber",
        SET.format("items[0].below[1].bigNumber", 7),
    )


def test_an_unknown_key_of_an_item_is_told_with_the_known_ones() -> None:
    assert _in_whole({"items": [{"label": "a", "odd": 1}]}).rule == "there is no such key (known here: below, label)"


def test_an_item_that_is_no_object_is_told_with_the_keys_of_one() -> None:
    assert _in_whole({"items": [5]}).rule == "it is an object, with keys of its own (below, label)"


def test_a_wrong_name_in_an_object_is_told_where_it_stands() -> None:
    problem = _in_whole({"items": [], "named": {"much too long": {}}})
    assert (problem.key, problem.value, problem.rule) == (
        'top.named["much too long"]',
        "much too long",
        "a name is short",
    )


def test_a_wrong_name_in_an_object_is_taken_away() -> None:
    fix = _in_whole({"items": [], "named": {"longer": {}}}).fix
    assert fix == REMOVE.format("named.longer"), "the CLI renames nothing"


def test_a_wrong_name_hides_nothing_of_the_rest() -> None:
    problems = problems_of(_Whole, "top", {"items": [], "named": {"longer": {}}, "limit": 6})
    assert [problem.key for problem in problems] == ["top.named.longer", "top.limit"]


def test_a_list_of_objects_that_must_be_there_is_begun_with_one() -> None:
    assert _in_whole({}).fix == SET.format("items[0].label", "a")


def test_a_list_of_objects_that_is_none_is_begun_anew() -> None:
    assert _in_whole({"items": "a"}).fix == f"{REMOVE.format('items')} && {SET.format('items[0].label', 'a')}"


def test_a_missing_list_of_objects_hides_nothing_of_the_rest() -> None:
    assert [problem.key for problem in problems_of(_Whole, "top", {"limit": 6})] == ["top.items", "top.limit"]
