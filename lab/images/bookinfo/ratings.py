"""The ratings service: two reviewers, two numbers of stars."""

from .message import Answer, Request, as_json, health, numeric

STARS = {"Reviewer1": 5, "Reviewer2": 4}


def answer(request: Request) -> Answer | None:
    """Answer ``/health`` and ``/ratings/{id}``."""
    match request.segments:
        case ("health",):
            return health("Ratings")
        case ("ratings", product):
            return as_json({"id": int(numeric(product)), "ratings": STARS})
    return None
