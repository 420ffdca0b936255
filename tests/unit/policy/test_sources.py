"""Reading a preview and a render."""

import json
from pathlib import Path
from typing import Any

import pytest

from policy.sources import CHART, InputError, from_preview, from_render

SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "reviews"}}


def step(op: str = "create", type_: str = "kubernetes:core/v1:Service", **state: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:local::incremental-istio::{type_}::{state.pop('name', 'reviews-service')}"
    new = {"urn": urn, "type": type_, "inputs": SERVICE, **state}
    return {"op": op, "urn": urn, **({"oldState": new} if op.startswith("delete") else {"newState": new})}


def preview(*steps: dict[str, Any], **more: Any) -> str:
    return json.dumps({"steps": steps, "changeSummary": {}, **more})


@pytest.mark.parametrize("op", ["create", "update", "same", "create-replacement", "replace"])
def test_what_an_update_leaves_behind_is_read(op: str) -> None:
    assert [str(found) for found in from_preview(preview(step(op)))] == ["Service reviews"]


def test_what_an_update_deletes_is_not_read() -> None:
    kept = from_preview(preview(step(), step("delete", name="old-service")))
    assert [found.source for found in kept] == ["reviews-service"]


def test_a_replaced_object_counts_once() -> None:
    assert len(from_preview(preview(step("create-replacement"), step("replace"), step("delete-replaced")))) == 1


def test_what_is_no_kubernetes_object_is_not_read() -> None:
    cluster = step(type_="gcp:container/cluster:Cluster", inputs={"kind": "a", "apiVersion": "b"})
    provider = step(type_="pulumi:providers:kubernetes", inputs={"kubeconfig": "[secret]"})
    assert len(from_preview(preview(step(), cluster, provider))) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Previewing update", "it is no JSON"),
        ("[]", "no step of a preview"),
        ("{}", "no step of a preview"),
        (preview(step(inputs={})), "no Kubernetes object"),
        (preview(diagnostics=[{"severity": "error", "message": "the weights sum to 140"}]), "the weights sum to 140"),
        (preview(step("update"), changeSummary={"same": 59, "update": 1}), "leaves out 59 resources"),
        (preview(step(), step(type_=CHART, name="istio-base")), "chart istio-base are not in the preview"),
    ],
)
def test_a_preview_that_nothing_can_be_said_about_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        from_preview(text)


def test_a_warning_is_no_error() -> None:
    assert from_preview(preview(step(), diagnostics=[{"severity": "warning", "message": "old"}]))


def test_a_chart_with_its_objects_is_fine() -> None:
    chart = step(type_=CHART, name="istio-base", inputs={})
    assert from_preview(preview(chart, step(parent=chart["urn"])))


def test_every_document_of_every_file_of_a_render_is_read(tmp_path: Path) -> None:
    (tmp_path / "namespaces").mkdir()
    (tmp_path / "namespaces" / "a.yaml").write_text(f"{json.dumps(SERVICE)}\n---\n{json.dumps(SERVICE)}\n---\n")
    (tmp_path / "b.yml").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [SERVICE]}))
    assert [found.source for found in from_render(tmp_path)] == ["b.yml", "namespaces/a.yaml", "namespaces/a.yaml"]


@pytest.mark.parametrize("text", ["a: [", "just text", "kind: Service", "items: [1]"])
def test_a_render_with_something_else_in_it_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(InputError, match=r"a\.yaml"):
        from_render(tmp_path)


def test_a_folder_without_objects_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no Kubernetes object"):
        from_render(tmp_path)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="make render"):
        from_render(tmp_path / "nowhere")
