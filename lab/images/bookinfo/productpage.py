"""The product page: HTML for people, a small JSON API for programs.

Owns the page. Does not own its facts: details and reviews are asked on every request, and the page
still shows when either is down.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from .message import Answer, BadRequestError, Request, as_json, failure, health, numeric
from .peer import Peer, PeerError

TITLE = "The Comedy of Errors"
PRODUCT = {
    "id": 0,
    "title": TITLE,
    "descriptionHtml": "A comedy by William Shakespeare: two pairs of twins, each taken for the other.",
}

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:1rem/1.5 sans-serif;max-width:45rem;margin:2rem auto}}footer{{color:#666}}</style></head>
<body><h1>{title}</h1><p>{description}</p>
<h2>Book details</h2>{details}
<h2>Book reviews</h2>{reviews}
<footer>The lab's stand-in for Istio's Bookinfo.</footer></body></html>
"""


@dataclass(frozen=True)
class ProductPage:
    """The page and the two services behind it."""

    details: Peer
    reviews: Peer
    ratings: Peer

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "ProductPage":
        """Find the peers in the environment."""
        # 3 s each, as in Istio's samples: less than what reviews may wait for ratings.
        return cls(*(Peer.read(name, 3.0, environment) for name in ("details", "reviews", "ratings")))

    def __call__(self, request: Request) -> Answer | None:  # noqa: PLR0911 - one return per path
        """Answer the page, the probe and ``/api/v1/products``."""
        match request.segments:
            case ("",) | ("productpage",):
                return Answer(self._page(request.headers).encode(), 200, "text/html; charset=utf-8")
            case ("health",):
                return health("Product page")
            case ("api", "v1", "products"):
                return as_json([PRODUCT])
            case ("api", "v1", "products", product):
                return _proxied(self.details, "details", product, request.headers)
            case ("api", "v1", "products", product, "reviews"):
                return _proxied(self.reviews, "reviews", product, request.headers)
            case ("api", "v1", "products", product, "ratings"):
                return _proxied(self.ratings, "ratings", product, request.headers)
        return None

    def _page(self, headers: Mapping[str, str]) -> str:
        return PAGE.format(
            title=escape(TITLE),
            description=escape(str(PRODUCT["descriptionHtml"])),
            details=_shown(self.details, "details", headers, _details),
            reviews=_shown(self.reviews, "reviews", headers, _reviews),
        )


def _proxied(peer: Peer, service: str, product: str, headers: Mapping[str, str]) -> Answer:
    try:
        return as_json(peer.fetch(f"/{service}/{numeric(product)}", headers))
    except PeerError:
        return failure(503, f"{service} are currently unavailable")


def _shown(peer: Peer, service: str, headers: Mapping[str, str], render: Callable[[Any], str]) -> str:
    try:
        return render(peer.fetch(f"/{service}/0", headers))
    except (PeerError, BadRequestError, AttributeError, KeyError, TypeError):
        return f"<p>The {service} are currently unavailable.</p>"


def _details(details: Mapping[str, Any]) -> str:
    rows = (f"<dt>{escape(str(key))}</dt><dd>{escape(str(value))}</dd>" for key, value in details.items())
    return f"<dl>{''.join(rows)}</dl>"


def _reviews(answer: Mapping[str, Any]) -> str:
    quotes = (
        f"<blockquote>{escape(str(review['text']))}<br>{escape(str(review['reviewer']))} {_stars(review)}</blockquote>"
        for review in answer["reviews"]
    )
    return f"{''.join(quotes)}<p>Reviews served by {escape(str(answer.get('podname', '')))}</p>"


def _stars(review: Mapping[str, Any]) -> str:
    rating = review.get("rating")
    if rating is None:
        return ""
    if "error" in rating:
        return f"<em>{escape(str(rating['error']))}</em>"
    stars = int(rating["stars"])
    return f'<span style="color:{escape(str(rating["color"]))}">{"★" * stars}{"☆" * (5 - stars)}</span>'
