"""Istio's own validation says to each document what the corpus says that it does. No cluster takes part."""

import pytest

from lab.toolchain import folder
from tests.corpus.documents import Document, documents
from tests.corpus.istio import Verdict, verdicts

DOCUMENTS = documents()


@pytest.fixture(name="said", scope="module")
def _said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    found = verdicts(folder() / "istioctl", DOCUMENTS, tmp_path_factory.mktemp("corpus"))
    return {document.name: verdict for document, verdict in zip(DOCUMENTS, found, strict=True)}


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if one.istio_refuses], ids=lambda one: one.name)
def test_istio_refuses_what_the_corpus_says_that_it_does(document: Document, said: dict[str, Verdict]) -> None:
    assert any(str(document.istio_refuses) in reason for reason in said[document.name].refuses), said[document.name]


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if one.istio_warns], ids=lambda one: one.name)
def test_istio_warns_of_what_the_corpus_says_that_it_does(document: Document, said: dict[str, Verdict]) -> None:
    assert any(str(document.istio_warns) in reason for reason in said[document.name].warns), said[document.name]


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if not one.istio_refuses], ids=lambda one: one.name)
def test_istio_takes_everything_else(document: Document, said: dict[str, Verdict]) -> None:
    assert said[document.name].refuses == []


@pytest.mark.parametrize(
    "document", [one for one in DOCUMENTS if not one.istio_warns and not one.istio_refuses], ids=lambda one: one.name
)
def test_istio_warns_of_nothing_else(document: Document, said: dict[str, Verdict]) -> None:
    assert said[document.name].warns == []
