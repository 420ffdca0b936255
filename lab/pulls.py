"""Genuine images, where a container registry can be reached.

Owns the choice: one small image is tried first, and where it cannot be had, the lab
keeps what it made itself. Nothing is half replaced without being recorded.
"""

import json
import shutil
import subprocess
from typing import Final

from lab.images import Image, images
from lab.paths import NodePaths

TRIAL_SECONDS: Final = 20
PULL_SECONDS: Final = 300


def pull(paths: NodePaths) -> None:
    """Replace the lab's images by genuine ones as far as they can be had; record which were."""
    genuine: list[str] = []
    seconds = TRIAL_SECONDS
    for image in sorted(images(), key=_trial_first):
        if not _pull(paths, image.reference, seconds):
            break
        genuine.append(image.reference)
        seconds = PULL_SECONDS
    (paths.folder / "genuine.json").write_text(json.dumps(genuine))


def origin(paths: NodePaths) -> dict[str, str]:
    """Return each image's reference with `genuine`, `lab build` or `stand-in`."""
    try:
        genuine = set(json.loads((paths.folder / "genuine.json").read_text()))
    except OSError:
        genuine = set()
    return {image.reference: "genuine" if image.reference in genuine else image.kind for image in images()}


def _trial_first(image: Image) -> bool:
    return "pause" not in image.reference


def _pull(paths: NodePaths, reference: str, seconds: int) -> bool:
    ctr = shutil.which("ctr") or "/usr/bin/ctr"
    command = [ctr, f"--address={paths.containerd}", "--namespace=k8s.io", "images", "pull", reference]
    with (paths.logs / "pulls.log").open("ab") as log:
        try:
            # On the host's side of the network: the node itself has no way out.
            done = subprocess.run(command, check=False, stdout=log, stderr=log, timeout=seconds)  # noqa: S603
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0
