"""How far a measurement is, on stderr, for a person only.

Owns the bar. Where stderr is not a terminal it shows nothing, so that a log stays a log.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from checks.measurement import PathName
from checks.measurement import Progress as Report


@contextmanager
def shown(requests: int, console: Console) -> Iterator[Report]:
    """Yield what a measurement reports its progress to.

    Args:
        requests: requests on each path.
        console: of stderr.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
    with bar:
        tasks = {}

        def report(path: PathName, sent: int) -> None:
            if path not in tasks:
                tasks[path] = bar.add_task(f"{path}: waiting for an answer", total=requests)
            if sent:
                bar.update(tasks[path], advance=sent, description=f"{path}: requests")

        yield report
