"""The bar on stderr."""

import io

from rich.console import Console

from checks.progress import shown


def drawn(*, terminal: bool) -> str:
    file = io.StringIO()
    with shown(100, Console(file=file, force_terminal=terminal, width=80)) as report:
        report("plain", 0)
        report("plain", 50)
    return file.getvalue()


def test_on_a_terminal_the_bar_counts_requests() -> None:
    assert "50/100" in drawn(terminal=True)


def test_without_a_terminal_nothing_is_written() -> None:
    assert drawn(terminal=False) == ""
