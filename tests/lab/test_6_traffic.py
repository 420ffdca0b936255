"""Every routing feature of docs/traffic.md, with traffic: what the document shows is what runs here."""

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from checks import verdict
from tests.lab.conftest import Stack
from tests.lab.shop import FOLLOWS_SECONDS, Shop, opened
from tests.lab.traffic import Load, tally, until

REQUESTS = 400
# Two runs of pulumi on a machine with much else to do.
ROLLOUT_SECONDS = 400
# Envoy counts from when its loop last looked at the clock, so it may be early.
EARLY_SECONDS = 0.05


@pytest.fixture(name="shop", scope="module")
def _shop(project: Stack) -> Iterator[Shop]:
    with opened(project, "Routing") as shop:
        yield shop


def _share(count: int, times: int, percent: int) -> tuple[bool, str]:
    """Return whether a count is what a percentage allows, and what it allows."""
    least, most = verdict.accepted(times, percent, verdict.FALSE_ALARM)
    return least <= count <= most, f"{count} of {times}; {percent} % allows {least} to {most}"


# Weighted routing


def test_requests_are_split_by_weight_over_three_subsets(shop: Shop) -> None:
    judged = verdict.gateway(tally(shop.ask_often("/catalog", REQUESTS)), {"v1": 60, "v2": 30, "v3": 10})
    assert judged.holds, judged.reasons


def test_a_canary_gets_a_tenth_of_the_requests(shop: Shop) -> None:
    judged = verdict.gateway(tally(shop.ask_often("/checkout", REQUESTS)), {"v1": 90, "v2": 10, "v3": 0})
    assert judged.holds, judged.reasons


def test_a_canary_is_rolled_out_in_full_and_taken_back_without_an_error_under_load(shop: Shop) -> None:
    with Load(shop.address, "/checkout", seconds=ROLLOUT_SECONDS) as load:
        answered = [len(load.replies)]
        shop.split("checkout", v1=0, v2=100)
        answered.append(len(load.replies))
        full = tally(shop.ask_often("/checkout", REQUESTS))
        shop.split("checkout", v1=90, v2=10)
        answered.append(len(load.replies))
        lasted = not load.ended
    during = tally(load.replies)
    assert answered == sorted(set(answered)) and lasted, f"the load was none in one of its steps: {answered}"
    assert (full.versions, during.errors) == ({"v2": REQUESTS}, {}), during


# Request matching

MATCHES: dict[str, tuple[str, Mapping[str, str], str, str]] = {
    # Each: method, headers, path, version that answers.
    "a header": ("GET", {"end-user": "jason"}, "/search", "v2"),
    "another value of a header": ("GET", {"end-user": "jasonx"}, "/search", "v1"),
    "the start of a header": ("GET", {"x-region": "eu-1"}, "/search", "v2"),
    "a header that is excluded": ("GET", {"x-region": "eu-test"}, "/search", "v1"),
    "a cookie alone": ("GET", {"cookie": "group=beta"}, "/search", "v2"),
    "a cookie among others": ("GET", {"cookie": "a=1; group=beta; b=2"}, "/search", "v2"),
    "a cookie whose name only ends alike": ("GET", {"cookie": "xgroup=beta"}, "/search", "v1"),
    "a cookie whose value only starts alike": ("GET", {"cookie": "group=beta2"}, "/search", "v1"),
    "a query parameter": ("GET", {}, "/search?page=2&sort=newest", "v2"),
    "a query parameter that the regex matches in part": ("GET", {}, "/search?sort=newer", "v1"),
    "a method": ("DELETE", {}, "/search", "v3"),
    "an exact path": ("GET", {}, "/search/help", "v3"),
    "an exact path in another case": ("GET", {}, "/search/Help", "v3"),
    "an exact path with a query": ("GET", {}, "/search/help?topic=a", "v3"),
    "more than the exact path": ("GET", {}, "/search/help/a", "v1"),
    "a path's prefix": ("GET", {}, "/search/labs/a/b", "v3"),
    "less than the prefix": ("GET", {}, "/search/labs", "v1"),
    "a path's regex": ("GET", {}, "/search/v12/a", "v3"),
    "a path that the regex does not match": ("GET", {}, "/search/vx/a", "v1"),
    "all of a match": ("POST", {"x-team": "a"}, "/search", "v2"),
    "half of a match": ("GET", {"x-team": "a"}, "/search", "v1"),
    "the second of two matches": ("GET", {"x-team": "b"}, "/search", "v2"),
    "two rules, of which the first counts": ("DELETE", {"end-user": "jason"}, "/search", "v2"),
    "no rule": ("GET", {}, "/search/other", "v1"),
}


@pytest.mark.parametrize("case", MATCHES.values(), ids=MATCHES)
def test_a_request_goes_where_the_first_rule_that_matches_leads(
    shop: Shop, case: tuple[str, Mapping[str, str], str, str]
) -> None:
    method, headers, path, version = case
    replies = shop.ask_often(path, 5, method=method, headers=headers)
    assert [reply.version for reply in replies] == [version] * 5


def test_a_prefix_is_compared_letter_by_letter(shop: Shop) -> None:
    assert [shop.ask(path).status for path in ("/catalogue", "/catalo")] == [200, 404]


def test_jason_sees_the_black_stars_of_v2_only(shop: Shop) -> None:
    replies = shop.ask_often("/reviews/0", 50, headers={"end-user": "jason"})
    assert {json.loads(reply.body)["podname"].split("-")[1] for reply in replies} == {"v2"}


def test_everybody_else_sees_the_split_of_the_post(shop: Shop) -> None:
    replies = shop.ask_often("/reviews/0", 50, headers={"end-user": "mary"})
    assert {json.loads(reply.body)["podname"].split("-")[1] for reply in replies} == {"v1", "v2"}


# Rewrite, redirect, headers, CORS


def test_the_service_sees_the_rewritten_path_and_authority(shop: Shop) -> None:
    reply = shop.ask("/members/7?a=b")
    assert (reply.said["path"], reply.received("host")) == ("/users/7?a=b", ["users.example.com"])


@pytest.mark.parametrize(
    ("asked", "seen"), [("/wiki/7?a=b", "/7?a=b"), ("/wiki", "/"), ("/wiki/", "/")], ids=lambda path: path
)
def test_a_prefix_that_is_taken_away_leaves_one_slash(shop: Shop, asked: str, seen: str) -> None:
    assert shop.ask(asked).said["path"] == seen


def test_a_redirect_is_the_gateways_answer_and_keeps_the_query(shop: Shop) -> None:
    reply = shop.ask("/news/7?a=b")
    assert (reply.status, reply.headers["location"]) == (302, "https://shop.example.com/catalog?a=b")


@pytest.mark.parametrize(
    ("header", "values"),
    [("x-team", ["a"]), ("x-seen", ["caller", "gateway"]), ("x-debug", [])],
    ids=["set replaces", "add keeps what is there", "remove takes away"],
)
def test_the_headers_of_a_request_are_changed_on_the_way_to_the_service(
    shop: Shop, header: str, values: list[str]
) -> None:
    reply = shop.ask("/basket", headers={"x-team": "caller", "x-seen": "caller", "x-debug": "1"})
    assert reply.received(header) == values


@pytest.mark.parametrize(
    ("header", "value"),
    [("cache-control", "no-store"), ("x-served", "gateway"), ("x-powered-by", None)],
    ids=["set", "add", "remove"],
)
def test_the_headers_of_an_answer_are_changed_on_the_way_back(shop: Shop, header: str, value: str | None) -> None:
    assert shop.ask("/basket").headers.get(header) == value


PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "x-team"}
OURS, THEIRS = {"origin": "https://shop.example.com"}, {"origin": "https://other.example.com"}


def test_the_gateway_answers_the_preflight_of_an_allowed_origin(shop: Shop) -> None:
    reply = shop.ask("/stock", method="OPTIONS", headers={**OURS, **PREFLIGHT})
    allowed = {name: value for name, value in reply.headers.items() if name.startswith("access-control-")}
    assert (reply.body, allowed) == (
        "",
        {
            "access-control-allow-origin": "https://shop.example.com",
            "access-control-allow-methods": "GET,POST",
            "access-control-allow-headers": "x-team",
            "access-control-expose-headers": "x-stock",
            "access-control-allow-credentials": "true",
            "access-control-max-age": "3600",
        },
    )


def test_a_page_of_an_allowed_origin_may_read_the_answer(shop: Shop) -> None:
    reply = shop.ask("/stock", headers=OURS)
    assert reply.version and reply.headers["access-control-allow-origin"] == "https://shop.example.com"


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_another_origin_is_told_of_no_permission(shop: Shop, method: str) -> None:
    reply = shop.ask("/stock", method=method, headers={**THEIRS, **PREFLIGHT})
    assert reply.status == 200 and not [name for name in reply.headers if name.startswith("access-control-")]


# Timeout, retries


def test_an_answer_that_takes_longer_than_the_timeout_is_a_504_in_time(shop: Shop) -> None:
    reply = shop.ask("/orders", headers={"x-delay": "5"})
    assert reply.status == 504 and 0.5 - EARLY_SECONDS <= reply.seconds < 4, reply


def test_an_answer_within_the_timeout_is_passed_on(shop: Shop) -> None:
    assert shop.ask("/orders", headers={"x-delay": "0.05"}).status == 200


def _tries(shop: Shop, route: str, **how: Any) -> tuple[int, int]:
    """Return the status of a request and how often the service was asked for it."""
    path = f"/{route}/{uuid.uuid4()}"
    status = shop.ask(path, **how).status
    return status, shop.backend.count(None, path)


def test_a_request_that_keeps_failing_is_tried_once_and_then_as_often_as_attempts_says(shop: Shop) -> None:
    assert _tries(shop, "payments", headers={"x-status": "503"}) == (503, 1 + 3)


def test_a_request_that_is_answered_at_the_third_try_is_tried_no_more(shop: Shop) -> None:
    headers = {"x-status": "503", "x-first": "2", "x-id": str(uuid.uuid4())}
    assert _tries(shop, "payments", headers=headers) == (200, 3)


def test_a_failure_that_is_none_of_the_conditions_is_not_tried_again(shop: Shop) -> None:
    assert _tries(shop, "payments", headers={"x-status": "500"}) == (500, 1)


def test_a_try_that_takes_longer_than_its_timeout_is_given_up_for_the_next(shop: Shop) -> None:
    reply = shop.ask("/payments", headers={"x-delay": "5", "x-first": "1", "x-id": str(uuid.uuid4())})
    assert (reply.status, reply.said["tried"]) == (200, 2) and 0.5 - EARLY_SECONDS <= reply.seconds < 4, reply


def test_a_rule_with_no_attempts_has_no_retries(shop: Shop) -> None:
    assert _tries(shop, "payments", method="POST", headers={"x-status": "503"}) == (503, 1)


def test_a_plain_503_is_not_tried_again_by_istios_default(shop: Shop) -> None:
    assert _tries(shop, "catalog", headers={"x-status": "503"}) == (503, 1)


# Fault injection


def test_an_abort_hits_its_percentage_of_the_requests_though_the_rule_has_retries(shop: Shop) -> None:
    replies = shop.ask_often("/shipping", REQUESTS, headers={"x-fault": "abort"})
    holds, why = _share(sum(reply.status == 503 for reply in replies), REQUESTS, 20)
    assert holds and {reply.status for reply in replies} == {200, 503}, why


def test_an_aborted_request_never_reaches_the_service(shop: Shop) -> None:
    path = f"/shipping/{uuid.uuid4()}"
    passed = sum(reply.status == 200 for reply in shop.ask_often(path, 50, headers={"x-fault": "abort"}))
    assert shop.backend.count(None, path) == passed < 50


def test_a_delay_hits_its_percentage_of_the_requests(shop: Shop) -> None:
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: shop.ask("/shipping", headers={"x-fault": "delay"}), range(100)))
    holds, why = _share(sum(reply.seconds >= 0.5 - EARLY_SECONDS for reply in replies), len(replies), 50)
    assert holds and {reply.status for reply in replies} == {200}, why


def test_a_timeout_does_not_cut_an_injected_delay(shop: Shop) -> None:
    reply = shop.ask("/shipping", headers={"x-fault": "late"})
    assert reply.status == 200 and reply.seconds >= 0.5 - EARLY_SECONDS, reply


def test_a_timeout_begins_when_an_injected_delay_is_over(shop: Shop) -> None:
    reply = shop.ask("/shipping", headers={"x-fault": "late", "x-delay": "5"})
    assert reply.status == 504 and 0.7 - EARLY_SECONDS <= reply.seconds < 4, reply


def test_a_fault_is_only_for_the_requests_with_the_header(shop: Shop) -> None:
    counted = tally(shop.ask_often("/shipping", REQUESTS))
    assert counted.answered == REQUESTS, counted.errors


# Mirroring


def test_the_mirror_gets_its_percentage_of_the_requests(shop: Shop) -> None:
    path = f"/prices/{uuid.uuid4()}"
    shop.ask_often(path, REQUESTS)
    least, _ = verdict.accepted(REQUESTS, 50, verdict.FALSE_ALARM)
    until(lambda: shop.backend.count("v2", path), lambda count: count >= least, FOLLOWS_SECONDS, "the copies")
    time.sleep(0.5)  # a copy too many would have come by now
    holds, why = _share(shop.backend.count("v2", path), REQUESTS, 50)
    assert holds, why


def test_the_mirrors_answers_never_reach_the_caller(shop: Shop) -> None:
    judged = verdict.gateway(tally(shop.ask_often("/prices", REQUESTS)), {"v1": 100})
    assert judged.holds, judged.reasons


def test_a_mirror_that_fails_and_is_slow_is_nothing_to_the_caller(shop: Shop) -> None:
    (pod,) = shop.backend.pods("v2")
    path = f"/prices/{uuid.uuid4()}"
    shop.backend.set(pod, status="503", delay="3")
    try:
        replies = shop.ask_often(path, 50)
        copies = shop.backend.count("v2", path)
    finally:
        shop.backend.set(pod)
    assert copies and tally(replies).versions == {"v1": 50} and max(reply.seconds for reply in replies) < 3
