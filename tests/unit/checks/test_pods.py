"""The pod that asks and the pods that answer."""

import pytest

from checks.pods import Versions, find_caller
from checks.problem import CheckError
from tests.unit.checks.fakes import REVIEWS, SLEEP, FakeCluster, pod


def test_the_running_sleep_pod_asks() -> None:
    gone = pod("sleep-0", "sleep", running=False)
    assert find_caller(FakeCluster({}, [gone, SLEEP])).pod == SLEEP


def test_without_a_running_sleep_pod_the_command_that_makes_one_is_told() -> None:
    with pytest.raises(CheckError, match="app=sleep runs in the namespace default") as caught:
        find_caller(FakeCluster({}, [pod("sleep-0", "sleep", running=False)]))
    assert caught.value.problems[0].fix.startswith("kubectl apply --namespace default --filename https://")


def test_another_pod_may_ask() -> None:
    service_b = pod("service-b-1", "service-b")
    assert find_caller(FakeCluster({}, [SLEEP, service_b]), "service-b").pod == service_b


def test_without_that_other_pod_the_command_that_shows_it_is_told() -> None:
    with pytest.raises(CheckError, match="app=service-b runs in the namespace default") as caught:
        find_caller(FakeCluster({}, [SLEEP]), "service-b")
    assert caught.value.problems[0].fix == "kubectl get pods --namespace default --selector app=service-b"


def test_a_pods_label_is_its_version() -> None:
    assert Versions(FakeCluster({}, REVIEWS), "reviews").of("reviews-v2-a") == "v2"


def test_a_pod_that_came_later_is_found_by_reading_again() -> None:
    cluster = FakeCluster({}, REVIEWS)
    versions = Versions(cluster, "reviews")
    cluster.existing.append(pod("reviews-v1-b", version="v1"))
    assert versions.of("reviews-v1-b") == "v1"


def test_a_pod_that_is_gone_stays_known() -> None:
    cluster = FakeCluster({}, REVIEWS)
    versions = Versions(cluster, "reviews")
    cluster.existing.clear()
    versions.refresh()
    assert versions.of("reviews-v1-a") == "v1"


def test_an_unknown_name_costs_one_reading_however_often_it_answers() -> None:
    cluster = FakeCluster({}, REVIEWS)
    versions = Versions(cluster, "reviews")
    assert ([versions.of("stranger") for _ in range(9)], cluster.listed) == ([None] * 9, 2)


def test_a_pod_without_the_label_version_is_not_known() -> None:
    versions = Versions(FakeCluster({}, [*REVIEWS, pod("reviews-x")]), "reviews")
    assert versions.of("reviews-x") is None


def test_only_running_pods_are_expected_to_answer() -> None:
    pods = [*REVIEWS[:2], pod("reviews-v3-a", version="v3", running=False)]
    assert Versions(FakeCluster({}, pods), "reviews").expected() == {"v1", "v2"}


def test_an_app_without_running_versions_cannot_be_measured() -> None:
    with pytest.raises(CheckError, match="app=reviews and `version` runs in the namespace default"):
        Versions(FakeCluster({}, []), "reviews").expected()
