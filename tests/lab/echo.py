"""A test's backend: answers with what it was asked, and behaves as it is told.

Owns one HTTP/1.1 server in one file of the standard library, since it runs in a pod from a ConfigMap.

What a request may ask for, as headers:

- `x-delay`: seconds before the answer.
- `x-status`: status of the answer; 0 hangs up without one.
- `x-first` with `x-id`: only the first so many requests of that id get the two above.

Paths of its own: `/ready`; `/count`, requests by path; `/set?status=503&delay=1`, what each request gets from now
on that does not ask itself. Those three are never counted, and never misbehave.
"""

import json
import os
import signal
import socket
import socketserver
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PORT = 8080
# Seconds in which callers learn that this pod goes, and then those that requests in flight may take.
FAREWELL = 1.0
LONGEST_GOODBYE = 10.0


class Server(ThreadingHTTPServer):
    """Counts what it is asked; ends without cutting an answer."""

    request_queue_size = 128
    daemon_threads = True

    def __init__(self, port: int, version: str, pod: str) -> None:
        super().__init__(("", port), Handler)
        self.version, self.pod = version, pod
        self.counts: Counter[str] = Counter()
        self.tries: Counter[str] = Counter()
        self.defaults: dict[str, str] = {}
        self.ending = False
        self.changed = threading.Condition()
        self.busy = 0

    def server_bind(self) -> None:
        """Bind without the parent's look-up of the own name, which can block on DNS."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "echo", self.server_address[1]

    def end(self) -> None:
        """Ask every caller to hang up, then make ``serve_forever`` return."""
        if not self.ending:
            self.ending = True
            threading.Timer(FAREWELL, self.shutdown).start()

    def drain(self, seconds: float) -> bool:
        """Wait for the requests in flight; False when some were still there at the end."""
        with self.changed:
            return self.changed.wait_for(lambda: self.busy == 0, seconds)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller that hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    # One write for header and body: two would wait for each other (Nagle, delayed acknowledgement).
    wbufsize = 1 << 20
    disable_nagle_algorithm = True
    # Callers that keep a connection open and say nothing must not hold a thread for ever.
    timeout = 300

    def answer(self) -> None:
        """Answer a request of any method."""
        server = self.server
        with server.changed:
            server.busy += 1
        try:
            self._answer()
            self.wfile.flush()
        finally:
            with server.changed:
                server.busy -= 1
                server.changed.notify_all()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 - as called

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay quiet."""

    def _answer(self) -> None:
        server = self.server
        body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode(errors="replace")
        if "transfer-encoding" in self.headers:
            self.close_connection = True  # that body stays unread
        url = urlsplit(self.path)
        if url.path == "/set":
            server.defaults = dict(parse_qsl(url.query))
        if url.path in {"/ready", "/set"}:
            self._send(200, {"pod": server.pod, "set": server.defaults})
        elif url.path == "/count":
            self._send(200, {"pod": server.pod, "requests": dict(server.counts)})
        else:
            self._behave(url.path, body)

    def _behave(self, path: str, body: str) -> None:
        server = self.server
        key = self.headers.get("x-id", "")
        with server.changed:
            server.counts[path] += 1
            server.tries[key] += 1
            tried = server.tries[key]
        asked = tried <= int(self.headers.get("x-first", sys.maxsize))
        wanted = {
            name: self.headers.get(f"x-{name}") if asked and f"x-{name}" in self.headers else server.defaults.get(name)
            for name in ("delay", "status")
        }
        time.sleep(float(wanted["delay"] or 0))
        status = int(wanted["status"] or 200)
        if status == 0:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        said = {
            "version": server.version,
            "pod": server.pod,
            "method": self.command,
            # As it was sent: the library makes one slash of two at the start.
            "path": self.requestline.split()[1],
            # As lists: a header may come twice.
            "headers": {name.lower(): self.headers.get_all(name) for name in self.headers},
            "body": body,
            "tried": tried,
        }
        self._send(status, said)

    def _send(self, status: int, said: dict[str, Any]) -> None:
        content = json.dumps(said).encode()
        self.close_connection = self.close_connection or self.server.ending
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.send_header("x-echo-version", self.server.version)
        self.send_header("x-powered-by", "echo")
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def main() -> None:
    """Serve until SIGTERM, and finish what is in flight."""
    with Server(PORT, os.environ["VERSION"], os.environ["POD_NAME"]) as server:

        def end(number: int, frame: FrameType | None) -> None:
            del number, frame
            server.end()

        signal.signal(signal.SIGTERM, end)
        server.serve_forever(poll_interval=0.2)
        server.drain(LONGEST_GOODBYE)


if __name__ == "__main__":
    main()
