"""A one-node Kubernetes on this machine, without Docker.

Owns what a person types and sees. Exit codes: 0 done (for `status`: running and ready),
1 it could not be done (for `status`: not running or not ready), 2 wrong usage.
"""

import errno
import json
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from environments import backend
from lab import golang, machine, nodes, toolchain
from lab.bringup import bring_up
from lab.cluster import is_up
from lab.errors import LabError
from lab.locks import held
from lab.network import SLOTS, Addresses
from lab.paths import PROJECT, NodePaths, cache
from lab.status import describe
from lab.terminal import Steps

COMMAND = "python -m lab"
EPILOG = (
    "Exit codes: 0 done, 1 it could not be done (status: not ready), 2 wrong usage. Settings: INCREMENTAL_ISTIO_LAB, "
    "the folder of the nodes' data (/var/lib/incremental-istio); INCREMENTAL_ISTIO_CACHE, that of what is built once: "
    "programs, images (~/.cache/incremental-istio)."
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=(__doc__ or "").splitlines()[0],
    epilog=EPILOG,
    rich_markup_mode=None,
)
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
AsJson = Annotated[bool, typer.Option("--json", help="For scripts: one JSON object.")]


@app.command()
def up(slot: Slot = 0) -> None:
    """Bring the node up; on a running one, return at once."""
    paths = NodePaths.of(slot)
    with Steps() as steps:
        if is_up(paths):
            _say(f"the lab is up already; kubeconfig: {paths.kubeconfig}")
            return
        bring_up(paths, slot, steps)
    _say(f"the lab is up after {steps.total}: Kubernetes at {Addresses(slot).api}\nkubeconfig: {paths.kubeconfig}")


@app.command()
def down(slot: Slot = 0) -> None:
    """End the node and take away its processes, mounts, network, cgroups and data."""
    paths = NodePaths.of(slot)
    with held(paths.lock, remove=True):
        ended = nodes.end(paths, slot)
    nodes.remove_if_empty(paths.folder.parent)
    _say("the lab is gone" if ended else "there is no lab")


@app.command()
def status(slot: Slot = 0, *, as_json: AsJson = False) -> None:
    """Show the node's processes, memory, and which images are genuine."""
    report = describe(NodePaths.of(slot), slot)
    if as_json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        Console(highlight=False, markup=False, soft_wrap=True).print(report)
    raise typer.Exit(0 if report.ready else 1)


@app.command()
def kubeconfig(slot: Slot = 0) -> None:
    """Print the path of the administrator's kubeconfig."""
    paths = NodePaths.of(slot)
    if not paths.kubeconfig.exists():
        raise LabError(f"there is no lab in slot {slot}. Fix: {COMMAND} up --slot {slot}")
    print(paths.kubeconfig)


@app.command()
def env(slot: Slot = 0) -> None:
    """Print what a shell needs for pulumi and kubectl to work with the lab: eval "$(python -m lab env)"."""
    tools = _toolchain()
    settings = {
        "KUBECONFIG": str(NodePaths.of(slot).kubeconfig),
        "INCREMENTAL_ISTIO_CHARTS": str(tools / "charts"),
        **backend.unless_chosen(PROJECT, os.environ, heed_login=False),
        "PULUMI_SKIP_UPDATE_CHECK": os.environ.get("PULUMI_SKIP_UPDATE_CHECK", "true"),
        # By default four steps at once for each core: on two cores those that wait for a Deployment stop all others.
        "PULUMI_PARALLEL": os.environ.get("PULUMI_PARALLEL", "64"),
        **_around_the_proxy(slot),
    }
    for name, value in settings.items():
        print(f"export {name}={shlex.quote(value)}")
    print(f'export PATH={shlex.quote(str(PROJECT / ".venv/bin"))}:{shlex.quote(str(tools))}:"$PATH"')


@app.command("toolchain")
def build_toolchain() -> None:
    """Build, or find, the programs the lab is made of; print their folder."""
    print(_toolchain())


@app.command("compiler")
def go_compiler() -> None:
    """Print the path of a Go compiler that is new enough; install one beside this Python where there is none."""
    cache().mkdir(parents=True, exist_ok=True)
    print(golang.compiler(cache() / "go-install.log"))


def main() -> None:
    """Run the command line; a foreseen stop is told in its own words, without a traceback."""
    try:
        app()
    except LabError as error:
        _fail(str(error))
    except OSError as error:
        # A full disk, a folder that is a file, no permission: the kernel's words and the path say it.
        where = f": {error.filename}" if error.filename else ""
        fix = f". Fix: free some; `{COMMAND} down` gives back what a node takes" if error.errno == errno.ENOSPC else ""
        _fail(f"{error.strerror or error}{where}{fix}")


def _toolchain() -> Path:
    with Steps() as steps:
        if not toolchain.is_built():
            machine.check_build()
        return toolchain.ensure(steps)


def _around_the_proxy(slot: int) -> dict[str, str]:
    """Return what keeps pulumi and kubectl from asking a web proxy for the node, where there is one."""
    if not any(os.environ.get(name) or os.environ.get(name.lower()) for name in ("HTTPS_PROXY", "ALL_PROXY")):
        return {}
    before = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    without = ",".join(filter(None, (before, Addresses(slot).node)))
    return {"NO_PROXY": without, "no_proxy": without}


def _fail(text: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(f"error: {text}", style="red", markup=False, soft_wrap=True)
    sys.exit(1)


def _say(message: str) -> None:
    print(message, file=sys.stderr)
