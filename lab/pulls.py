"""Genuine images, where a container registry can be reached.

Owns the choice: one small image is tried first, and where it cannot be had, the lab
keeps what it made itself. What was replaced, and why no more, is recorded.
"""

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from lab.errors import tail
from lab.images import Image, images
from lab.paths import NodePaths

TRIAL_SECONDS: Final = 20
PULL_SECONDS: Final = 300


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """What became of the genuine images.

    Attributes:
        genuine: references of those that were pulled.
        stopped: why no more were; empty when all were.
    """

    genuine: tuple[str, ...] = ()
    stopped: str = "not tried yet"


def pull(paths: NodePaths) -> Pulled:
    """Replace the lab's images by genuine ones as far as they can be had; record which were."""
    genuine: list[str] = []
    stopped = ""
    for image in sorted(images(), key=_trial_first):
        stopped = _pull(paths, image.reference, PULL_SECONDS if genuine else TRIAL_SECONDS)
        if stopped:
            break
        genuine.append(image.reference)
    pulled = Pulled(genuine=tuple(genuine), stopped=stopped)
    paths.pulls.write_text(json.dumps(asdict(pulled)))
    return pulled


def recorded(paths: NodePaths) -> Pulled:
    """Return what `pull` recorded."""
    try:
        content = json.loads(paths.pulls.read_text())
        return Pulled(genuine=tuple(content["genuine"]), stopped=content["stopped"])
    except (OSError, ValueError, KeyError, TypeError):
        return Pulled()


def origin(paths: NodePaths) -> dict[str, str]:
    """Return each image's reference with `genuine`, `lab build` or `stand-in`."""
    genuine = recorded(paths).genuine
    return {image.reference: "genuine" if image.reference in genuine else image.kind for image in images()}


def _trial_first(image: Image) -> bool:
    return "pause" not in image.reference


def _pull(paths: NodePaths, reference: str, seconds: int) -> str:
    """Pull one image; return why it could not be had, or nothing."""
    log = paths.logs / "pulls.log"
    with log.open("ab") as stream:
        try:
            done = subprocess.run(
                _command(paths.containerd, reference), check=False, stdout=stream, stderr=stream, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            return f"{reference}: no answer within {seconds} s"
    return f"{reference}: {tail(log, 1).strip()}" if done.returncode else ""


def _command(containerd: Path, reference: str) -> list[str]:
    """Return the command, which runs on the host's side of the network: the node itself has no way out."""
    ctr = [shutil.which("ctr") or "/usr/bin/ctr", f"--address={containerd}", "--namespace=k8s.io"]
    # A `lab up` that is killed takes its download along.
    return ["setpriv", "--pdeathsig", "KILL", *ctr, "images", "pull", reference]
