"""A kubeconfig, and a server on the loopback interface that answers as a Kubernetes API would, with and without."""

import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import yaml

# TEST-NET-1: nobody is there, so whatever asks it waits. Tests never do.
CLUSTER = {"server": "https://192.0.2.1:6443"}
USER = {"token": "not-a-secret"}


def kubeconfig(
    path: Path,
    cluster: Mapping[str, Any] = CLUSTER,
    user: Mapping[str, Any] = USER,
    *,
    current: str = "lab",
    without: str = "",
) -> Path:
    """Write a kubeconfig with the contexts `lab`, the current one, and `other`; `without` empties one of its lists."""
    content: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": current,
        "contexts": [
            {"name": "lab", "context": {"cluster": "lab", "user": "admin", "namespace": "demo"}},
            {"name": "other", "context": {"cluster": "prod", "user": "root"}},
        ],
        "clusters": [
            {"name": "lab", "cluster": dict(cluster)},
            {"name": "prod", "cluster": {"server": "https://prod"}},
        ],
        "users": [{"name": "admin", "user": dict(user)}, {"name": "root", "user": {"token": "of-production"}}],
    }
    path.write_text(yaml.safe_dump(content | ({without: []} if without else {})))
    return path


class _Handler(http.server.BaseHTTPRequestHandler):
    status: ClassVar[int] = 200
    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep the test run's output clean."""


@contextmanager
def answering(status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """Serve until the block ends; hand out the URL and the paths that were asked for."""
    paths: list[str] = []
    handler = type("Handler", (_Handler,), {"status": status, "asked": paths})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", paths
        finally:
            server.shutdown()
            thread.join()
