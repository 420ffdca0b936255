from pathlib import Path

import pytest
from pydantic import Field

from scripts import config_table
from settings.problem import Section

DOCUMENT = Path("docs/config.md")


def test_the_table_of_config_keys_is_what_the_models_say() -> None:
    assert DOCUMENT.read_text() == config_table.document(), (
        "a key changed; write the table anew: python -m scripts.config_table > docs/config.md"
    )


def test_no_key_comes_without_its_meaning() -> None:
    rows = [line for line in config_table.document().splitlines() if line.startswith("| `")]
    bare = [row for row in rows if row.rstrip("|").endswith("|  ")]
    assert not bare, f"fields without a description: {bare}"


def test_the_table_does_not_depend_on_whose_machine_wrote_it(monkeypatch: pytest.MonkeyPatch) -> None:
    here = config_table.document()
    monkeypatch.setenv("INCREMENTAL_ISTIO_CHARTS", "/somewhere/else")
    assert config_table.document() == here


class Leaf(Section):
    """What is inside."""

    size: int = Field(2, description="how big", ge=1, le=9)


class Tree(Section):
    """What is outside."""

    leaf: Leaf | None = Field(None, description="one")
    leaves: tuple[Leaf, ...] = Field((), description="many")
    named: dict[str, Leaf] = Field({}, description="by name")


def test_sections_in_lists_and_maps_get_a_table_each() -> None:
    lines = list(config_table._section("tree", Tree))
    headings = [line.strip() for line in lines if line.startswith("## ")]
    assert headings == ["## tree", "## tree.leaf", "## tree.leaves[]", "## tree.named.NAME"]


def test_a_number_is_shown_with_its_limits() -> None:
    assert "| `size` | integer, 1 to 9 | `2` | how big |" in list(config_table._section("leaf", Leaf))
