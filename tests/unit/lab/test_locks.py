"""Locks between commands."""

import os
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.locks import held


def test_a_second_holder_is_refused_with_the_first_ones_id(tmp_path: Path) -> None:
    with held(tmp_path / "lock"), pytest.raises(LabError, match=f"process {os.getpid()}, "), held(tmp_path / "lock"):
        pass


def test_a_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with held(tmp_path / "lock"):
            pass


def test_an_error_inside_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path / "lock"):
        raise ZeroDivisionError
    with held(tmp_path / "lock"):
        pass


def test_the_file_goes_where_that_is_asked_for(tmp_path: Path) -> None:
    with held(tmp_path / "lock", remove=True):
        pass
    assert not (tmp_path / "lock").exists()


def test_a_lock_whose_file_was_replaced_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock):
        lock.unlink()
        with held(lock):
            assert lock.read_text() == str(os.getpid())


def test_a_file_in_the_way_of_the_folder_is_told_with_the_settings(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match="INCREMENTAL_ISTIO_LAB"), held(tmp_path / "file" / "lock"):
        pass
