import threading
from collections.abc import Iterator

import pytest

from tests.lab.echo import Server
from tests.lab.traffic import Caller


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    with Server(0, "v1", "echo-v1-x") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)


@pytest.fixture(name="caller")
def _caller(server: Server) -> Iterator[Caller]:
    with Caller("127.0.0.1", server.server_port) as caller:
        yield caller
