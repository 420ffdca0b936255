from pathlib import Path

from tests.corpus.table import document


def test_the_documented_differences_from_istio_are_those_of_the_corpus() -> None:
    assert Path("docs/validation.md").read_text() == document(), (
        "the corpus changed; write the table anew: python -m tests.corpus.table > docs/validation.md"
    )
