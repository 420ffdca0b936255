"""An API server that knows two calls: list pods, and exec, which runs the command on this machine.

It speaks the real protocol (HTTP, then a WebSocket with the exec channels), so that the
Kubernetes client in the tests is the real one.
"""

import base64
import hashlib
import json
import shutil
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "the-token-that-no-message-shows"

BREAK_OFF = "break-off"


def pod(name: str, app: str, version: str | None = None, phase: str = "Running") -> dict[str, Any]:
    """Return a pod as the API server writes it."""
    labels = {"app": app} | ({"version": version} if version else {})
    containers = [{"name": app, "image": "image"}]
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": {"containers": containers},
        "status": {"phase": phase},
    }


@contextmanager
def serving(pods: list[dict[str, Any]]) -> Iterator[str]:  # noqa: C901 - a server in one piece
    """Yield the address of a server that has these pods."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self._send(403, b"{}")
            elif parts.path.endswith("/exec"):
                self._exec(query["command"])
            else:
                app = query["labelSelector"][0].removeprefix("app=")
                items = [item for item in pods if item["metadata"]["labels"]["app"] == app]
                self._send(200, json.dumps({"kind": "PodList", "metadata": {}, "items": items}).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _exec(self, command: list[str]) -> None:
            key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
            self.wfile.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + f"Sec-WebSocket-Accept: {accept}\r\n".encode()
                + b"Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n"
            )
            if command[0] == BREAK_OFF:
                self._frame(1, b"half")
                self.wfile.write(b"\x82\x7e\x01")
                self.close_connection = True
                return
            if shutil.which(command[0]) is None:
                message = f'exec: "{command[0]}": executable file not found in $PATH'
                status = {"status": "Failure", "reason": "InternalError", "message": message}
            else:
                done = subprocess.run(command, capture_output=True, check=False)
                # In pieces, as a real server sends them: a character may be cut in two.
                for start in range(0, len(done.stdout), 1000):
                    self._frame(1, done.stdout[start : start + 1000])
                self._frame(2, done.stderr)
                status = (
                    {"status": "Success"}
                    if done.returncode == 0
                    else {"status": "Failure", "reason": "NonZeroExitCode"}
                )
            self._frame(3, json.dumps(status).encode())
            self.wfile.write(b"\x88\x02\x03\xe8")
            self.close_connection = True

        def _frame(self, channel: int, data: bytes) -> None:
            payload = bytes([channel]) + data
            self.wfile.write(b"\x82\x7e" + struct.pack(">H", len(payload)) + payload)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with running(Handler) as address:
        yield address


@contextmanager
def running(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Yield the address of a server with this handler, and stop it afterwards."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def kubeconfig(address: str) -> dict[str, Any]:
    """Return a kubeconfig whose only context, ``here``, is that server."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "c", "cluster": {"server": address}}],
        "users": [{"name": "u", "user": {"token": TOKEN}}],
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
    }
