"""Details, ratings and reviews over real sockets."""

from collections.abc import Callable
from typing import Any

import pytest

from lab.images.bookinfo import details, ratings
from lab.images.bookinfo.message import Answer, Request, as_json
from lab.images.bookinfo.reviews import TIMEOUTS, Reviews

Start = Callable[[Any], Any]
DOWN = {"RATINGS_HOSTNAME": "127.0.0.1", "RATINGS_SERVICE_PORT": "1"}


def near(service: Any) -> dict[str, str]:
    """Return the environment in which ratings is a service of this test."""
    return {"RATINGS_HOSTNAME": "127.0.0.1", "RATINGS_SERVICE_PORT": str(service.port), "HOSTNAME": "pod-a"}


def test_ratings_answers_stars_of_both_reviewers(start: Start) -> None:
    assert start(ratings.answer).get("/ratings/7").json == {
        "id": 7,
        "ratings": {"Reviewer1": 5, "Reviewer2": 4},
    }


def test_details_answers_every_field_of_the_book(start: Start) -> None:
    fields = ["id", "author", "year", "type", "pages", "publisher", "language", "ISBN-10", "ISBN-13"]
    assert list(start(details.answer).get("/details/0").json) == fields


@pytest.mark.parametrize("role", [ratings.answer, details.answer, Reviews.read("v1", {})])
def test_health_answers_200(start: Start, role: Any) -> None:
    assert start(role).get("/health").status == 200


def test_reviews_health_says_what_is_healthy(start: Start) -> None:
    assert start(Reviews.read("v1", {})).get("/health").json == {"status": "Reviews is healthy"}


def test_reviews_v1_has_no_ratings(start: Start) -> None:
    reviews = start(Reviews.read("v1", DOWN)).get("/reviews/0").json["reviews"]
    assert [sorted(review) for review in reviews] == [["reviewer", "text"]] * 2


def test_reviews_name_their_pod_and_their_cluster(start: Start) -> None:
    answer = start(Reviews.read("v1", {"HOSTNAME": "pod-a", "CLUSTER_NAME": "east"})).get("/reviews/0").json
    assert (answer["id"], answer["podname"], answer["clustername"]) == ("0", "pod-a", "east")


def test_a_cluster_without_a_name_reads_null_as_a_text(start: Start) -> None:
    assert start(Reviews.read("v1", {})).get("/reviews/0").json["clustername"] == "null"


@pytest.mark.parametrize(("version", "color"), [("v2", "black"), ("v3", "red")])
def test_reviews_show_the_stars_of_ratings_in_their_color(start: Start, version: str, color: str) -> None:
    environment = near(start(ratings.answer))
    reviews = start(Reviews.read(version, environment)).get("/reviews/0").json["reviews"]
    assert [review["rating"] for review in reviews] == [
        {"stars": 5, "color": color},
        {"stars": 4, "color": color},
    ]


def test_reviews_say_so_when_ratings_is_down(start: Start) -> None:
    reply = start(Reviews.read("v2", DOWN)).get("/reviews/0")
    error = {"error": "Ratings service is currently unavailable"}
    assert (reply.status, [review["rating"] for review in reply.json["reviews"]]) == (200, [error, error])


@pytest.mark.parametrize(
    "broken",
    [Answer(b"", 500), Answer(b"not json"), as_json({}), as_json({"ratings": {}}), as_json([])],
)
def test_reviews_say_so_when_ratings_makes_no_sense(start: Start, broken: Answer) -> None:
    environment = near(start(lambda _: broken))
    reviews = start(Reviews.read("v3", environment)).get("/reviews/0").json["reviews"]
    assert all("error" in review["rating"] for review in reviews)


def test_reviews_do_not_wait_for_ratings_beyond_their_timeout() -> None:
    waits = {version: Reviews.read(version, {}).ratings.timeout for version in ("v2", "v3")}
    assert waits == {"v2": TIMEOUTS["black"], "v3": TIMEOUTS["red"]} == {"v2": 10.0, "v3": 2.5}


def test_reviews_pass_on_the_user_and_the_trace_and_nothing_else(start: Start) -> None:
    seen: list[Request] = []

    def listening(request: Request) -> Answer | None:
        seen.append(request)
        return ratings.answer(request)

    sent = {"end-user": "jason", "x-request-id": "1", "traceparent": "2", "b3": "3"}
    start(Reviews.read("v2", near(start(listening)))).get("/reviews/0", sent | {"cookie": "secret"})
    assert {k: v for k, v in seen[0].headers.items() if k in {*sent, "cookie"}} == sent


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("ratings", 9080)),
        ({"SERVICES_DOMAIN": "east.example"}, ("ratings.east.example", 9080)),
        ({"RATINGS_HOSTNAME": "stars", "RATINGS_SERVICE_PORT": "80"}, ("stars", 80)),
        ({"RATINGS_SERVICE_PORT": "tcp://10.96.0.1:9080"}, ("ratings", 9080)),
    ],
)
def test_ratings_is_found_as_in_the_samples(environment: dict[str, str], expected: tuple[str, int]) -> None:
    found = Reviews.read("v2", environment).ratings
    assert (found.host, found.port) == expected


@pytest.mark.parametrize("product", ["abc", "", "-1", "1" * 5000, "%30"])
def test_an_id_that_is_no_number_is_the_callers_mistake(start: Start, product: str) -> None:
    assert start(ratings.answer).get(f"/ratings/{product}").status == 400


@pytest.mark.parametrize("path", ["/", "/ratings", "/ratings/0/x", "/reviews/0"])
def test_an_unknown_path_is_answered_with_404_as_json(start: Start, path: str) -> None:
    reply = start(ratings.answer).get(path)
    assert (reply.status, reply.json) == (404, {"error": "not found"})


def test_the_query_does_not_matter(start: Start) -> None:
    assert start(ratings.answer).get("/ratings/0?x=1").status == 200
