"""A result for a person at a terminal of 80 columns or more.

Owns tables, bars and sentences. Colour is rich's decision: only on a terminal, never where
NO_COLOR is set. Texts from the network are never read as markup.
"""

from typing import Final

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from checks.measurement import PathResult, Result

_BAR: Final = 20
_ERRORS: Final = 8
_STYLES: Final = ("cyan", "magenta", "yellow", "blue", "green")


def show(result: Result, console: Console) -> None:
    """Print both paths, the extra hop and the verdict."""
    for path in (result.plain, result.gateway):
        console.print(_path(path, ascii_only=console.options.ascii_only))
    if result.extra_hop is not None:
        console.print(Text(f"Extra hop: the gateway path's p50 is {result.extra_hop:.2f} times the plain path's."))
    if result.holds:
        console.print(Text("Both verdicts hold.", style="bold green"))
    else:
        broken = [path.name for path in (result.plain, result.gateway) if not path.verdict.holds]
        console.print(Text(f"A verdict does not hold: {', '.join(broken)}.", style="bold red"))


def milliseconds(path: PathResult) -> str:
    """Return a path's latency as text, e.g. ``p50 3.1 ms, p99 8.0 ms``."""
    if path.tally.p50 is None or path.tally.p99 is None:
        return "no latency, as nothing was answered"
    return f"p50 {path.tally.p50:.1f} ms, p99 {path.tally.p99:.1f} ms"


def _path(path: PathResult, *, ascii_only: bool) -> Group:
    holds = path.verdict.holds
    title = Text.assemble(
        (path.name, "bold"),
        "  ",
        (path.url, "dim"),
        "  ",
        ("holds", "bold green") if holds else ("does not hold", "bold red"),
    )
    errors = "1 error" if path.tally.failed == 1 else f"{path.tally.failed} errors"
    lines = [Text(f"{path.tally.requests} requests, {errors}, {milliseconds(path)}")]
    lines += [Text(reason, style="red") for reason in path.verdict.reasons]
    return Group(
        title,
        *(Padding(line, (0, 0, 0, 2), expand=False) for line in lines),
        _versions(path, ascii_only=ascii_only),
        *([_errors(path)] if path.tally.errors else []),
    )


def _versions(path: PathResult, *, ascii_only: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=True)
    table.add_column("version", no_wrap=True, overflow="ellipsis", max_width=16)
    table.add_column("answers", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    if path.weights:
        table.add_column("weight", justify="right", no_wrap=True)
        table.add_column("allowed", justify="right", no_wrap=True)
    table.add_column("", width=_BAR, no_wrap=True)
    for index, version in enumerate(path.versions):
        share = path.percent(version)
        cells: list[Text | str] = [
            Text(version),
            str(path.tally.versions.get(version, 0)),
            f"{share:.1f} %",
        ]
        if path.weights:
            least, most = path.verdict.accepted.get(version, (0, 0))
            cells.append(f"{path.weights.get(version, 0)} %")
            # Where nothing was measured there is no count that an interval could speak of.
            allowed = f"{least}" if least == most else f"{least} to {most}"
            cells.append(allowed if path.verdict.accepted else "-")
        length = round(share * _BAR / 100) or int(share > 0)
        cells.append(Text(("#" if ascii_only else "█") * length, style=_STYLES[index % len(_STYLES)]))
        table.add_row(*cells)
    return table


def _errors(path: PathResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=True)
    table.add_column("errors", justify="right", no_wrap=True)
    table.add_column("what happened", overflow="fold")
    shown = list(path.tally.errors.items())[:_ERRORS]
    for text, requests in shown:
        table.add_row(str(requests), Text(text))
    rest = path.tally.failed - sum(requests for _, requests in shown)
    if rest:
        table.add_row(str(rest), "other errors; --json lists all")
    return table
