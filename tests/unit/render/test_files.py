"""The files of a render."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from render.files import MARKER, check_target, path_of, read, without_noise, write
from render.problem import RenderError


def an_object(kind: str = "Service", name: str = "reviews", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **metadata}}


def test_an_object_of_a_namespace_is_in_the_namespaces_folder() -> None:
    assert str(path_of(an_object(namespace="default"))) == "namespaces/default/service-reviews.yaml"


def test_an_object_of_the_cluster_is_in_the_clusters_folder() -> None:
    assert str(path_of(an_object("Namespace", "team-b"))) == "cluster/namespace-team-b.yaml"


def test_the_group_keeps_kinds_of_one_name_apart() -> None:
    gateways = [
        {**an_object("Gateway"), "apiVersion": f"{group}/v1"}
        for group in ("networking.istio.io", "gateway.networking.k8s.io")
    ]
    assert len({path_of(gateway) for gateway in gateways}) == 2


def test_a_name_with_a_colon_makes_a_file_name_without() -> None:
    assert ":" not in str(path_of(an_object("ClusterRole", "system:reader")))


def test_annotations_that_only_pulumi_reads_are_taken_off() -> None:
    annotations = {"pulumi.com/skipAwait": "true", "pulumi.com/waitFor": "x", "helm.sh/resource-policy": "keep"}
    assert without_noise(an_object(annotations=annotations))["metadata"]["annotations"] == {
        "helm.sh/resource-policy": "keep"
    }


def test_without_other_annotations_there_are_none() -> None:
    assert "annotations" not in without_noise(an_object(annotations={"pulumi.com/skipAwait": "true"}))["metadata"]


def test_what_was_written_reads_as_it_was(tmp_path: Path) -> None:
    objects = [an_object(namespace="default"), an_object("Namespace", "default")]
    write(objects, tmp_path / "out")
    assert sorted(map(str, read(tmp_path / "out"))) == sorted(map(str, objects))


def test_the_order_of_the_objects_does_not_show(tmp_path: Path) -> None:
    one, other = an_object(namespace="a"), an_object(namespace="b")
    assert write([one, other], tmp_path / "1") == write([other, one], tmp_path / "2")


def test_an_earlier_renders_objects_are_gone_from_a_later_one(tmp_path: Path) -> None:
    write([an_object(namespace="a")], tmp_path / "out")
    check_target(tmp_path / "out")
    write([an_object(namespace="b")], tmp_path / "out")
    assert [found["metadata"]["namespace"] for found in read(tmp_path / "out")] == ["b"]


def test_what_somebody_put_beside_a_render_stays(tmp_path: Path) -> None:
    write([an_object()], tmp_path)
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump({"resources": ["cluster"]}))
    write([an_object()], tmp_path)
    assert (tmp_path / "kustomization.yaml").is_file()


def test_two_objects_of_one_name_are_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="Service reviews twice"):
        write([an_object(), an_object()], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_object_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="no object"):
        write([], tmp_path)


@pytest.mark.parametrize("name", ["out", "empty"])
def test_a_new_and_an_empty_folder_can_be_written_to(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    check_target(tmp_path / name)


def test_a_folder_with_something_else_in_it_is_refused_with_the_fix(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(RenderError, match=f"no {MARKER}.*\n  fix: make render OUT="):
        check_target(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(RenderError, match="no folder"):
        check_target(tmp_path / "out")
