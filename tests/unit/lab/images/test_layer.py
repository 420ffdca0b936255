"""Layers: what is in the tar, and that its bytes depend on nothing else."""

import os
import tarfile
from pathlib import Path

import pytest

from lab.images.layer import SMALL, File, write_files, write_tree


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    source = tmp_path / "source"
    written = []
    for time in (1, 1_000_000_000):
        source.write_text("content")
        os.utime(source, (time, time))
        write_files(tmp_path / "layer.tar", [File(source, "/etc/b"), File(source, "/etc/a")])
        written.append((tmp_path / "layer.tar").read_bytes())
    assert written[0] == written[1]


def test_a_file_keeps_the_mode_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("content")
    write_files(tmp_path / "layer.tar", [File(tmp_path / "source", "/bin/program", 0o755)])
    with tarfile.open(tmp_path / "layer.tar") as tar:
        assert tar.getmember("bin/program").mode == 0o755


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small root file system."""
    root = tmp_path / "root"
    (root / "bin").mkdir(parents=True)
    (root / "bin" / "su").write_text("su")
    (root / "bin" / "su").chmod(0o4755)
    (root / "bin" / "link").symlink_to("su")
    (root / "bin" / "code.py").write_text("code")
    os.link(root / "bin" / "su", root / "bin" / "same")
    os.utime(root / "bin" / "code.py", (7.5, 7.5))
    return root


def members(tree: Path) -> dict[str, tarfile.TarInfo]:
    """Write a tree and return what is in the tar."""
    target = tree.parent / "layer.tar"
    write_tree(target, tree, sorted(tree.rglob("*")), lambda path: path.suffix == ".py")
    with tarfile.open(target) as tar:
        return {member.name: member for member in tar}


def test_a_tree_loses_its_setuid_bits(tree: Path) -> None:
    assert members(tree)["bin/su"].mode == 0o755 or members(tree)["bin/same"].mode == 0o755


def test_a_tree_is_owned_by_root(tree: Path) -> None:
    assert {(member.uid, member.gid, member.uname) for member in members(tree).values()} == {(0, 0, "")}


def test_a_tree_keeps_its_links(tree: Path) -> None:
    found = members(tree)
    assert (found["bin/link"].linkname, found["bin/su"].islnk()) == ("su", True)


def test_only_what_asks_for_it_keeps_its_time(tree: Path) -> None:
    assert {name: member.mtime for name, member in members(tree).items() if member.mtime} == {"bin/code.py": 7}


def test_a_small_file_is_known_by_its_content(tmp_path: Path) -> None:
    file = File(tmp_path / "source", "/x")
    file.source.write_text("content")
    before = file.fingerprint
    os.utime(file.source, (1, 1))
    assert file.fingerprint == before


def test_a_large_file_is_known_by_size_and_time(tmp_path: Path) -> None:
    file = File(tmp_path / "source", "/x")
    file.source.write_bytes(bytes(SMALL + 1))
    before = file.fingerprint
    os.utime(file.source, (1, 1))
    assert file.fingerprint != before
