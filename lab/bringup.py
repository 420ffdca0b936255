"""How a node comes up: an ordered list of small steps."""

from typing import Final

from lab import machine, nodes, pulls, toolchain
from lab.cluster import wait_until_ready
from lab.errors import CommandError
from lab.images import build as build_images
from lab.locks import held
from lab.paths import NodePaths, cache
from lab.terminal import Steps

# For a node that was ready before, or whose `up` was killed half way. Measured: 7 to 10 s from nothing.
MEND_SECONDS: Final = 30.0


def bring_up(paths: NodePaths, slot: int, steps: Steps) -> None:
    """Bring the node up, whatever an earlier one left behind.

    Raises:
        LabError: what stops it, and the way on.
    """
    machine.check(paths, build=not toolchain.is_built(), report=steps.say)
    with held(paths.lock):
        if not _gets_ready(paths, steps):
            _start(paths, slot, steps)
        if not paths.pulls.exists():
            steps.say("asking for the genuine images")
            pulled = pulls.pull(paths)
            if pulled.stopped:
                steps.note(f"  {len(pulled.genuine)} to be had, the lab's own for the rest; `lab status` says why")


def _gets_ready(paths: NodePaths, steps: Steps) -> bool:
    """Wait for a node that runs already, rather than throw away what is deployed to it."""
    if not nodes.complete(paths):
        return False
    steps.say("waiting for the node, which runs but is not ready")
    try:
        wait_until_ready(paths, MEND_SECONDS)
    except CommandError:
        steps.note("  it does not get ready: starting anew")
        return False
    return True


def _start(paths: NodePaths, slot: int, steps: Steps) -> None:
    tools = toolchain.ensure(steps)
    archive = build_images(toolchain=tools, cache=cache(), report=steps.say)
    if paths.folder.exists():
        steps.say("taking away what an earlier node left behind")
    nodes.end(paths, slot)
    steps.say("starting the node")
    nodes.start(paths, slot, tools, archive, machine.snapshotter(paths.folder))
    steps.say("waiting until it is Ready and has the images")
    wait_until_ready(paths)
