"""The statistics against values from exact arithmetic, and the two rules."""

import math
from fractions import Fraction

import pytest

from checks.verdict import FALSE_ALARM, accepted, gateway, plain
from tests.unit.checks.fakes import tally


def exact(n: int, weight: int, false_alarm: Fraction) -> tuple[int, int]:
    """Return the central interval from integers alone."""
    limit = false_alarm / 2 * 100**n
    terms = [math.comb(n, k) * weight**k * (100 - weight) ** (n - k) for k in range(n + 1)]

    def first_above(values: list[int]) -> int:
        below = 0
        for index, value in enumerate(values):
            below += value
            if below > limit:
                return index
        raise AssertionError("the terms add up to more than the limit")

    return first_above(terms), n - first_above(terms[::-1])


def test_the_interval_of_half_of_400_at_five_percent_is_the_textbook_one() -> None:
    assert accepted(400, 50, 0.05) == (180, 220)


@pytest.mark.parametrize("weight", [1, 10, 33, 50, 90, 99])
@pytest.mark.parametrize("requests", [50, 400])
def test_the_interval_equals_the_one_from_exact_integers(requests: int, weight: int) -> None:
    assert accepted(requests, weight, 5e-5) == exact(requests, weight, Fraction(5, 100_000))


def test_the_interval_of_20000_requests_is_some_four_standard_deviations_wide() -> None:
    least, most = accepted(20_000, 50, FALSE_ALARM / 2)
    assert (least + most, 280 < most - 10_000 < 295) == (20_000, True)


@pytest.mark.parametrize(("weight", "count"), [(100, 400), (0, 0)])
def test_a_weight_of_100_or_0_allows_one_count_only(weight: int, count: int) -> None:
    assert accepted(400, weight, FALSE_ALARM) == (count, count)


def test_mirrored_weights_have_mirrored_intervals() -> None:
    (low, high), (mirrored_low, mirrored_high) = accepted(400, 10, 1e-4), accepted(400, 90, 1e-4)
    assert (400 - high, 400 - low) == (mirrored_low, mirrored_high)


def test_the_posts_split_as_measured_holds() -> None:
    assert gateway(tally({"v1": 211, "v2": 189}), {"v1": 50, "v2": 50}).holds


def test_the_false_alarm_probability_is_split_over_the_drawn_versions() -> None:
    intervals = gateway(tally({"v1": 200, "v2": 200}), {"v1": 50, "v2": 50, "v3": 0}).accepted
    assert intervals["v1"] == accepted(400, 50, FALSE_ALARM / 2), "v3 is certain, so it takes no share"


def test_a_share_outside_its_interval_is_told_with_the_interval() -> None:
    reasons = gateway(tally({"v1": 250, "v2": 150}), {"v1": 50, "v2": 50}).reasons
    assert reasons[0] == "v1 answered 250 times; weight 50 allows 160 to 240"


def test_a_version_of_weight_0_must_not_answer() -> None:
    assert gateway(tally({"v1": 399, "v3": 1}), {"v1": 100, "v3": 0}).reasons == (
        "v3 answered 1 times with weight 0",
        "v1 answered 399 times; weight 100 allows 400",
    )


def test_a_version_without_a_weight_must_not_answer() -> None:
    assert "v3 answered 1 times with weight 0" in gateway(tally({"v1": 399, "v3": 1}), {"v1": 100}).reasons


def test_a_weight_of_100_holds_when_all_answers_are_its_own() -> None:
    assert gateway(tally({"v2": 400}), {"v1": 0, "v2": 100}).holds


def test_a_weighted_version_that_never_answers_is_refused() -> None:
    assert not gateway(tally({"v1": 400}), {"v1": 90, "v2": 10}).holds


def test_one_error_is_enough_to_refuse_the_gateway() -> None:
    counts = tally({"v1": 200, "v2": 199}, {"HTTP 503": 1})
    assert gateway(counts, {"v1": 50, "v2": 50}).reasons == ("1 of 400 requests failed",)


def test_plain_holds_when_every_running_version_answered() -> None:
    assert plain(tally({"v1": 1, "v2": 1, "v3": 398}), {"v1", "v2", "v3"}).holds


def test_plain_names_each_version_that_never_answered() -> None:
    assert plain(tally({"v2": 400}), {"v1", "v2", "v3"}).reasons == (
        "v1 runs and never answered",
        "v3 runs and never answered",
    )


def test_one_error_is_enough_to_refuse_plain() -> None:
    assert plain(tally({"v1": 399}, {"HTTP 500": 1}), {"v1"}).reasons == ("1 of 400 requests failed",)
