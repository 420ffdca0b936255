"""Requests from outside the cluster: one at a time, or a load while something else happens.

Owns what is sent and what comes back. It does not own what answers (``backend``), nor whether the counts are right
(``checks.verdict``).
"""

import http.client
import json
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from checks.tally import Tally

ANSWER_SECONDS = 10.0
LOOK_SECONDS = 0.05

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One request's end.

    Attributes:
        status: HTTP status; 0 where no answer came.
        headers: by name in lower case; those that came twice are joined by ", ".
        body: as text.
        seconds: from the first byte sent to the last received, with the connection where it is a new one.
        error: why no answer came; empty where one did.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    seconds: float = 0
    error: str = ""

    @property
    def said(self) -> dict[str, Any]:
        """What the backend answered; fails where it was not the backend that did."""
        assert "x-echo-version" in self.headers, f"not the backend's answer: {self}"
        said: dict[str, Any] = json.loads(self.body)
        return said

    @property
    def version(self) -> str:
        """Version of the backend that answered."""
        return str(self.said["version"])

    @property
    def pod(self) -> str:
        """Pod that answered."""
        return str(self.said["pod"])

    def received(self, header: str) -> list[str]:
        """Return the values of a header as they came to the backend; none where it did not."""
        values: list[str] = self.said["headers"].get(header, [])
        return values


class _Connection(http.client.HTTPConnection):
    """A connection to an address, whatever name is asked for."""

    def __init__(self, address: str, port: int, tls: ssl.SSLContext | None, name: str | None) -> None:
        super().__init__(address, port, timeout=ANSWER_SECONDS)
        self._tls, self._name = tls, name

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), ANSWER_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._name) if self._tls else plain


class Caller:
    """Sends requests to an address, one after the other; for one thread."""

    def __init__(
        self,
        address: str,
        port: int = 80,
        *,
        keep: bool = False,
        tls: ssl.SSLContext | None = None,
        name: str | None = None,
    ) -> None:
        """Connect to nothing yet.

        Args:
            address: where the gateway is.
            port: its port.
            keep: use one connection for many requests. A request that fails on it is never sent again.
            tls: what to trust; None for plain HTTP.
            name: host that is asked for, in TLS (SNI) and in HTTP; default the address.
        """
        self.address, self._keep, self._name = address, keep, name
        self._connection = _Connection(address, port, tls, name)

    def __enter__(self) -> Self:
        """Return the caller."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Hang up."""
        self._connection.close()

    def ask(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: str | None = None
    ) -> Reply:
        """Send one request and return how it ended, whatever went wrong."""
        sent = {**({"Host": self._name} if self._name else {}), **(headers or {})}
        started = time.monotonic()
        try:
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
            content = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return Reply(status=0, seconds=time.monotonic() - started, error=f"{type(error).__name__}: {error}")
        if not self._keep:
            self._connection.close()
        names = {name.lower() for name in answer.headers}
        return Reply(
            status=answer.status,
            headers={name: ", ".join(answer.headers.get_all(name) or ()) for name in names},
            body=content,
            seconds=time.monotonic() - started,
        )

    def ask_often(self, times: int, path: str, **how: Any) -> list[Reply]:
        """Send the same request so many times."""
        return [self.ask(path, **how) for _ in range(times)]


class Load:
    """Requests from several threads until the block ends; half of the threads keep their connection.

    Each thread waits `pause` seconds between two requests, and ends after `seconds` in any case.
    """

    def __init__(
        self,
        address: str,
        path: str,
        *,
        port: int = 80,
        threads: int = 4,
        pause: float = 0.01,
        seconds: float = 120,
    ) -> None:
        self._address, self._port, self._path, self._pause = address, port, path, pause
        self._deadline = time.monotonic() + seconds
        self._stop = threading.Event()
        self._replies: list[list[Reply]] = [[] for _ in range(threads)]
        self._threads = [
            threading.Thread(target=self._send, args=(replies,), kwargs={"keep": index % 2 == 1}, daemon=True)
            for index, replies in enumerate(self._replies)
        ]

    def __enter__(self) -> Self:
        """Start, and return once each thread had an answer."""
        for thread in self._threads:
            thread.start()
        until(lambda: self.replies, lambda _: all(self._replies), ANSWER_SECONDS, "an answer for every thread")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let the requests in flight end."""
        self._stop.set()
        for thread in self._threads:
            thread.join(ANSWER_SECONDS * 2)

    @property
    def replies(self) -> list[Reply]:
        """Every request that has ended."""
        return [reply for replies in self._replies for reply in list(replies)]

    @property
    def ended(self) -> bool:
        """Whether it ended by itself, and so did not last as long as what it was for."""
        return not any(thread.is_alive() for thread in self._threads)

    def _send(self, replies: list[Reply], *, keep: bool) -> None:
        with Caller(self._address, self._port, keep=keep) as caller:
            while not self._stop.is_set() and time.monotonic() < self._deadline:
                replies.append(caller.ask(self._path))
                self._stop.wait(self._pause)


def tally(replies: Iterable[Reply]) -> Tally:
    """Count replies: by version, and what is not 200 by its status or error."""
    replies = list(replies)
    good = Counter(reply.version for reply in replies if reply.status == 200)
    bad = Counter(reply.error or f"HTTP {reply.status}" for reply in replies if reply.status != 200)
    return Tally(requests=len(replies), versions=dict(good), errors=dict(bad), p50=None, p99=None)


def until(look: Callable[[], T], holds: Callable[[T], bool], seconds: float, what: str) -> T:
    """Look until it holds, and return what was seen; fails by name when the time is over."""
    deadline = time.monotonic() + seconds
    while not holds(seen := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}; last seen: {seen}"
        time.sleep(LOOK_SECONDS)
    return seen
