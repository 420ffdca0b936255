"""How the stand-in's server talks HTTP, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import lab.images.bookinfo
from lab.images.bookinfo import ratings
from lab.images.bookinfo.message import Answer, Request
from lab.images.bookinfo.server import Handler

Start = Callable[[Any], Any]
PARENT = Path(lab.images.bookinfo.__file__).parent.parent
GET = b"GET /ratings/0 HTTP/1.1\r\nhost: x\r\n"


def connect(service: Any) -> socket.socket:
    """Open a connection to a service."""
    return socket.create_connection(("127.0.0.1", service.port), timeout=5)


def everything(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("path", ["/ratings/0", "/ratings/x", "/nothing"])
def test_every_answer_says_that_it_is_the_stand_in(start: Start, path: str) -> None:
    assert start(ratings.answer).get(path).headers["x-bookinfo"] == "stand-in"


@pytest.mark.parametrize("raw", [b"nonsense\r\n\r\n", b"POST /ratings/0 HTTP/1.1\r\n\r\n"])
def test_what_cannot_be_answered_gets_an_error_from_the_stand_in_too(start: Start, raw: bytes) -> None:
    with connect(start(ratings.answer)) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        assert b"error" in everything(connection)


def test_a_bug_in_a_service_is_answered_with_500(start: Start) -> None:
    def broken(_: Request) -> Answer | None:
        raise ZeroDivisionError

    assert start(broken).get("/").status == 500


def test_head_has_the_headers_and_no_body(start: Start) -> None:
    reply = start(ratings.answer).get("/ratings/0", method="HEAD")
    assert (reply.status, reply.body, reply.headers["content-length"] > "0") == (200, "", True)


@pytest.mark.parametrize("size", [10, 100_000])
def test_header_and_body_leave_in_one_send(start: Start, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    sends: list[int] = []

    class Counting(socket.SocketIO):
        def write(self, data: Any) -> int | None:
            sends.append(len(data))
            return super().write(data)

    monkeypatch.setattr(socket, "SocketIO", Counting)
    start(lambda _: Answer(b"x" * size)).get("/")
    assert len(sends) == 1


def test_small_segments_are_not_held_back(start: Start) -> None:
    seen: list[int] = []
    setup = Handler.setup

    def looking(handler: Handler) -> None:
        setup(handler)
        seen.append(handler.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Handler, "setup", looking)
        start(ratings.answer).get("/ratings/0")
    assert seen == [1]


def test_a_connection_serves_one_request_after_the_other(start: Start) -> None:
    with connect(start(ratings.answer)) as connection:
        connection.sendall(GET + b"\r\n" + GET + b"connection: close\r\n\r\n")
        assert everything(connection).count(b"HTTP/1.1 200") == 2


def test_a_caller_that_asks_for_close_gets_it(start: Start) -> None:
    with connect(start(ratings.answer)) as connection:
        connection.sendall(GET + b"connection: close\r\n\r\n")
        assert b"\r\nconnection: close\r\n" in everything(connection)


def test_a_body_is_not_taken_for_the_next_request(start: Start) -> None:
    with connect(start(ratings.answer)) as connection:
        connection.sendall(GET + b"content-length: 3\r\n\r\nabc" + GET + b"\r\n")
        # The unread rest makes the kernel reset the connection, possibly after the answer.
        assert connection.recv(65536).count(b"HTTP/1.1") == 1


@pytest.fixture
def process() -> Iterator[tuple[Any, int]]:
    """Ratings as the image runs it, without this project on the path; and its port."""
    command = [sys.executable, "-m", "bookinfo", "ratings", "v1", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(PARENT), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, cwd="/", env=environment, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            yield running, int(running.stdout.readline().rpartition(" ")[2])
        finally:
            running.kill()


def test_sigterm_ends_it_at_once_with_0(process: tuple[Any, int]) -> None:
    started = time.monotonic()
    process[0].send_signal(signal.SIGTERM)
    assert (process[0].wait(5), time.monotonic() - started < 1) == (0, True)


def test_sigterm_does_not_wait_for_idle_connections(process: tuple[Any, int]) -> None:
    with socket.create_connection(("127.0.0.1", process[1])) as connection:
        connection.sendall(GET + b"\r\n")
        connection.recv(65536)
        process[0].send_signal(signal.SIGTERM)
        assert process[0].wait(2) == 0


def test_it_names_itself_a_stand_in_in_its_log() -> None:
    command = [sys.executable, "-m", "bookinfo", "--help"]
    shown = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(PARENT)}
    )
    assert "stand-in" in shown.stdout


def test_what_is_in_flight_is_finished_when_the_server_ends(start: Start) -> None:
    arrived, released = threading.Event(), threading.Event()

    def slow(_: Request) -> Answer | None:
        arrived.set()
        released.wait(5)
        return Answer(b"done")

    service = start(slow)
    replies: list[Any] = []
    caller = threading.Thread(target=lambda: replies.append(service.get("/")))
    caller.start()
    arrived.wait(5)
    service.server.end()
    released.set()
    caller.join()
    assert (replies[0].body, replies[0].headers["connection"], service.server.drain(1)) == (
        "done",
        "close",
        True,
    )
