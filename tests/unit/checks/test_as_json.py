"""The shape that pipelines rely on."""

import json

from checks.as_json import render, shape
from tests.unit.checks.fakes import result, tally


def test_the_top_has_these_keys_and_no_others() -> None:
    assert list(shape(result())) == ["schema", "holds", "namespace", "app", "falseAlarm", "extraHop", "paths"]


def test_the_gateway_path_has_this_shape() -> None:
    assert shape(result())["paths"]["gateway"] == {
        "url": "http://istio-ingressgateway.istio-system/reviews/0",
        "holds": True,
        "reasons": [],
        "requests": 400,
        "answered": 400,
        "versions": {
            "v1": {"answers": 211, "percent": 52.75, "expected": True, "weight": 50, "accepted": [160, 240]},
            "v2": {"answers": 189, "percent": 47.25, "expected": True, "weight": 50, "accepted": [160, 240]},
        },
        "errors": [],
        "latencyMs": {"p50": 5.4, "p99": 16.2},
    }


def test_the_plain_path_has_neither_weight_nor_interval() -> None:
    assert shape(result())["paths"]["plain"]["versions"]["v3"] == {
        "answers": 133,
        "percent": 33.25,
        "expected": True,
        "weight": None,
        "accepted": None,
    }


def test_errors_stand_with_their_count() -> None:
    broken = shape(result(through=tally({"v1": 200, "v2": 197}, {"HTTP 503": 3})))
    assert broken["paths"]["gateway"]["errors"] == [{"text": "HTTP 503", "requests": 3}]


def test_a_version_that_the_gateway_must_not_reach_has_weight_0() -> None:
    stray = shape(result(through=tally({"v1": 200, "v2": 199, "v3": 1})))["paths"]["gateway"]["versions"]["v3"]
    assert (stray["weight"], stray["expected"]) == (0, False)


def test_a_path_without_an_answer_has_no_latency() -> None:
    dead = shape(result(through=tally({}, {"HTTP 503": 400}, p50=None)))
    assert (dead["extraHop"], dead["paths"]["gateway"]["latencyMs"]) == (None, {"p50": None, "p99": None})


def test_it_is_json() -> None:
    assert json.loads(render(result())) == shape(result())
