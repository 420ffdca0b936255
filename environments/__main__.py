"""``python -m environments``: the command line and its exit codes.

Exit codes: 0 done, 1 it could not be done, or not for all, 2 it cannot be asked for.
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from environments import cli, folder, store, teardown
from environments import heal as healing
from environments.errors import EnvironmentsError, RefusedError
from environments.report import table

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Environments that come and go: create, list, sweep, destroy, heal.",
)  # fmt: skip
Name = Annotated[str, typer.Argument(help="Name of the stack.")]

NOT_DONE, REFUSED = 1, 2
TEMPLATE = "Pulumi.pr.yaml.template"


@app.command()
def create(
    name: Name,
    template: Annotated[
        Path | None, typer.Option(help="Config with placeholders for the stack.", show_default=TEMPLATE)
    ] = None,
    ttl: Annotated[str, typer.Option(help="How long it may live before a sweep takes it: 72h, 3d.")] = "72h",
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
) -> None:
    """Make a stack from a template config; one that is there gets its config, TTL and owner anew.

    `pulumi up --stack NAME`, or `make up STACK=NAME`, then brings it up.
    """
    # The rules are those of the stack's settings, and bring Pulumi's SDK along: half a second that only this pays.
    from environments import creation, request

    pulumi = _pulumi()
    asked = request.read(name, ttl, owner, template or pulumi.folder / TEMPLATE, os.environ)
    made = creation.create(pulumi, asked, _now())
    _say(f"environment {name} {'is made' if made else 'was there; its config is written anew'}; TTL {ttl}")
    _say(f"next: make up STACK={name}")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else.")] = False) -> None:  # noqa: FBT002 - a flag
    """Show the stacks with age, TTL, expiry, owner, and how many resources they have."""
    found, now = store.all_of(_pulumi()), _now()
    if as_json:
        print(json.dumps([environment.as_json(now) for environment in found], indent=2))
    elif found:
        Console(highlight=False).print(table(found, now))
    else:
        _say("there is no environment")


@app.command()
def sweep(dry_run: Annotated[bool, typer.Option(help="Only tell which ones.")] = False) -> None:  # noqa: FBT002 - a flag
    """Destroy the environments past their TTL; never one without a TTL.

    Exits with 1 where one could not be destroyed, after all the others.
    """
    pulumi = _pulumi()
    due = teardown.past_their_time(pulumi, _now())
    if dry_run or not due:
        print("\n".join(environment.name for environment in due), end="\n" if due else "")
        _say(f"{len(due)} would be destroyed" if due else "no environment is past its time")
        return
    swept = teardown.sweep(pulumi, due, _say)
    _say(f"gone: {', '.join(swept.gone) or 'none'}")
    if swept.failed:
        told = "\n".join(f"  - {name}: {why}" for name, why in swept.failed.items())
        raise EnvironmentsError(f"not destroyed: {', '.join(swept.failed)}\n{told}")


@app.command()
def destroy(
    name: Name,
    keep_stack: Annotated[bool, typer.Option(help="Leave the empty stack with its history and config.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Destroy all that a stack runs, then the stack. A cluster that is lost is no obstacle."""
    there = teardown.destroy(_pulumi(), name, _say, keep_stack=keep_stack)
    _say(f"{name} is gone" if there else f"{name} is gone already")


@app.command()
def heal(name: Name) -> None:
    """Put right what a killed run left behind: its lock, and objects that the state does not know."""
    for done in healing.heal(_pulumi(), name):
        _say(done)


def main() -> None:
    """Run the command line; a foreseen stop is told in its own words, without a traceback."""
    try:
        app(prog_name="python -m environments")
    except EnvironmentsError as error:
        Console(stderr=True, highlight=False).print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(REFUSED if isinstance(error, RefusedError) else NOT_DONE)


def _pulumi() -> cli.Pulumi:
    """Return the pulumi to work with, and a backend that it can read."""
    pulumi = cli.find()
    for done in folder.mend(pulumi):
        _say(done)
    return pulumi


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
