"""The rules of routes on the objects of the corpus, as the project declares them."""

from collections.abc import Iterator

import pytest

from policy.objects import Declared
from policy.routes import subsets, weights
from tests.corpus.documents import NAMESPACE, Document, documents
from tests.corpus.unchecked import objects
from tests.unit.policy.documents import declared, facts

DOCUMENTS = documents()


def _declared(document: Document) -> Iterator[Declared]:
    for content in document.contents().values():
        yield from (declared(one) for one in objects(content, NAMESPACE))


def _facts(name: str) -> list[str]:
    (document,) = (one for one in DOCUMENTS if one.name == name)
    found = list(_declared(document))
    return [*facts(weights(found)), *facts(subsets(found))]


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if not one.refused], ids=lambda document: document.name)
def test_what_the_settings_take_breaks_no_rule(document: Document) -> None:
    found = list(_declared(document))
    assert [*facts(weights(found)), *facts(subsets(found))] == []


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("Weights that sum to 110", "the weights of http[0] sum to 110 (v1 60, v2 50)"),
        (
            "A weight for a subset that is not there",
            "http[0] goes to subset v9 of reviews, whose DestinationRule has v1, v2",
        ),
        (
            "A rule's weight for a subset that is not there",
            "http[0] goes to subset v2 of reviews, whose DestinationRule has v1",
        ),
        ("Copies to a subset that is not there", "http[0] goes to subset v2 of reviews, whose DestinationRule has v1"),
    ],
)
def test_what_the_settings_refuse_would_be_found_in_the_objects_too(name: str, fact: str) -> None:
    assert _facts(name) == [fact], "a preview may be of objects that another program declares"
