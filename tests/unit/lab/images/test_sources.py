"""Where the files come from, and what is said when they are not there."""

from pathlib import Path

import pytest

from lab.images import sources


def test_what_the_toolchain_lacks_is_named_all_at_once(tmp_path: Path) -> None:
    text = "\n".join(map(str, sources.lacking(sources.files(tmp_path))))
    assert all(name in text for name in ("pilot-discovery", "pilot-agent", "envoy_bootstrap.json"))


def test_the_stand_in_goes_in_whole(tmp_path: Path) -> None:
    targets = {file.target for file in sources.files(tmp_path)["bookinfo"]}
    assert {"/opt/bookinfo/__main__.py", "/opt/bookinfo/server.py"} <= targets


@pytest.mark.parametrize(("head", "static"), [(b"\x7fELF", True), (b"\x7fELF/lib64/ld-linux-x86-64.so.2", False)])
def test_a_program_that_names_the_loader_is_not_static(tmp_path: Path, head: bytes, *, static: bool) -> None:
    (tmp_path / "program").write_bytes(head + bytes(100))
    assert sources.is_static(tmp_path / "program") is static
