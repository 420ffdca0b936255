"""``python3 -m bookinfo reviews v2``: one service, one version, until SIGTERM."""

import argparse
import os
import sys
from collections.abc import Sequence

from . import details, productpage, ratings, reviews
from .message import Role
from .server import serve

VERSIONS = {"details": ("v1",), "productpage": ("v1",), "ratings": ("v1",), "reviews": tuple(reviews.COLORS)}


def role(name: str, version: str) -> Role:
    """Return the service that answers under a name, with its settings from the environment."""
    if name == "reviews":
        return reviews.Reviews.read(version, os.environ)
    if name == "productpage":
        return productpage.ProductPage.read(os.environ)
    return {"details": details.answer, "ratings": ratings.answer}[name]


def main(arguments: Sequence[str]) -> int:
    """Serve the role named on the command line; 0 after a SIGTERM."""
    parser = argparse.ArgumentParser(prog="bookinfo", description="The lab's stand-in for Bookinfo.")
    parser.add_argument("role", choices=sorted(VERSIONS))
    parser.add_argument("version", choices=sorted({v for versions in VERSIONS.values() for v in versions}))
    parser.add_argument("--port", type=int, default=9080)
    chosen = parser.parse_args(arguments)
    if chosen.version not in VERSIONS[chosen.role]:
        parser.error(f"{chosen.role} has {', '.join(VERSIONS[chosen.role])}, not {chosen.version}")
    serve(role(chosen.role, chosen.version), port=chosen.port, title=f"{chosen.role} {chosen.version}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
