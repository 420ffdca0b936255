"""Numbers, files and contradictions of the command line."""

from pathlib import Path
from typing import Any

import pytest

from checks import options
from checks.problem import CheckError
from checks.target import TargetFlags


def facts(flags: TargetFlags | None = None, **given: Any) -> list[str]:
    with pytest.raises(CheckError) as caught:
        options.resolve(flags or TargetFlags(), **given)
    return [problem.fact for problem in caught.value.problems]


@pytest.mark.parametrize("requests", [50, 20_000])
def test_the_limits_of_requests_are_allowed(requests: int) -> None:
    assert options.resolve(TargetFlags(), requests=requests).requests == requests


@pytest.mark.parametrize("requests", [49, 0, -1, 20_001])
def test_requests_beyond_the_limits_are_refused(requests: int) -> None:
    assert facts(requests=requests) == [f"--requests is {requests}, not 50 to 20000"]


@pytest.mark.parametrize("wait", [-1, float("nan"), float("inf"), 3601])
def test_a_wait_without_a_sensible_end_is_refused(wait: float) -> None:
    assert facts(wait=wait) == [f"--wait is {wait:g}, not 0 to 3600 seconds"]


@pytest.mark.parametrize("name", ["chart.pdf", "chart", "chart.png.gz"])
def test_a_picture_of_another_kind_is_refused(name: str) -> None:
    assert facts(picture=Path(name)) == [f"--picture {name} ends with neither .png nor .svg"]


@pytest.mark.parametrize("name", ["chart.png", "chart.SVG"])
def test_a_picture_is_a_png_or_an_svg(name: str, tmp_path: Path) -> None:
    assert options.resolve(TargetFlags(), picture=tmp_path / name).picture == tmp_path / name


def test_a_picture_needs_its_folder(tmp_path: Path) -> None:
    assert facts(picture=tmp_path / "none" / "chart.png") == [
        f"--picture {tmp_path}/none/chart.png: there is no folder {tmp_path}/none"
    ]


def test_a_stack_and_outputs_contradict_each_other() -> None:
    assert facts(stack="dev", outputs_file=Path("o.json")) == ["--stack dev and --outputs o.json are both given"]


def test_an_empty_value_is_not_taken_for_the_default() -> None:
    assert facts(TargetFlags(context=""), stack=" ")[:2] == ["--stack is empty", "--context is empty"]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    flags = TargetFlags(plain_url="x", weights=("v1=1",), kubeconfig=tmp_path / "none")
    assert len(facts(flags, requests=1, wait=-1, picture=Path("a.pdf"))) == 6
