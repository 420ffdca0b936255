"""What `lab status` shows: processes with their memory, and where each image comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table

from lab import nodes, procfs, pulls
from lab.cluster import is_up, process_state
from lab.network import Addresses
from lab.paths import NodePaths

MIB: Final = 1024**2


@dataclass(frozen=True, kw_only=True)
class Report:
    """The state of a slot's node.

    Attributes:
        ready: all processes run, the images are there, and Kubernetes calls the node Ready.
        resident: bytes in memory of all processes of the node, pods included.
        images: reference to `genuine`, `lab build` or `stand-in`.
        pulls: why no more images are genuine; empty when all are.
    """

    running: bool
    ready: bool
    api: str
    kubeconfig: str
    logs: str
    resident: int
    processes: dict[str, dict[str, Any]]
    images: dict[str, str]
    pulls: str

    def as_json(self) -> dict[str, Any]:
        """Return the report in the shape that scripts rely on."""
        return dict(vars(self))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Show the report as tables."""
        if not self.running:
            yield "the lab is down. Start it with: make lab"
            return
        yield f"the lab is {'up' if self.ready else 'running, but not ready'}: {self.api}"
        yield f"kubeconfig {self.kubeconfig}\nlogs       {self.logs}"
        yield f"memory     {self.resident / MIB:.0f} MiB resident\n"
        table = Table("process", "starts", "state", box=None, pad_edge=False)
        for name, process in self.processes.items():
            table.add_row(name, str(process["starts"]), _state(process))
        yield table
        yield ""
        table = Table("image", "origin", box=None, pad_edge=False)
        for reference, origin in self.images.items():
            table.add_row(reference, origin)
        yield table
        if self.pulls:
            yield f"\nno more genuine images: {self.pulls}"


def describe(paths: NodePaths, slot: int) -> Report:
    """Look at a slot's node."""
    running = nodes.running(paths) is not None
    return Report(
        running=running,
        ready=running and is_up(paths),
        api=Addresses(slot).api,
        kubeconfig=str(paths.kubeconfig),
        logs=str(paths.logs),
        resident=sum(map(procfs.resident, nodes.members(slot))) if running else 0,
        processes=process_state(paths) if running else {},
        images=pulls.origin(paths) if running else {},
        pulls=pulls.recorded(paths).stopped if running else "",
    )


def _state(process: dict[str, Any]) -> str:
    if process["pid"]:
        return "running"
    if process["exit"] is None:
        return "not started yet"
    return "done" if process["exit"] == 0 else f"ended with {process['exit']}"
