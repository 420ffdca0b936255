import threading

import pytest

from tests.lab.echo import Server
from tests.lab.traffic import Caller


def test_an_answer_says_who_answered_and_what_was_asked(caller: Caller) -> None:
    said = caller.ask("/a?b=c", method="POST", headers={"x-team": "a"}, body="hello").said
    told = {name: said[name] for name in ("version", "pod", "method", "path", "body")}
    assert told == {"version": "v1", "pod": "echo-v1-x", "method": "POST", "path": "/a?b=c", "body": "hello"}


def test_the_headers_of_a_request_are_told_each_value_apart(caller: Caller) -> None:
    assert caller.ask("/", headers={"X-Team": "a"}).received("x-team") == ["a"]


def test_a_path_is_told_as_it_was_sent(caller: Caller) -> None:
    assert caller.ask("//a?b=%20c").said["path"] == "//a?b=%20c"


def test_a_status_is_what_was_asked_for(caller: Caller) -> None:
    assert caller.ask("/", headers={"x-status": "503"}).status == 503


def test_status_zero_hangs_up_without_an_answer(caller: Caller) -> None:
    reply = caller.ask("/", headers={"x-status": "0"})
    assert reply.status == 0 and reply.error


def test_an_answer_takes_the_delay_that_was_asked_for(caller: Caller) -> None:
    assert caller.ask("/", headers={"x-delay": "0.2"}).seconds >= 0.2


def test_only_the_first_requests_of_an_id_misbehave(caller: Caller) -> None:
    headers = {"x-status": "503", "x-first": "2", "x-id": "one"}
    assert [caller.ask("/", headers=headers).status for _ in range(4)] == [503, 503, 200, 200]


def test_an_id_does_not_count_for_another(caller: Caller) -> None:
    headers = {"x-status": "503", "x-first": "1"}
    assert [caller.ask("/", headers={**headers, "x-id": name}).status for name in "ab"] == [503, 503]


def test_a_pod_that_was_set_misbehaves_until_it_is_set_anew(caller: Caller) -> None:
    statuses = []
    for behaviour in ("?status=500", ""):
        caller.ask(f"/set{behaviour}")
        statuses.append(caller.ask("/").status)
    assert statuses == [500, 200]


def test_a_pod_that_misbehaves_is_ready_all_the_same(caller: Caller) -> None:
    caller.ask("/set?status=500")
    assert caller.ask("/ready").status == 200


def test_requests_are_counted_by_path_without_their_query(caller: Caller) -> None:
    for path in ("/a", "/a?b=c", "/d", "/count", "/ready"):
        caller.ask(path)
    assert caller.ask("/count").said["requests"] == {"/a": 2, "/d": 1}


def test_a_request_that_is_hung_up_on_is_counted(caller: Caller) -> None:
    caller.ask("/a", headers={"x-status": "0"})
    assert caller.ask("/count").said["requests"] == {"/a": 1}


def test_a_connection_serves_many_requests(server: Server) -> None:
    with Caller("127.0.0.1", server.server_port, keep=True) as kept:
        replies = kept.ask_often(3, "/a", method="POST", body="hello")
    assert [reply.headers.get("connection") for reply in replies] == [None] * 3 and server.counts["/a"] == 3


@pytest.mark.usefixtures("caller")
def test_a_server_that_ends_finishes_what_is_in_flight(server: Server) -> None:
    ended = []
    with Caller("127.0.0.1", server.server_port) as slow:
        asking = threading.Thread(target=lambda: ended.append(slow.ask("/", headers={"x-delay": "0.3"})))
        asking.start()
        while not server.busy:
            pass
        server.end()
        assert server.drain(5)
        asking.join(5)
    assert [reply.status for reply in ended] == [200]


def test_a_server_that_ends_asks_its_callers_to_hang_up(server: Server, caller: Caller) -> None:
    server.ending = True
    assert caller.ask("/").headers["connection"] == "close"
