import socket
import time

import pytest

from tests.lab.echo import Server
from tests.lab.traffic import Caller, Load, Reply, tally, until


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def test_a_refused_connection_is_an_error_and_no_exception() -> None:
    with Caller("127.0.0.1", _free_port()) as caller:
        reply = caller.ask("/")
    assert reply.status == 0 and "ConnectionRefusedError" in reply.error


def test_a_request_that_failed_on_a_kept_connection_is_not_sent_again(server: Server) -> None:
    with Caller("127.0.0.1", server.server_port, keep=True) as kept:
        replies = [kept.ask("/a", headers=headers) for headers in ({}, {"x-status": "0"}, {})]
    assert [reply.status for reply in replies] == [200, 0, 200] and server.counts["/a"] == 3


def test_a_caller_asks_for_the_host_that_it_was_given(server: Server) -> None:
    with Caller("127.0.0.1", server.server_port, name="shop.example.com") as caller:
        assert caller.ask("/").received("host") == ["shop.example.com"]


def test_an_answer_that_is_not_the_backends_has_no_version() -> None:
    with pytest.raises(AssertionError, match="not the backend's answer"):
        _ = Reply(status=200, body='{"version": "v1"}').version


def test_a_load_counts_every_request_once(server: Server) -> None:
    with Load("127.0.0.1", "/a", port=server.server_port, pause=0.001) as load:
        time.sleep(0.1)
    assert len(load.replies) == server.counts["/a"] > 4


def test_a_load_counts_the_requests_that_fail(server: Server) -> None:
    with Load("127.0.0.1", "/a", port=server.server_port, pause=0.001) as load:
        server.defaults = {"status": "503"}
        before = server.counts["/a"]
        until(lambda: server.counts["/a"], lambda count: count > before + 20, 5, "a load")
    assert tally(load.replies).errors["HTTP 503"] > 4


def test_a_load_ends_by_itself_when_its_time_is_over(server: Server) -> None:
    with Load("127.0.0.1", "/a", port=server.server_port, seconds=0.2) as load:
        until(lambda: load.ended, bool, 5, "the end")


def test_a_load_without_an_answer_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Load, "_send", lambda *_, **__: None)
    monkeypatch.setattr("tests.lab.traffic.ANSWER_SECONDS", 0.1)
    with pytest.raises(AssertionError, match="an answer for every thread"), Load("127.0.0.1", "/a"):
        pass


def test_a_tally_tells_versions_from_errors(caller: Caller) -> None:
    replies = [caller.ask("/", headers=headers) for headers in ({}, {}, {"x-status": "503"})]
    counted = tally(replies)
    assert (counted.requests, counted.versions, counted.errors) == (3, {"v1": 2}, {"HTTP 503": 1})


def test_until_returns_what_was_seen_when_it_held() -> None:
    seen = iter(range(9))
    assert until(lambda: next(seen), lambda number: number == 3, 5, "three") == 3


def test_until_fails_by_name_and_with_what_was_seen_last() -> None:
    with pytest.raises(AssertionError, match=r"not within 0\.01 s: the impossible; last seen: 7"):
        until(lambda: 7, lambda _: False, 0.01, "the impossible")
