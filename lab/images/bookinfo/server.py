"""The HTTP/1.1 server of the stand-in: how bytes leave and how it ends.

Owns sockets, threads and signals. Does not own what is answered: a ``Role`` does.
"""

import signal
import socket
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType
from typing import cast

from .message import Answer, BadRequestError, Request, Role, failure

LONGEST_GOODBYE = 10.0
"""Seconds that requests in flight get after SIGTERM: as long as the slowest of them may take (ratings)."""


class Server(ThreadingHTTPServer):
    """Serves one role and counts what is in flight, so that it can end without cutting an answer."""

    # The default of 5 drops connections under load, and a dropped one costs its caller a second.
    request_queue_size = 128
    # Idle keep-alive connections must not hold the exit; those that are busy are waited for in ``drain``.
    daemon_threads = True

    def __init__(self, role: Role, port: int, address: str = "0.0.0.0") -> None:
        super().__init__((address, port), Handler)
        self.role = role
        self.ending = False
        self._in_flight = 0
        self._changed = threading.Condition()

    def server_bind(self) -> None:
        """Bind without the parent's reverse look-up of the own name, which can block on DNS."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "bookinfo", self.server_address[1]

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count one request as in flight."""
        with self._changed:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def end(self) -> None:
        """Make ``serve_forever`` return now rather than at its next poll."""
        if self.ending:
            return
        self.ending = True
        threading.Thread(target=self.shutdown, daemon=True).start()
        self.socket.shutdown(socket.SHUT_RDWR)  # wakes the poll; also refuses new connections from here on

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Say nothing of a caller that hung up; anything else is a bug and shows its traceback."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def drain(self, seconds: float) -> bool:
        """Wait for the requests in flight; False when some were still there at the end."""
        with self._changed:
            return self._changed.wait_for(lambda: self._in_flight == 0, seconds)


class Handler(BaseHTTPRequestHandler):
    """One connection: reads requests, writes each answer in one piece."""

    protocol_version = "HTTP/1.1"
    # One send for header and body. Two sends cost 44 ms a request: Nagle's algorithm holds the
    # second back until the peer's delayed acknowledgement of the first.
    wbufsize = 1 << 20
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a GET, whatever the role makes of it."""
        server = cast("Server", self.server)
        with server.busy():
            self._send(self._answer(server.role))
            self.wfile.flush()

    do_HEAD = do_GET  # noqa: N815 - the name that the standard library calls

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what could not be read, as JSON like everything else, and close."""
        del explain
        self.close_connection = True
        self._send(failure(code, message or HTTPStatus(code).phrase))

    def version_string(self) -> str:
        """Name the server without the Python version."""
        return "bookinfo-stand-in"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay quiet: an access log would be most of what the lab writes."""

    def _answer(self, role: Role) -> Answer:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            self.close_connection = True  # the body stays unread and would be taken for the next request
        try:
            return role(Request(self.path, headers)) or failure(404, "not found")
        except BadRequestError as wrong:
            return failure(400, str(wrong))
        except Exception as bug:  # noqa: BLE001 - one bad answer must not end the connection without a word
            self.log_error("%s: %r", self.path, bug)
            return failure(500, "internal error")

    def _send(self, answer: Answer) -> None:
        if cast("Server", self.server).ending:
            self.close_connection = True
        self.send_response(answer.status)
        self.send_header("content-type", answer.content_type)
        self.send_header("content-length", str(len(answer.body)))
        self.send_header("x-bookinfo", "stand-in")
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


def serve(role: Role, *, port: int, title: str) -> None:
    """Serve until SIGTERM or SIGINT, finish what is in flight, and return."""
    with Server(role, port) as server:

        def end(number: int, frame: FrameType | None) -> None:
            del number, frame
            server.end()

        # Process 1 of a container ignores SIGTERM unless it handles it, and then waits out the grace period.
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        print(f"{title} (stand-in) listens on port {server.server_port}", flush=True)
        server.serve_forever(poll_interval=60)
        server.drain(LONGEST_GOODBYE)
