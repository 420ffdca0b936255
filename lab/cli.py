"""The command line of the lab: up, down, status, kubeconfig, env, toolchain.

Owns what a person types and sees. Exit codes: 0 done (for `status`: running and ready),
1 it could not be done (for `status`: not running), 2 wrong usage.
"""

import json
import os
import shlex
import sys
from typing import Annotated

import typer
from rich.console import Console

from lab import machine, nodes, pulls, toolchain
from lab.cluster import node_is_ready, wait_until_ready
from lab.errors import LabError
from lab.images import build as build_images
from lab.network import SLOTS, Addresses
from lab.paths import PROJECT, NodePaths, cache
from lab.status import describe
from lab.terminal import Steps

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__.splitlines()[0], rich_markup_mode=None)
Slot = Annotated[
    int,
    typer.Option(
        "--slot",
        envvar="INCREMENTAL_ISTIO_SLOT",
        min=0,
        max=SLOTS - 1,
        help="Which of the labs on this machine; each has its own addresses, processes and data.",
    ),
]


@app.command()
def up(slot: Slot = 0) -> None:
    """Bring the node up; on a running one, return at once."""
    paths = NodePaths.of(slot)
    with Steps() as steps:
        if nodes.running(paths) and node_is_ready(paths):
            _say(f"the lab is up already; kubeconfig: {paths.kubeconfig}")
            return
        machine.check(build=not toolchain.is_built(), report=steps.say)
        with nodes.locked(paths):
            tools = toolchain.ensure(steps)
            archive = build_images(toolchain=tools, cache=cache(), report=steps.say)
            if nodes.end(paths, slot):
                steps.say("taking away what an earlier node left behind")
            steps.say("starting the node")
            nodes.start(paths, slot, tools, archive, machine.snapshotter(paths.folder))
            wait_until_ready(paths)
            steps.say("asking for the genuine images")
            pulls.pull(paths)
    _say(f"the lab is up: Kubernetes at {Addresses(slot).api}\nkubeconfig: {paths.kubeconfig}")


@app.command()
def down(slot: Slot = 0) -> None:
    """End the node and take away its processes, mounts, network, cgroups and data."""
    paths = NodePaths.of(slot)
    if not paths.folder.parent.exists():
        _say("there is no lab")
        return
    with nodes.locked(paths):
        ended = nodes.end(paths, slot)
    paths.lock.unlink(missing_ok=True)
    nodes.remove_if_empty(paths.folder.parent)
    _say("the lab is gone" if ended else "there is no lab")


@app.command()
def status(
    slot: Slot = 0,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one JSON object.")] = False,
) -> None:
    """Show the node's processes, memory, and which images are genuine."""
    report = describe(NodePaths.of(slot), slot)
    if as_json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        Console(highlight=False).print(report)
    raise typer.Exit(0 if report.ready else 1)


@app.command()
def kubeconfig(slot: Slot = 0) -> None:
    """Print the path of the administrator's kubeconfig."""
    paths = NodePaths.of(slot)
    if not paths.kubeconfig.exists():
        raise LabError(f"there is no lab in slot {slot}. Fix: {_command()} up")
    print(paths.kubeconfig)


@app.command()
def env(slot: Slot = 0) -> None:
    """Print what a shell needs for pulumi and kubectl to work with the lab: eval "$(python -m lab env)"."""
    with Steps() as steps:
        tools = toolchain.ensure(steps)
    settings = {
        "KUBECONFIG": str(NodePaths.of(slot).kubeconfig),
        "INCREMENTAL_ISTIO_CHARTS": str(tools / "charts"),
        **pulumi_environment(),
    }
    for name, value in settings.items():
        print(f"export {name}={shlex.quote(value)}")
    print(f'export PATH={shlex.quote(str(PROJECT / ".venv/bin"))}:{shlex.quote(str(tools))}:"$PATH"')


@app.command("toolchain")
def build_toolchain() -> None:
    """Build, or find, the programs the lab is made of; print their folder."""
    with Steps() as steps:
        machine.check(build=not toolchain.is_built(), report=steps.say)
        tools = toolchain.ensure(steps)
    print(tools)


def pulumi_environment() -> dict[str, str]:
    """Return the settings of a Pulumi without an account: state in a folder of the project."""
    defaults = {
        "PULUMI_BACKEND_URL": (PROJECT / ".state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    return {name: os.environ.get(name, value) for name, value in defaults.items()}


def main() -> None:
    """Run the command line; a foreseen stop is told in its own words, without a traceback."""
    try:
        app()
    except LabError as error:
        Console(stderr=True, highlight=False).print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)


def _command() -> str:
    return "python -m lab"


def _say(message: str) -> None:
    print(message, file=sys.stderr)
