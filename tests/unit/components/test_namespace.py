"""The applications' namespace."""

import pulumi

from components.namespace import ensure_namespace
from tests.unit.components.conftest import Recorder


def test_default_is_used_as_it_is(recorder: Recorder) -> None:
    assert recorder.run(lambda: ensure_namespace("default", pulumi.ResourceOptions())) == []
    assert not recorder.resources, "every cluster has it, so to declare it would fail"


def test_another_is_declared_under_its_name(recorder: Recorder) -> None:
    recorder.run(lambda: ensure_namespace("shop", pulumi.ResourceOptions()))
    namespace = recorder.one(":Namespace")
    assert (namespace.name, namespace.inputs["metadata"]) == ("shop", {"name": "shop"})


def test_another_is_what_its_objects_depend_on(recorder: Recorder) -> None:
    found = recorder.run(lambda: ensure_namespace("shop", pulumi.ResourceOptions()))
    assert len(found) == 1, "an object before its namespace is refused"


def test_it_carries_no_label(recorder: Recorder) -> None:
    recorder.run(lambda: ensure_namespace("shop", pulumi.ResourceOptions()))
    assert "labels" not in recorder.one(":Namespace").inputs["metadata"], "istio-injection would ask for sidecars"
