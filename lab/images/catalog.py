"""Which images the lab preloads, and under which production names.

Owns names, versions, and how each image starts. Does not own what is in a layer: ``sources`` does.
"""

from dataclasses import dataclass
from typing import Literal

from lab import versions

BOOKINFO_VERSION = "1.20.3"
CURL_VERSION = "8.16.0"
PAUSE_VERSION = "3.10"

Kind = Literal["lab build", "stand-in"]
Layer = Literal["base", "bookinfo", "busybox", "pilot", "proxy"]

# As process 1 a shell has no default action for SIGTERM, so it sets one; ``wait`` reaps whatever
# is left to process 1, and returns at once when the signal comes.
PAUSE_SCRIPT = 'trap "exit 0" TERM INT; while :; do /bin/busybox sleep 3600 & wait; done'


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image.

    Attributes:
        reference: the production name, which the manifests use.
        kind: "lab build" is the real program, assembled here; "stand-in" is a program of our own.
        layers: what it is made of, lowest first; images share the layers that they have in common.
        user: numeric, because Kubernetes cannot tell whether a name is root (``runAsNonRoot``).
        entrypoint: as in an image's config.
        command: as in an image's config.
        port: what the program listens on, where that is one port.

    """

    reference: str
    kind: Kind
    layers: tuple[Layer, ...]
    user: str
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    port: int | None = None


PAUSE = Image(
    reference=f"registry.k8s.io/pause:{PAUSE_VERSION}",
    kind="lab build",
    layers=("busybox",),
    user="65535:65535",
    entrypoint=("/bin/busybox", "sh", "-c", PAUSE_SCRIPT),
)
PILOT = Image(
    reference=f"docker.io/istio/pilot:{versions.ISTIO}",
    kind="lab build",
    layers=("base", "pilot"),
    user="1337:1337",
    entrypoint=("/usr/local/bin/pilot-discovery",),
)
PROXY = Image(
    reference=f"docker.io/istio/proxyv2:{versions.ISTIO}",
    kind="lab build",
    layers=("base", "proxy"),
    user="1337:1337",
    entrypoint=("/usr/local/bin/pilot-agent",),
)
CURL = Image(
    # Debian's curl: the tag is the one that the manifests name, not the version inside.
    reference=f"docker.io/curlimages/curl:{CURL_VERSION}",
    kind="lab build",
    layers=("base",),
    user="100:101",
    command=("/usr/bin/curl",),
)


def bookinfo(role: str, version: str) -> Image:
    """Return the stand-in for one Bookinfo image."""
    user = "1001" if role == "reviews" else "1000"
    return Image(
        reference=f"docker.io/istio/examples-bookinfo-{role}-{version}:{BOOKINFO_VERSION}",
        kind="stand-in",
        layers=("base", "bookinfo"),
        user=f"{user}:{user}",
        entrypoint=("/usr/bin/python3", "-m", "bookinfo", role, version),
        port=9080,
    )


def images() -> tuple[Image, ...]:
    """Return every image that the lab preloads."""
    return (
        PAUSE,
        PILOT,
        PROXY,
        CURL,
        bookinfo("details", "v1"),
        bookinfo("ratings", "v1"),
        *(bookinfo("reviews", version) for version in ("v1", "v2", "v3")),
        bookinfo("productpage", "v1"),
    )
