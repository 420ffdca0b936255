"""Batches, the wait for a first answer, and what happens when a batch breaks."""

from dataclasses import replace

import pytest

from checks import probe as probe_module
from checks.cluster import Ran
from checks.pods import Caller
from checks.probe import Probe
from checks.problem import CheckError
from checks.timeouts import Timeouts
from tests.unit.checks.fakes import SLEEP, FakeCluster, review

URL = "http://reviews:9080/reviews/0"
CALLER = Caller(pod=SLEEP, container="sleep")


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_module, "TIMEOUTS", Timeouts(retry=0))


def test_requests_are_sent_in_batches_that_add_up() -> None:
    cluster = FakeCluster({URL: [review("v1")]})
    Probe(cluster, CALLER).measure(URL, 120, lambda _: None)
    assert [size for _, size in cluster.asked] == [50, 50, 20]


def test_each_batch_is_told_as_it_ends() -> None:
    told: list[int] = []
    Probe(FakeCluster({URL: [review("v1")]}), CALLER).measure(URL, 120, told.append)
    assert told == [50, 50, 20]


def test_each_request_has_an_answer() -> None:
    answers = Probe(FakeCluster({URL: [review("v1"), "Empty reply"]}), CALLER).measure(URL, 70, lambda _: None)
    assert (len(answers), sum(answer.error == "Empty reply" for answer in answers)) == (70, 35)


def _cut_short(ran: Ran) -> Ran:
    return replace(ran, stdout=ran.stdout[: len(ran.stdout) // 2], finished=False)


def test_requests_lost_in_a_broken_batch_are_errors() -> None:
    cluster = FakeCluster({URL: [review("v1")]}, spoil=_cut_short)
    answers, complete = Probe(cluster, CALLER).ask(URL, 50)
    lost = [answer.error for answer in answers if answer.error]
    assert (len(answers), complete, set(lost)) == (
        50,
        False,
        {"no answer: the stream from the sleep pod broke off"},
    )


def test_a_batch_that_ran_out_of_time_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_module, "TIMEOUTS", Timeouts(batch=0.000001))
    answers, _ = Probe(FakeCluster({URL: [review("v1")]}, spoil=_cut_short), CALLER).ask(URL, 50)
    assert answers[-1].error == "no answer: the batch took longer than its limit of 0 s"


def test_after_a_broken_batch_the_rest_is_not_sent() -> None:
    cluster = FakeCluster({URL: [review("v1")]}, spoil=_cut_short)
    answers = Probe(cluster, CALLER).measure(URL, 400, lambda _: None)
    not_sent = [answer for answer in answers if answer.error.startswith("not sent")]
    assert (len(cluster.asked), len(answers), len(not_sent)) == (1, 400, 350)


def test_a_pod_without_curl_is_told_with_the_command_that_shows_it() -> None:
    missing = Ran(stdout=b"", stderr='exec: "curl": not found', finished=True, started=False)
    with pytest.raises(CheckError, match=r"curl does not run.*not found") as caught:
        Probe(FakeCluster({URL: [review("v1")]}, spoil=lambda _: missing), CALLER).ask(URL, 50)
    fix = "kubectl exec --namespace default sleep-1 --container sleep -- curl --version"
    assert caught.value.problems[0].fix == fix


def test_a_curl_that_knows_an_option_not_is_told_in_its_words() -> None:
    old = Ran(stdout=b"", stderr="curl: option --x: is unknown\n", finished=True, started=True)
    with pytest.raises(CheckError, match="option --x: is unknown"):
        Probe(FakeCluster({URL: [review("v1")]}, spoil=lambda _: old), CALLER).ask(URL, 50)


def test_the_wait_ends_with_the_first_accepted_answer() -> None:
    cluster = FakeCluster({URL: ["refused", "refused", review("v1")]})
    refused = Probe(cluster, CALLER).wait(URL, lambda answer: not answer.error, 10)
    assert (refused, len(cluster.asked)) == ([], 3)


def test_the_wait_asks_at_least_once_and_returns_what_was_refused() -> None:
    refused = Probe(FakeCluster({URL: ["refused"]}), CALLER).wait(URL, lambda answer: not answer.error, 0)
    assert [answer.error for answer in refused] == ["refused"]
