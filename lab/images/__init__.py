"""The container images that the lab preloads where no container registry answers.

Owns what is in them and the one archive that ``ctr images import`` takes. Does not own the programs
(``lab.toolchain`` builds them) nor containerd and the import (the node does).
"""

from lab.images.bundle import build
from lab.images.catalog import PAUSE, Image, images
from lab.images.errors import ImagesError

__all__ = ["PAUSE", "Image", "ImagesError", "build", "images"]
