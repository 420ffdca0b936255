"""The reviews service in its three versions: without stars, with black stars, with red stars.

Owns what a version shows. Does not own the stars: ratings does, and is asked on every request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .message import Answer, Request, as_json, health, numeric
from .peer import Peer, PeerError

COLORS = {"v1": None, "v2": "black", "v3": "red"}
TIMEOUTS = {"black": 10.0, "red": 2.5}
"""Seconds that ratings gets, by colour, as in Istio's samples: fault injection shows the difference."""

TEXTS = {
    "Reviewer1": "Two pairs of twins, one long day, and I laughed until the last page.",
    "Reviewer2": "Short and quick. Keep a note of who is who and you will enjoy it.",
}


@dataclass(frozen=True)
class Reviews:
    """One version of the service in one pod."""

    color: str | None
    pod: str
    cluster: str
    ratings: Peer

    @classmethod
    def read(cls, version: str, environment: Mapping[str, str]) -> "Reviews":
        """Read the environment; a cluster without a name answers "null", as in Istio's samples."""
        color = COLORS[version]
        return cls(
            color=color,
            pod=environment.get("HOSTNAME", ""),
            cluster=environment.get("CLUSTER_NAME", "null"),
            ratings=Peer.read("ratings", TIMEOUTS.get(color or "", 10.0), environment),
        )

    def __call__(self, request: Request) -> Answer | None:
        """Answer ``/health`` and ``/reviews/{id}``."""
        match request.segments:
            case ("health",):
                return health("Reviews")
            case ("reviews", product):
                return as_json(self._reviews(numeric(product), request.headers))
        return None

    def _reviews(self, product: str, headers: Mapping[str, str]) -> dict[str, Any]:
        reviews = [{"reviewer": reviewer, "text": text} for reviewer, text in TEXTS.items()]
        ratings = self._ratings(product, headers)
        return {
            "id": product,
            "podname": self.pod,
            "clustername": self.cluster,
            "reviews": [review | ratings.get(review["reviewer"], {}) for review in reviews],
        }

    def _ratings(self, product: str, headers: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Return what each reviewer's entry gains: nothing, stars, or word that ratings is down."""
        if self.color is None:
            return {}
        try:
            stars = self.ratings.fetch(f"/ratings/{product}", headers)["ratings"]
            return {who: {"rating": {"stars": int(stars[who]), "color": self.color}} for who in TEXTS}
        except (PeerError, KeyError, TypeError, ValueError):
            error = {"error": "Ratings service is currently unavailable"}
            return {who: {"rating": error} for who in TEXTS}
