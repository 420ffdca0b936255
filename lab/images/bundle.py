"""The bundle: one archive with all images, in a cache that only ever holds finished ones.

Owns the cache folder, its lock, and when a bundle is made anew. Does not own what is in it.
"""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.images import archive, base_layer, sources
from lab.images.base_layer import BaseLayer
from lab.images.catalog import images
from lab.images.errors import refuse
from lab.images.layer import write_files

UNFINISHED = "unfinished-"


def build(*, toolchain: Path, cache: Path, report: Callable[[str], None]) -> Path:
    """Return the archive with every image, made from the files as they are now.

    Args:
        toolchain: the folder with ``pilot-discovery``, ``pilot-agent`` and ``envoy_bootstrap.json``.
        cache: where the archive and the base layer are kept; may not exist yet.
        report: told each step as it begins; nothing, when there is nothing to do.

    Raises:
        ImagesError: something is missing, or debootstrap failed.

    """
    files = sources.files(toolchain)
    base = BaseLayer.of_host()
    refuse(sources.lacking(files))
    cache.mkdir(parents=True, exist_ok=True)
    bundle = cache / f"images-{_key(files, base)}.tar"
    with _locked(cache):
        if bundle.exists():
            return bundle
        if not base.path(cache).exists():
            refuse(base_layer.lacking())
        with _scratch(cache) as scratch:
            layers = {"base": base.make(cache, scratch, report)}
            report("packing the images")
            for name, content in files.items():
                layers[name] = scratch / f"{name}.tar"
                write_files(layers[name], content)
            archive.write(scratch / bundle.name, images(), layers)
            (scratch / bundle.name).replace(bundle)
        _keep_only(cache, bundle, base.path(cache))
    return bundle


def _key(files: sources.Files, base: BaseLayer) -> str:
    """Return what changes when any input does: the files, the base layer, and the code that packs them."""
    code = (path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    packed = sorted(file.fingerprint for layer in files.values() for file in layer)
    return hashlib.sha256(b"\n".join((base.key.encode(), *map(str.encode, packed), *code))).hexdigest()[:16]


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """Let one build at a time use the cache. The lock goes with the process, however it ends."""
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _scratch(cache: Path) -> Iterator[Path]:
    """Give a folder for what is not finished, and first take away those of builds that were killed."""
    for left in cache.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=cache, prefix=UNFINISHED) as folder:
        yield Path(folder)


def _keep_only(cache: Path, *kept: Path) -> None:
    for path in (*cache.glob("images-*.tar"), *cache.glob("base-*.tar")):
        if path not in kept:
            path.unlink()
