"""A chapter of docs/traffic.md on the lab: its routes, up, and a backend behind each of them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.lab import documented
from tests.lab.backend import Backend
from tests.lab.conftest import PROJECT, Stack
from tests.lab.traffic import Caller, Reply, until

DOCUMENT = PROJECT / "docs/traffic.md"
# From the API server to istiod to the gateway; 0.2 s on a machine with nothing else to do.
FOLLOWS_SECONDS = 20


@dataclass(frozen=True)
class Shop:
    """What callers see of it: the gateway's address."""

    stack: Stack
    backend: Backend
    address: str

    def ask(self, path: str, **how: Any) -> Reply:
        """Send one request to the gateway."""
        with Caller(self.address) as caller:
            return caller.ask(path, **how)

    def ask_often(self, path: str, times: int, **how: Any) -> list[Reply]:
        """Send the same request many times, over one connection."""
        with Caller(self.address, keep=True) as caller:
            return caller.ask_often(times, path, **how)

    def split(self, route: str, **weights: int) -> None:
        """Change a route's split, bring it up, and wait until answers come from exactly its versions."""
        keys = [f"incremental-istio:routes.{route}.split.{subset}={weight}" for subset, weight in weights.items()]
        self.stack.pulumi("config", "set-all", "--path", *(f"--plaintext={key}" for key in keys))
        self.stack.up()
        expected = {subset for subset, weight in weights.items() if weight}
        until(
            lambda: {reply.version for reply in self.ask_often(f"/{route}", 40)},
            lambda seen: seen == expected, FOLLOWS_SECONDS, f"{route} is answered by {expected}",
        )  # fmt: skip

    def is_there(self, route: str) -> None:
        """Wait until the gateway knows a route, and what is behind it."""
        until(lambda: self.ask(f"/{route}").status, lambda status: status in {200, 302}, FOLLOWS_SECONDS, route)


@contextmanager
def opened(stack: Stack, chapter: str) -> Iterator[Shop]:
    """Bring every route of a chapter up with one `pulumi up`; in the end the stack is as it was."""
    config = documented.merged(documented.blocks(DOCUMENT.read_text(), chapter))
    backend = Backend(stack.lab)
    services = documented.services(config, backend.namespace)
    backend.deploy(services=services)
    with up(stack, backend, config) as shop:
        for service in services:
            shop.is_there(service)
        yield shop


@contextmanager
def up(stack: Stack, backend: Backend, config: Mapping[str, Any]) -> Iterator[Shop]:
    """Bring config up over the stack's own, before a backend that runs; in the end the stack is as it was."""
    stack_file = stack.folder / "Pulumi.local.yaml"
    before = stack_file.read_text()
    try:
        documented.add(stack_file, config)
        stack.up()
        gateway = json.loads(stack.pulumi("stack", "output", "gateway", "--json").stdout)
        yield Shop(stack, backend, gateway["outside"])
    finally:
        stack_file.write_text(before)
        stack.up()
        backend.remove()
