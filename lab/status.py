"""What `lab status` shows: processes with their memory, and where each image comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table

from lab import nodes, pulls
from lab.cluster import node_is_ready, process_state
from lab.network import Addresses
from lab.paths import NodePaths

MIB = 1024**2


@dataclass(frozen=True, kw_only=True)
class Report:
    """The state of a slot's node.

    Attributes:
        resident: bytes in memory of all processes of the node, pods included.
        images: reference to `genuine`, `lab build` or `stand-in`.
    """

    running: bool
    ready: bool
    api: str
    kubeconfig: str
    logs: str
    resident: int
    processes: dict[str, dict[str, Any]]
    images: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the report in the shape that scripts rely on."""
        return dict(vars(self))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Show the report as tables."""
        if not self.running:
            yield "the lab is down. Start it with: make lab"
            return
        yield f"the lab is {'up' if self.ready else 'running, but not ready'}: {self.api}"
        yield f"kubeconfig {self.kubeconfig}\nlogs       {self.logs}\nmemory     {self.resident / MIB:.0f} MiB resident"
        table = Table("process", "starts", "state", box=None, pad_edge=False)
        for name, process in self.processes.items():
            alive = "running" if process["pid"] else f"ended with {process['exit']}"
            table.add_row(name, str(process["starts"]), alive)
        yield table
        table = Table("image", "origin", box=None, pad_edge=False)
        for reference, origin in self.images.items():
            table.add_row(reference, origin)
        yield table


def describe(paths: NodePaths, slot: int) -> Report:
    """Look at a slot's node."""
    running = nodes.running(paths) is not None
    return Report(
        running=running,
        ready=running and node_is_ready(paths),
        api=Addresses(slot).api,
        kubeconfig=str(paths.kubeconfig),
        logs=str(paths.logs),
        resident=sum(map(_resident, nodes.members(slot))) if running else 0,
        processes=process_state(paths) if running else {},
        images=pulls.origin(paths) if running else {},
    )


def _resident(pid: int) -> int:
    try:
        rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("VmRSS:")), 0)
