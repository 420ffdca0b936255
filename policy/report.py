"""What a person or a script is told."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from policy.rules import RULES
from policy.violation import Violation


def show(violations: Sequence[Violation], checked: int, console: Console) -> None:
    """Tell a person: each violation with its object, fact and fix; otherwise one line."""
    if not violations:
        console.print(f"policy: {counted(checked, 'object')}, and all {len(RULES)} rules hold", soft_wrap=True)
        return
    console.print(f"policy: {counted(len(violations), 'violation')} in {counted(checked, 'object')}", style="red")
    for violation in violations:
        head = Text.assemble("\n  ", (violation.rule, "bold red"), "  ", (str(violation.declared), "bold"))
        if violation.declared.source != violation.declared.name:
            head.append(f"  ({violation.declared.source})")
        # Not wrapped, so that a command can be copied out of it.
        console.print(head, soft_wrap=True)
        console.print(f"    {violation.fact}", markup=False, soft_wrap=True)
        console.print(f"    fix: {violation.fix}", markup=False, soft_wrap=True)


def as_json(violations: Sequence[Violation], checked: int) -> str:
    """Return one JSON object for a script."""
    found: list[dict[str, Any]] = [
        {
            "rule": violation.rule,
            "object": {
                "kind": violation.declared.kind,
                "namespace": violation.declared.namespace,
                "name": violation.declared.name,
            },
            "source": violation.declared.source,
            "fact": violation.fact,
            "fix": violation.fix,
        }
        for violation in violations
    ]
    rules = {rule.name: rule.promise for rule in RULES}
    return json.dumps({"holds": not found, "objects": checked, "rules": rules, "violations": found}, indent=2)


def counted(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
