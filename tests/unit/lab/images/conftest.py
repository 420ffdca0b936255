"""What the tests of the images share: a stand-in service on a free port."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from lab.images.bookinfo.message import Role
from lab.images.bookinfo.server import Server


@dataclass(frozen=True)
class Reply:
    """What a service answered."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Service:
    """A running service."""

    server: Server

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return self.server.server_port

    def get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Reply:
        """Ask it for a path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            answered = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, answered, response.read().decode())
        finally:
            connection.close()


@contextmanager
def _running(role: Role) -> Iterator[Service]:
    with Server(role, 0, "127.0.0.1") as server:
        thread = threading.Thread(target=server.serve_forever, args=(60,))
        thread.start()
        try:
            yield Service(server)
        finally:
            server.end()
            thread.join()


@pytest.fixture
def start() -> Iterator[Callable[[Role], Service]]:
    """Start services over real sockets; they end with the test."""
    with ExitStack() as stack:
        yield lambda role: stack.enter_context(_running(role))
