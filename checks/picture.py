"""A result as a chart: each version's share on both paths, and what the weights allow.

Owns the drawing. matplotlib is imported when a chart is asked for and not before: it takes
longer to load than everything else together.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checks.measurement import PathResult, Result
from checks.report import milliseconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ANSWERED: Final = "#2b6cb0"
_REFUSED: Final = "#c2410c"
_ALLOWED: Final = "#fbd38d"
_INK: Final = "#1f2933"
_QUIET: Final = "#616e7c"
_GRID: Final = "#e4e7eb"

# Inches. Everything is placed in inches from the top: text never meets text, however many bars there are.
_WIDTH: Final = 8.0
_MARGIN: Final = 0.35
_TITLES: Final = 0.8
_ROW: Final = 0.42
_FOOT: Final = 0.75
_LETTER: Final = 0.085

# What fits into the width in the title's and the labels' type.
_TITLE_LETTERS: Final = 76
_LABEL_LETTERS: Final = 20
# Percent of the axis that a bar's text takes.
_VALUE: Final = 20


def save(result: Result, file: Path) -> None:
    """Write the chart; the suffix of the file is the format.

    Raises:
        OSError: the file cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    paths = (result.plain, result.gateway)
    height = sum(_height(path) for path in paths) + _MARGIN
    # Text stays text in an SVG, to be searched and copied; a fixed salt makes equal results equal files.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "checks", "font.size": 10}):
        figure = Figure(figsize=(_WIDTH, height), facecolor="white")
        FigureCanvasAgg(figure)
        top = height - _MARGIN / 2
        longest = max(len(_cut(version, _LABEL_LETTERS)) for path in paths for version in path.versions)
        for path in paths:
            _panel(figure, path, top, _MARGIN + 0.15 + longest * _LETTER)
            top -= _height(path)
        svg = file.suffix.lower() == ".svg"
        metadata: dict[str, Any] = {"Date": None} if svg else {}
        figure.savefig(file, dpi=160, format="svg" if svg else "png", metadata=metadata)


def headline(path: PathResult) -> str:
    """Return a path's title: a sentence that says what was found."""
    start = "Straight to the Service" if path.name == "plain" else "Through the gateway"
    if not path.verdict.holds:
        more = len(path.verdict.reasons) - 1
        end = f" (+{more} more)" if more else ""
        where = "Service" if path.name == "plain" else "Gateway"
        return _cut(f"{where}: {path.verdict.reasons[0]}", _TITLE_LETTERS - len(end)) + end
    if path.name == "plain":
        return _cut(f"{start}, {_listed(path.expected)} answer", _TITLE_LETTERS)
    if len(path.expected) == 1:
        return _cut(f"{start}, only {path.expected[0]} answers", _TITLE_LETTERS)
    return _cut(f"{start}, {_listed(path.expected)} answer as weighted", _TITLE_LETTERS)


def _height(path: PathResult) -> float:
    return _TITLES + _ROW * len(path.versions) + _FOOT


def _panel(figure: "Figure", path: PathResult, top: float, left: float) -> None:
    """Draw one path; ``top`` and ``left`` are inches from the figure's lower left corner."""
    height = figure.get_size_inches()[1]
    bars = _ROW * len(path.versions)
    bottom = top - _TITLES - bars

    def text(words: str, y: float, **style: Any) -> None:  # noqa: ANN401 - matplotlib's own keywords
        figure.text(_MARGIN / _WIDTH, y / height, words, va="baseline", **style)

    errors = "1 error" if path.tally.failed == 1 else f"{path.tally.failed} errors"
    colour = _INK if path.verdict.holds else _REFUSED
    text(headline(path), top - 0.36, fontsize=11.5, fontweight="bold", color=colour)
    text(
        f"{path.tally.requests} requests, {errors}, {milliseconds(path)}",
        top - 0.6,
        fontsize=9.5,
        color=_QUIET,
    )
    note = "Share of the answers."
    if path.verdict.accepted:
        note += " Line: the weight. Band: what chance allows around it."
    text(note, bottom - 0.5, fontsize=8.5, color=_QUIET)
    width = _WIDTH - left - _MARGIN
    _bars(figure.add_axes((left / _WIDTH, bottom / height, width / _WIDTH, bars / height)), path)


def _bars(axes: "Axes", path: PathResult) -> None:
    for row, version in enumerate(path.versions):
        share = end = path.percent(version)
        answers = path.tally.versions.get(version, 0)
        least, most = path.verdict.accepted.get(version, (0, 0))
        right = not path.verdict.accepted or least <= answers <= most
        axes.barh(row, share, height=0.5, color=_ANSWERED if right else _REFUSED, zorder=3)
        if path.verdict.accepted and path.weights.get(version):
            low, high = (100 * count / max(path.tally.answered, 1) for count in (least, most))
            axes.barh(row, high - low, left=low, height=0.84, color=_ALLOWED, zorder=2)
            axes.plot([path.weights[version]] * 2, [row - 0.42, row + 0.42], color=_INK, lw=1.8, zorder=4)
            # Beside the bar, unless the band is in the way.
            end = max(share, high) if share > low - _VALUE else share
        axes.text(end + 1, row, f"{share:.1f} %  ({answers})", va="center", color=_INK, zorder=5)
    labels = [_cut(version, _LABEL_LETTERS) for version in path.versions]
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    # Room on the right for the text of a bar of 100 %.
    axes.set_xlim(0, 120)
    axes.set_xticks(range(0, 101, 25), [f"{percent} %" for percent in range(0, 101, 25)])
    axes.grid(axis="x", color=_GRID)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=_INK)
    axes.spines[:].set_visible(False)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _listed(versions: tuple[str, ...]) -> str:
    return ", ".join(versions[:-1]) + f" and {versions[-1]}" if len(versions) > 1 else "".join(versions)
