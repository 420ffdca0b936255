"""The order of the measurement and the result it ends with."""

import pytest

from checks import probe
from checks.measurement import Result, measure
from checks.options import Options
from checks.problem import CheckError
from checks.target import Target
from checks.timeouts import Timeouts
from tests.unit.checks.fakes import REVIEWS, SLEEP, FakeCluster, Outcome, result, review, tally

V1, V2, V3 = review("v1"), review("v2"), review("v3")
HEALTHY: dict[str, list[Outcome]] = {"9080": [V1, V2, V3], "gateway": [V1, V2]}


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "TIMEOUTS", Timeouts(retry=0))


def _measure(cluster: FakeCluster, requests: int = 400, wait: float = 0) -> Result:
    return measure(cluster, Options(target=Target(), requests=requests, wait=wait), lambda *_: None)


def test_a_healthy_environment_holds() -> None:
    assert _measure(FakeCluster(HEALTHY)).holds


def test_the_requests_may_come_from_another_namespace() -> None:
    apps, callers = FakeCluster({}, REVIEWS), FakeCluster(HEALTHY, [SLEEP])
    options = Options(target=Target(), requests=400, wait=0)
    assert measure(apps, options, lambda *_: None, callers).holds and not apps.asked


def test_each_path_is_waited_for_before_it_is_measured() -> None:
    cluster = FakeCluster(HEALTHY)
    _measure(cluster, requests=50)
    assert [size for _, size in cluster.asked] == [1, 50, 1, 50]


def test_failures_while_a_path_is_waited_for_do_not_count() -> None:
    # 3 + 50 requests: the cycle of the script starts again only after them.
    plain = ["refused", "refused", *[V1, V2, V3] * 17]
    assert _measure(FakeCluster({**HEALTHY, "9080": plain}), requests=50, wait=10).plain.tally.failed == 0


def test_a_path_that_never_answers_is_not_measured_and_does_not_hold() -> None:
    dead = _measure(FakeCluster({**HEALTHY, "gateway": [("no healthy upstream", 503)]})).gateway
    assert (dead.tally.requests, dead.verdict.reasons) == (
        1,
        ("no request succeeded within 0 s, so nothing was measured",),
    )


def test_a_path_that_never_answers_leaves_the_other_measured() -> None:
    assert _measure(FakeCluster({**HEALTHY, "gateway": ["refused"]})).plain.verdict.holds


def test_a_gateway_that_lets_v3_answer_does_not_hold() -> None:
    assert not _measure(FakeCluster({**HEALTHY, "gateway": [V1, V2, V3]})).gateway.verdict.holds


def test_a_service_that_hides_a_version_does_not_hold() -> None:
    hidden = _measure(FakeCluster({**HEALTHY, "9080": [V1, V2]}))
    assert hidden.plain.verdict.reasons == ("v3 runs and never answered",)


def test_an_app_without_pods_is_told_before_anything_is_sent() -> None:
    cluster = FakeCluster(HEALTHY, pods=[SLEEP])
    with pytest.raises(CheckError, match="app=reviews"):
        _measure(cluster)
    assert cluster.asked == []


def test_progress_starts_with_the_wait_and_adds_up() -> None:
    told: list[tuple[str, int]] = []
    options = Options(target=Target(), requests=70, wait=0)
    measure(FakeCluster(HEALTHY), options, lambda path, sent: told.append((path, sent)))
    assert told == [(path, sent) for path in ("plain", "gateway") for sent in (0, 50, 20)]


def test_the_extra_hop_is_the_ratio_of_the_medians() -> None:
    assert result(tally({"v1": 1}, p50=3.0), tally({"v1": 1}, p50=6.0)).extra_hop == 2


def test_without_an_answer_there_is_no_extra_hop() -> None:
    assert result(through=tally({}, {"HTTP 503": 1}, p50=None)).extra_hop is None
