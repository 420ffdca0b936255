"""docs/traffic.md is config that is valid, and claims that have a test; the lab tests run both."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from settings import load
from tests.lab import documented

DOCUMENT = Path("docs/traffic.md").read_text()
CHAPTERS = re.findall(r"^## (.+)$", DOCUMENT, re.MULTILINE)
BLOCKS = {
    f"{chapter}, {name}": block for chapter in CHAPTERS for name, block in documented.blocks(DOCUMENT, chapter).items()
}
SECTIONS = re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
TESTS = {
    path.name: set(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))
    for path in Path("tests/lab").glob("test_*.py")
}


def _load(config: dict[str, Any]) -> Any:
    elsewhere = {"incremental-istio:target": "gke", "gcp:project": "my-project-123"}
    return load({**elsewhere, **{key: json.dumps(value) for key, value in config.items()}})


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_each_block_is_valid_by_itself(block: dict[str, Any]) -> None:
    loaded = _load(block)
    for key, named in block.items():
        assert getattr(loaded, key.removeprefix("incremental-istio:")).keys() >= named.keys()


def test_the_blocks_of_the_routing_chapter_are_valid_together() -> None:
    assert _load(documented.merged(documented.blocks(DOCUMENT, "Routing")))


@pytest.mark.parametrize("text", [text for _, text in SECTIONS], ids=[heading for heading, _ in SECTIONS])
def test_each_section_says_what_it_declares_and_what_proves_it(text: str) -> None:
    assert "Declares" in text and re.search(r"^- `test_\w+`", text, re.MULTILINE)


def test_each_proof_is_a_test_of_the_lab() -> None:
    named = set(re.findall(r"`(test_\w+)`", DOCUMENT))
    assert named <= set().union(*TESTS.values()), "named, and not there"


@pytest.mark.parametrize("tests", ["test_6_traffic.py", "test_7_endpoints.py"])
def test_each_test_with_traffic_is_named_as_a_proof(tests: str) -> None:
    assert TESTS[tests] <= set(re.findall(r"`(test_\w+)`", DOCUMENT))
