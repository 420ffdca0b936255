"""What our settings say to each document of the corpus; what Istio says is the lab's `test_3_corpus`."""

import pytest

from tests.corpus.documents import Document, documents

DOCUMENTS = documents()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_the_settings_say_to_a_document_what_the_corpus_says(document: Document) -> None:
    problems = {problem.key: problem.rule for problem in document.problems()}
    assert problems.keys() == document.refused.keys(), problems
    for key, part in document.refused.items():
        assert part in problems[key]


def test_a_document_is_told_by_its_name() -> None:
    assert len({document.name for document in DOCUMENTS}) == len(DOCUMENTS)


def test_every_problem_comes_with_a_command() -> None:
    fixes = {problem.fix for document in DOCUMENTS if document.refused for problem in document.problems()}
    assert [fix for fix in fixes if not fix.startswith("pulumi config ")] == []


def test_a_reason_stands_with_a_difference_from_istio_and_only_there() -> None:
    differing = {one.name for one in DOCUMENTS if bool(one.refused) != bool(one.istio_refuses)}
    assert {one.name for one in DOCUMENTS if one.why} == differing


def test_nothing_that_istio_refuses_is_taken() -> None:
    assert not [one.name for one in DOCUMENTS if one.istio_refuses and not one.refused], "that is what this is for"
