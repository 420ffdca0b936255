"""What a person sees while something takes long: steps with their times, and a bar.

Owns the output to standard error. On a terminal the step in hand is live; elsewhere its
line is written in two halves, and a line now and then shows that something goes on.
"""

import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

QUIET_SECONDS: Final = 30.0


class Steps:
    """Prints each step and how long it took; use as a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        """Write to standard error, or to a console of one's own."""
        self._console = console or Console(stderr=True, highlight=False)
        self._live: Progress | None = None
        self._step: str | None = None
        self._line_is_open = False
        self._entered = self._began = self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        """Start with no step."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the current step; an error ends it as failed."""
        self._end("failed after " if kind else "")

    @property
    def total(self) -> str:
        """How long all steps together took."""
        return _shown(time.monotonic() - self._entered)

    def say(self, message: str) -> None:
        """End the step before and begin this one."""
        self._end()
        self._step = message
        self._began = self._last_line = time.monotonic()
        if self._console.is_terminal:
            self._show(message, 0, None, SpinnerColumn(), TextColumn("{task.description}", markup=False))
        else:
            self._print(f"{message} ...", end="")
            self._line_is_open = True

    def note(self, message: str) -> None:
        """Say something that takes no time."""
        self._end()
        self._print(message)

    def count(self, what: str, done: int, total: int) -> None:
        """Show how far the current step is."""
        if self._console.is_terminal:
            if self._live is None or self._live.tasks[0].total is None:
                self._hide()
                what_column = TextColumn("{task.description}", markup=False)
                self._show(what, done, total, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), what_column)
            elif self._live:
                self._live.update(self._live.task_ids[0], description=what, completed=done)
        elif time.monotonic() - self._last_line > QUIET_SECONDS:
            self._last_line = time.monotonic()
            self._close_line()
            self._print(f"  {done} of {total} packages, {_shown(self._last_line - self._began)}: {what}")

    def _end(self, outcome: str = "") -> None:
        self._hide()
        if self._step is not None:
            seconds = _shown(time.monotonic() - self._began)
            self._print(f" {outcome}{seconds}" if self._line_is_open else f"{self._step} ... {outcome}{seconds}")
        self._step = None
        self._line_is_open = False

    def _show(self, what: str, done: int, total: int | None, *columns: ProgressColumn) -> None:
        self._live = Progress(*columns, console=self._console, transient=True)
        self._live.start()
        self._live.add_task(what, total=total, completed=done)

    def _hide(self) -> None:
        if self._live is not None:
            self._live.stop()
        self._live = None

    def _close_line(self) -> None:
        if self._line_is_open:
            self._print("")
        self._line_is_open = False

    def _print(self, text: str, end: str = "\n") -> None:
        self._console.print(text, end=end, markup=False, soft_wrap=True)
        self._console.file.flush()


def _shown(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"
