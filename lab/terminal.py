"""What a person sees while something takes long: steps with their times, and a bar.

Owns the output to standard error. On a terminal there is a live bar; elsewhere, a line
now and then, so that a CI log shows that something goes on.
"""

import sys
import time
from types import TracebackType
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

QUIET_SECONDS: Final = 30.0


class Steps:
    """Prints each step and how long it took; use as a context manager."""

    def __init__(self) -> None:
        """Write to standard error."""
        self._console = Console(stderr=True, highlight=False)
        self._bar: Progress | None = None
        self._step: str | None = None
        self._began = self._last_line = time.monotonic()

    def __enter__(self) -> "Steps":
        """Start with no step."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the current step; an error ends it as failed."""
        self._end("failed after" if kind else "")

    def say(self, message: str) -> None:
        """End the step before and begin this one."""
        self._end()
        self._step = message
        self._began = self._last_line = time.monotonic()
        if not self._console.is_terminal:
            self._console.print(f"{message} ...", markup=False, soft_wrap=True)

    def count(self, what: str, done: int, total: int) -> None:
        """Show how far the current step is."""
        if self._console.is_terminal:
            self._show_bar(what, done, total)
        elif time.monotonic() - self._last_line > QUIET_SECONDS:
            self._last_line = time.monotonic()
            self._console.print(
                f"  {done} of {total} packages, {self._seconds()}: {what}", markup=False, soft_wrap=True
            )

    def _show_bar(self, what: str, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = Progress(
                TextColumn("  "), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"),
                console=self._console, transient=True,
            )  # fmt: skip
            self._bar.start()
            self._bar.add_task(what, total=total)
        self._bar.update(self._bar.task_ids[0], description=what, completed=done)

    def _end(self, outcome: str = "") -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        if self._step is not None:
            self._console.print(
                f"{self._step}: {outcome} {self._seconds()}".replace("  ", " "), markup=False, soft_wrap=True
            )
        self._step = None
        sys.stderr.flush()

    def _seconds(self) -> str:
        seconds = time.monotonic() - self._began
        return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"  # noqa: PLR2004
