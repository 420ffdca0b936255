"""curl's command and output, recorded and real."""

import shutil
import subprocess
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

import pytest

from checks.curl import Answer, command, parse
from tests.unit.checks.api_server import running

MARK = "5f0c"
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")

# Recorded from curl 7.88.1: an answer, a refused connection, an unknown host, a reset, a timeout.
RECORDED = (
    b'{"podname": "reviews-v1-a",\n "reviews": []}\n\x1e5f0c\x1f200\x1f0.003765\x1f1\x1f\x1e'
    b"\x1e5f0c\x1f000\x1f0.000203\x1f0\x1f"
    b"Failed to connect to reviews port 9080 after 3 ms: Couldn't connect to server\x1e"
    b"\x1e5f0c\x1f000\x1f0.001162\x1f0\x1fCould not resolve host: reviews\x1e"
    b"half a bo\x1e5f0c\x1f200\x1f0.5\x1f1\x1ftransfer closed with 90 bytes remaining to read\x1e"
    b"\x1e5f0c\x1f000\x1f10.001\x1f1\x1f"
    b"Operation timed out after 10001 milliseconds with 0 bytes received\x1e"
)


def test_every_record_becomes_one_answer() -> None:
    assert len(parse(RECORDED, MARK)) == 5


def test_a_body_keeps_its_newlines() -> None:
    assert parse(RECORDED, MARK)[0] == Answer(
        status=200, seconds=0.003765, body='{"podname": "reviews-v1-a",\n "reviews": []}\n'
    )


def test_an_error_is_told_in_curls_words_without_what_varies() -> None:
    assert [answer.error for answer in parse(RECORDED, MARK)[1:]] == [
        "Failed to connect to reviews port 9080: Couldn't connect to server",
        "Could not resolve host: reviews",
        "transfer closed with 90 bytes remaining to read",
        "Operation timed out",
    ]


def test_a_record_that_was_cut_short_is_left_out() -> None:
    assert len(parse(RECORDED[:-4], MARK)) == 4


def test_separators_in_a_body_do_not_end_it() -> None:
    body = "\x1eother\x1f200\x1f1\x1f1\x1f\x1e"
    assert parse(f"{body}\x1e{MARK}\x1f200\x1f0.1\x1f1\x1f\x1e".encode(), MARK)[0].body == body


def test_bytes_that_are_no_text_do_not_stop_the_reading() -> None:
    assert parse(b"\xff\xfe\x1e5f0c\x1f200\x1f0.1\x1f1\x1f\x1e", MARK)[0].status == 200


def test_an_answer_over_a_used_connection_is_an_error() -> None:
    (answer,) = parse(b"{}\x1e5f0c\x1f200\x1f0.1\x1f0\x1f\x1e", MARK)
    assert "not balanced anew" in answer.error


def test_every_request_has_both_time_limits() -> None:
    assert {"--connect-timeout", "--max-time"} <= set(command("http://a/", 1, MARK))


class Recorder(BaseHTTPRequestHandler):
    """Answers and remembers each request's path, peer and Connection header."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, int, str]]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, self.client_address[1], self.headers["Connection"]))
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"a\nb")

    def log_message(self, *_: object) -> None:
        """Stay silent."""


def _real(path: str, count: int) -> tuple[list[Answer], list[tuple[str, int, str]]]:
    class Recording(Recorder):
        seen: ClassVar[list[tuple[str, int, str]]] = []

    with running(Recording) as address:
        done = subprocess.run(command(address + path, count, MARK), capture_output=True, check=True)
    return parse(done.stdout, MARK), Recording.seen


@needs_curl
def test_a_real_curl_opens_a_connection_for_each_request() -> None:
    answers, seen = _real("/reviews/0", 20)
    assert (len({peer for _, peer, _ in seen}), [answer.error for answer in answers]) == (20, [""] * 20)


@needs_curl
def test_a_real_curl_sends_brackets_braces_and_queries_as_they_are() -> None:
    path = "/a[1-9]{b,c}?q=[x]{y}&z=1"
    assert {sent for sent, _, _ in _real(path, 2)[1]} == {path}


@needs_curl
def test_a_real_curl_never_sends_the_fragment() -> None:
    assert {sent for sent, _, _ in _real("/a#b", 2)[1]} == {"/a"}


@needs_curl
def test_a_real_curl_that_cannot_connect_still_writes_every_record() -> None:
    with running(Recorder) as address:
        pass
    done = subprocess.run(command(address, 3, MARK), capture_output=True, check=False)
    errors = {answer.error for answer in parse(done.stdout, MARK)}
    assert (len(parse(done.stdout, MARK)), len(errors)) == (3, 1), "equal errors are grouped"
