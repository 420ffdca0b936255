"""Whether the program is run to be rendered as YAML, where no cluster is looked for.

Owns the name of the environment variable that says so. It is no key of the config: a stack
that is rendered has the config of the one that is applied, to the letter.
"""

import os
from typing import Final

VARIABLE: Final = "INCREMENTAL_ISTIO_RENDER"


def folder() -> str | None:
    """Return the folder that the objects are written to; None where they are applied."""
    return os.environ.get(VARIABLE) or None
