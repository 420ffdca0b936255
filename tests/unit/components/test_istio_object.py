"""One object of Istio's networking API."""

import pulumi

from components import istio_object
from components.awaiting import DELETED_WITHOUT_COLLECTOR
from tests.unit.components.conftest import Recorder


def test_it_is_gone_as_soon_as_it_is_deleted() -> None:
    recorder = Recorder()
    metadata = {"name": "reviews", "namespace": "shop"}
    recorder.run(
        lambda: istio_object.declare(
            "reviews", "VirtualService", metadata, {}, pulumi.ComponentResource("a:b:C", "parent")
        )
    )
    (declared,) = recorder.objects()
    assert declared.inputs["metadata"] == {**metadata, "annotations": DELETED_WITHOUT_COLLECTOR}
