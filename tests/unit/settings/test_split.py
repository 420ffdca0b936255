"""The one command that mends a split, whatever is wrong with it."""

import re
from typing import Any

import pytest

from settings.split import mending_command

SUBSETS = ("v1", "v2", "v3")
KEY = "route.split"


def _run(command: str, split: dict[str, Any]) -> dict[str, Any]:
    """Do what Pulumi's CLI would."""
    result = dict(split)
    for step in command.split(" && "):
        if step.startswith("pulumi config rm --path "):
            result.pop(re.findall(r"split(?:\.([\w-]+)|\[\"(.+)\"\])'", step)[0][0], None)
        for name, weight in re.findall(r"route\.split\.([\w-]+)(?:' |=)(\d+)", step):
            result[name] = int(weight)
    return result


@pytest.mark.parametrize(
    "split",
    [
        {},
        {"v1": 90},
        {"v1": 60, "v2": 60},
        {"v1": 20, "v2": 20},
        {"v1": 90, "v2": 90, "v3": 90},
        {"v1": 0, "v2": 0},
        {"v1": 50, "v2": -50},
        {"v1": -1, "v2": 101},
        {"v1": "half", "v2": 50.5},
        {"v1": True, "v2": 50},
        {"v9": 100},
        {"v1": 50, "v9": 50},
        {"v1": 50, "v2": -10, "v9": 60, "v8": "x"},
        {"v1": None, "v2": [50]},
    ],
)
def test_any_split_is_mended_by_it(split: dict[str, Any]) -> None:
    mended = _run(mending_command(KEY, split, SUBSETS), split)
    assert set(mended) <= set(SUBSETS), "only subsets that there are"
    assert all(type(weight) is int and 0 <= weight <= 100 for weight in mended.values()), "percents"
    assert sum(mended.values()) == 100, "of all requests"


@pytest.mark.parametrize("split", [{"v1": "90", "v2": "10"}, {"v1": 89.7, "v2": 10.3}, {"v1": "90", "v2": 10}])
def test_a_weight_in_quotes_or_with_a_fraction_stays_what_was_meant(split: dict[str, Any]) -> None:
    assert _run(mending_command(KEY, split, SUBSETS), split) == {"v1": 90, "v2": 10}


def test_a_valid_split_is_left_alone() -> None:
    assert mending_command(KEY, {"v1": 90, "v2": 10}, SUBSETS) == ""


def test_one_weight_takes_the_difference_where_one_can() -> None:
    assert mending_command(KEY, {"v1": 60, "v2": 60}, SUBSETS) == (
        "pulumi config set --path 'incremental-istio:route.split.v2' 40"
    )


def test_the_last_weight_takes_it() -> None:
    assert mending_command(KEY, {"v2": 30, "v1": 30}, SUBSETS).endswith("split.v1' 70"), (
        "a canary is added after what is stable, so what was written first stays"
    )


def test_a_lone_weight_gets_its_other_half() -> None:
    assert mending_command(KEY, {"v1": 90}, SUBSETS) == "pulumi config set --path 'incremental-istio:route.split.v2' 10"


def test_a_wrong_weight_takes_the_difference_before_a_right_one() -> None:
    assert mending_command(KEY, {"v1": -1, "v2": 30}, SUBSETS) == (
        "pulumi config set --path 'incremental-istio:route.split.v1' 70"
    )


def test_several_weights_are_set_by_one_command() -> None:
    assert mending_command(KEY, {"v1": 90, "v2": 90, "v3": 90}, SUBSETS) == (
        "pulumi config set-all --path --plaintext 'incremental-istio:route.split.v2=10' "
        "--plaintext 'incremental-istio:route.split.v3=0'"
    )


def test_a_subset_that_is_not_there_is_taken_away() -> None:
    assert mending_command(KEY, {"v1": 100, "v9": 0}, SUBSETS) == (
        "pulumi config rm --path 'incremental-istio:route.split.v9'"
    )
