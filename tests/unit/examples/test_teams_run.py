"""The example's script, with a lab that cannot be had and a kubectl that tells what it is asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "examples/teams/run"


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("command", ["checks", "down"])
def test_without_the_lab_no_other_cluster_is_touched(command: str, tmp_path: Path) -> None:
    (tmp_path / "examples/teams").mkdir(parents=True)
    shutil.copy(SCRIPT, tmp_path / "examples/teams/run")
    _program(tmp_path / ".venv/bin/python", f'[ "$*" = "-m lab env" ] && exit 1\ntouch {tmp_path}/touched')
    for name in ("bin/kubectl", "scripts/stack"):
        _program(tmp_path / name, f"touch {tmp_path}/touched")
    environment = {**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "KUBECONFIG": "mine"}
    done = subprocess.run([tmp_path / "examples/teams/run", command], env=environment, timeout=10, check=False)
    assert (done.returncode, (tmp_path / "touched").exists()) == (1, False), "KUBECONFIG is still the person's own"
