"""``python -m render``: the command line and its exit codes.

Exit codes: 0 written, 1 nothing was written, 2 wrong usage.
"""

import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer

from render import files, throwaway
from render.problem import RenderError

PROJECT: Final = Path(__file__).resolve().parents[1]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def main(
    stack: Annotated[str, typer.Argument(help="Stack whose config is rendered: Pulumi.STACK.yaml.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to.", show_default="build/render/STACK")] = None,
    project: Annotated[Path, typer.Option(help="Folder of the project.")] = PROJECT,
) -> None:
    """Write every Kubernetes object of a stack as YAML; no cluster is asked for, and the stack is not touched."""
    # A team's stack is ORGANISATION/PROJECT/NAME, and its file is called after the last.
    name = stack.rpartition("/")[2]
    target = out or project / "build" / "render" / name
    try:
        files.check_target(target)
        with tempfile.TemporaryDirectory(prefix="incremental-istio-render-") as scratch:
            ran = throwaway.run(project.resolve(), name, Path(scratch))
            found = files.read(ran.folder)
            kept = [one for one in found if one["kind"] != "Secret" and files.identity(one) not in ran.secret]
            written = files.write(kept, target)
    except RenderError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{target}: {len(written)} objects of stack {name}", err=True)
    for left_out in sorted(files.describe(one) for one in found if one not in kept):
        typer.echo(f"  left out, it has a secret in it: {left_out}", err=True)


if __name__ == "__main__":
    app(prog_name="python -m render")
