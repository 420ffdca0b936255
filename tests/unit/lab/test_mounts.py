"""Mount points below a folder."""

from pathlib import Path

import pytest

from lab import mounts

ROW = "36 25 0:32 / {} rw,relatime shared:1 - tmpfs tmpfs rw"


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ("/labs/lab-1/data", ["/labs/lab-1/data"]),
        ("/labs/lab-1", ["/labs/lab-1"]),
        ("/labs/lab-1/a\\040b", ["/labs/lab-1/a b"]),
        ("/labs/lab-10/data", []),
        ("/", []),
    ],
)
def test_below_a_folder_is(point: str, expected: list[str]) -> None:
    assert [str(found) for found in mounts.below(Path("/labs/lab-1"), ROW.format(point))] == expected


def test_a_link_to_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert mounts.below(tmp_path / "link", ROW.format(tmp_path / "real/data")) == [tmp_path / "real/data"]
