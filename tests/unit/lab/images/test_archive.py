"""The docker-archive, made of tiny layers."""

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lab.images import archive
from lab.images.catalog import Image

IMAGES = (
    Image(reference="example.org/a:1", kind="lab build", layers=("base",), user="1:1", command=("/a",)),
    Image(reference="example.org/b:1", kind="stand-in", layers=("base", "bookinfo"), user="2:2", port=9080),
)


@pytest.fixture
def layers(tmp_path: Path) -> dict[str, Path]:
    """Two layers; their content does not matter to the archive."""
    made = {name: tmp_path / f"{name}.tar" for name in ("base", "bookinfo")}
    for name, path in made.items():
        path.write_bytes(name.encode() * 100)
    return made


class Written:
    """An archive, read back."""

    def __init__(self, path: Path, layers: dict[str, Path], images: Sequence[Image] = IMAGES) -> None:
        archive.write(path, images, layers)
        self.bytes = path.read_bytes()
        with tarfile.open(path) as tar:
            self.files = {member.name: self._content(tar, member) for member in tar}
        self.manifest = json.loads(self.files["manifest.json"])

    @staticmethod
    def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
        file = tar.extractfile(member)
        assert file
        return file.read()

    def config(self, number: int) -> Any:
        """Return the config of one image."""
        return json.loads(self.files[self.manifest[number]["Config"]])


@pytest.fixture
def written(tmp_path: Path, layers: dict[str, Path]) -> Written:
    """An archive of both images."""
    return Written(tmp_path / "images.tar", layers)


def test_every_image_is_under_its_production_name(written: Written) -> None:
    assert [entry["RepoTags"] for entry in written.manifest] == [["example.org/a:1"], ["example.org/b:1"]]


def test_a_shared_layer_is_there_once(written: Written) -> None:
    assert sum(name.endswith("/layer.tar") for name in written.files) == 2


def test_images_list_their_layers_from_the_lowest_up(written: Written) -> None:
    assert written.manifest[1]["Layers"][0] == written.manifest[0]["Layers"][0]


def test_every_file_that_the_manifest_names_is_there(written: Written) -> None:
    named = {name for entry in written.manifest for name in (entry["Config"], *entry["Layers"])}
    assert named | {"manifest.json"} == set(written.files)


def test_the_config_names_the_digest_of_the_plain_layer(written: Written, layers: dict[str, Path]) -> None:
    digest = hashlib.sha256(layers["base"].read_bytes()).hexdigest()
    assert written.config(0)["rootfs"]["diff_ids"] == [f"sha256:{digest}"]


@pytest.mark.skipif(not shutil.which("zstd"), reason="without zstd the layers stay as they are")
def test_a_layer_unpacks_to_what_it_was(written: Written, layers: dict[str, Path]) -> None:
    packed = written.files[written.manifest[0]["Layers"][0]]
    plain = subprocess.run(["zstd", "-dc"], input=packed, capture_output=True, check=True).stdout
    assert plain == layers["base"].read_bytes()


def test_without_zstd_the_layers_stay_as_they_are(
    tmp_path: Path, layers: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    plain = Written(tmp_path / "plain.tar", layers)
    assert plain.files[plain.manifest[0]["Layers"][0]] == layers["base"].read_bytes()


def test_the_config_says_how_to_start(written: Written) -> None:
    config = written.config(0)["config"]
    assert (config["User"], config["Entrypoint"], config["Cmd"]) == ("1:1", None, ["/a"])


def test_the_config_says_what_kind_of_image_it_is(written: Written) -> None:
    assert written.config(1)["config"]["Labels"] == {"incremental-istio.lab/kind": "stand-in"}


def test_the_same_images_make_the_same_bytes(tmp_path: Path, written: Written, layers: dict[str, Path]) -> None:
    assert Written(tmp_path / "again.tar", layers).bytes == written.bytes
