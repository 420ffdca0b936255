"""The details service: what is printed on the book's first pages."""

from .message import Answer, Request, as_json, health, numeric


def answer(request: Request) -> Answer | None:
    """Answer ``/health`` and ``/details/{id}``."""
    match request.segments:
        case ("health",):
            return health("Details")
        case ("details", product):
            return as_json(
                {
                    "id": int(numeric(product)),
                    "author": "William Shakespeare",
                    "year": 1595,
                    "type": "paperback",
                    "pages": 200,
                    "publisher": "PublisherA",
                    "language": "English",
                    "ISBN-10": "1234567890",
                    "ISBN-13": "123-1234567890",
                },
            )
    return None
