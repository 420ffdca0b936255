"""The images that the lab preloads."""

from typing import get_args

import pytest

from lab.images.catalog import Image, Layer, images


def test_every_reference_is_complete() -> None:
    assert all("/" in image.reference and ":" in image.reference for image in images())


def test_no_reference_is_there_twice() -> None:
    references = [image.reference for image in images()]
    assert len(references) == len(set(references))


def test_bookinfo_is_a_stand_in_and_nothing_else_is() -> None:
    stand_ins = {image.reference for image in images() if image.kind == "stand-in"}
    assert stand_ins == {image.reference for image in images() if "bookinfo" in image.reference}


@pytest.mark.parametrize("image", images(), ids=lambda image: image.reference)
def test_no_image_runs_as_root_and_kubernetes_can_tell(image: Image) -> None:
    assert all(part.isdigit() and int(part) > 0 for part in image.user.split(":"))


def test_every_layer_is_used() -> None:
    assert {layer for image in images() for layer in image.layers} == set(get_args(Layer))
