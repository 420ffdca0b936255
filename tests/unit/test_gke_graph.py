"""The whole of what the target `gke` declares, held to a file that a reviewer reads."""

import difflib

from tests.unit.gke_graph import COMMAND, FILE, document
from tests.unit.story import tell_gke


def test_the_graph_is_the_reviewed_one() -> None:
    reviewed, declared = FILE.read_text(), document(tell_gke())
    changes = difflib.unified_diff(reviewed.splitlines(), declared.splitlines(), "reviewed", "declared", lineterm="")
    assert reviewed == declared, "\n".join([f"if it is meant so: {COMMAND}", *changes])
