"""Reading bodies and counting."""

import pytest

from checks.curl import Answer
from checks.tally import count, percentile, read

VERSIONS = {"reviews-v1-a": "v1", "reviews-v2-a": "v2"}


def answer(body: str, status: int = 200, seconds: float = 0.002) -> Answer:
    return Answer(status=status, seconds=seconds, body=body)


def test_the_pods_name_in_the_body_decides_the_version() -> None:
    assert read(answer('{"id":"0","podname":"reviews-v2-a","reviews":[]}'), VERSIONS.get) == ("v2", "")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<html>", "unknown answer: not JSON: <html>"),
        ("[" * 200_000, "unknown answer: not JSON: " + "[" * 51 + "..."),
        ("[]", "unknown answer: no podname in it"),
        ('{"podname": 3}', "unknown answer: no podname in it"),
        ('{"podname": "stranger"}', "unknown answer: the app has no pod stranger with a version"),
    ],
)
def test_an_unknown_answer_is_an_error(body: str, error: str) -> None:
    assert read(answer(body), VERSIONS.get) == (None, error)


def test_another_status_than_200_is_an_error_with_the_bodys_words() -> None:
    assert read(answer("no healthy upstream\n", 503), VERSIONS.get)[1] == "HTTP 503: no healthy upstream"


def test_curls_error_goes_before_the_body() -> None:
    cut = Answer(status=200, seconds=0.1, error="transfer closed", body='{"podname":"reviews-v1-a"}')
    assert read(cut, VERSIONS.get) == (None, "transfer closed")


def test_an_error_text_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in read(answer("\x1b[2J\nred", 500), VERSIONS.get)[1]


def test_equal_errors_are_counted_together_and_the_most_frequent_is_first() -> None:
    counts = count([answer("", 500), answer("", 503), answer("", 503)], VERSIONS.get)
    assert list(counts.errors.items()) == [("HTTP 503", 2), ("HTTP 500", 1)]


def test_every_request_is_either_a_version_or_an_error() -> None:
    counts = count([answer('{"podname":"reviews-v1-a"}'), answer("{}")], VERSIONS.get)
    assert (counts.requests, counts.answered, counts.failed) == (2, 1, 1)


def test_the_latency_is_in_milliseconds_and_of_known_answers_only() -> None:
    counts = count([answer('{"podname":"reviews-v1-a"}'), answer("", 503, seconds=9)], VERSIONS.get)
    assert (counts.p50, counts.p99) == (2.0, 2.0)


def test_a_percentile_is_a_time_that_was_measured() -> None:
    times = [float(number) for number in range(400, 0, -1)]
    assert (percentile(times, 50), percentile(times, 99), percentile([7.0], 99)) == (200, 396, 7)


def test_without_an_answer_there_is_no_percentile() -> None:
    assert percentile([], 50) is None
