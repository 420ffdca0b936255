"""The product page over real sockets."""

from collections.abc import Callable
from typing import Any

import pytest

from lab.images.bookinfo import details, ratings
from lab.images.bookinfo.message import as_json
from lab.images.bookinfo.productpage import ProductPage
from lab.images.bookinfo.reviews import Reviews

Start = Callable[[Any], Any]


def environment(**services: Any) -> dict[str, str]:
    """Return where the peers are; one that is not named is down."""
    ports = {name: services[name].port if name in services else 1 for name in ("details", "reviews", "ratings")}
    hosts = {f"{name.upper()}_HOSTNAME": "127.0.0.1" for name in ports}
    return hosts | {f"{name.upper()}_SERVICE_PORT": str(port) for name, port in ports.items()}


@pytest.fixture
def page(start: Start) -> Any:
    """A product page with all of Bookinfo behind it."""
    stars = start(ratings.answer)
    reviews = start(Reviews.read("v3", environment(ratings=stars) | {"HOSTNAME": "reviews-v3-x"}))
    peers = environment(details=start(details.answer), reviews=reviews, ratings=stars)
    return start(ProductPage.read(peers))


@pytest.mark.parametrize("path", ["/", "/productpage", "/productpage?u=normal"])
def test_the_page_is_html(page: Any, path: str) -> None:
    assert page.get(path).headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("part", ["paperback", "Reviewer2", 'color:red">★★★★☆', "reviews-v3-x", "stand-in"])
def test_the_page_shows_details_reviews_stars_and_what_it_is(page: Any, part: str) -> None:
    assert part in page.get("/productpage").body


def test_the_page_shows_what_is_left_when_its_peers_are_down(start: Start) -> None:
    reply = start(ProductPage.read(environment())).get("/productpage")
    assert (reply.status, reply.body.count("currently unavailable")) == (200, 2)


def test_the_page_escapes_what_its_peers_answer(start: Start) -> None:
    evil = start(lambda _: as_json({"<script>": "<script>", "reviews": [{"reviewer": "<b>", "text": "<script>"}]}))
    assert "<script>" not in start(ProductPage.read(environment(details=evil, reviews=evil))).get("/").body


def test_the_page_is_healthy_without_its_peers(start: Start) -> None:
    assert start(ProductPage.read(environment())).get("/health").status == 200


def test_the_api_lists_the_one_product(page: Any) -> None:
    assert [product["id"] for product in page.get("/api/v1/products").json] == [0]


@pytest.mark.parametrize(
    ("path", "key"),
    [("", "ISBN-10"), ("/reviews", "podname"), ("/ratings", "ratings")],
)
def test_the_api_passes_the_services_on(page: Any, path: str, key: str) -> None:
    assert key in page.get(f"/api/v1/products/0{path}").json


def test_the_api_says_503_when_a_service_is_down(start: Start) -> None:
    assert start(ProductPage.read(environment())).get("/api/v1/products/0/reviews").status == 503


def test_the_api_refuses_an_id_that_is_no_number(page: Any) -> None:
    assert page.get("/api/v1/products/x").status == 400
