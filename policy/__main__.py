"""``python -m policy``: the command line and its exit codes.

Exit codes: 0 all rules hold, 1 a rule is broken, 2 nothing could be checked.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from policy import report, sources
from policy.rules import check

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

HOLDS, BROKEN, NOT_CHECKED = 0, 1, 2


@app.command()
def main(
    preview: Annotated[
        str | None, typer.Option(metavar="FILE", help=f"Output of `{sources.PREVIEW_COMMAND}`; - for stdin.")
    ] = None,
    render: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Folder of `make render`.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Check the project's rules on a preview, a render, or both; without either, on a preview from stdin.

    Exits with 0 where all rules hold, 1 where one is broken, 2 where nothing could be checked.
    """
    try:
        sets = [
            *([sources.from_preview(_text(preview or "-"))] if preview or not render else []),
            *([sources.from_render(render)] if render else []),
        ]
    except sources.InputError as error:
        typer.echo(f"policy: {error}", err=True)
        raise typer.Exit(NOT_CHECKED) from None
    # Each for itself: what only one of them has must not make up for its lack in the other.
    violations = [violation for found in sets for violation in check(found)]
    checked = sum(map(len, sets))
    if as_json:
        typer.echo(report.as_json(violations, checked))
    else:
        report.show(violations, checked, Console(highlight=False))
    raise typer.Exit(BROKEN if violations else HOLDS)


def _text(name: str) -> str:
    if name == "-":
        if sys.stdin.isatty():
            raise sources.InputError(f"nothing was piped into it; try: {sources.PREVIEW_COMMAND} | python -m policy")
        return sys.stdin.read()
    try:
        return Path(name).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise sources.InputError(f"{name} cannot be read: {error}") from error


if __name__ == "__main__":
    app(prog_name="python -m policy")
