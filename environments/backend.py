"""Where a stack's state lives if nobody has said so: a folder of the project, without a passphrase.

Owns this decision for the whole project; `python -m environments.backend` prints it for a shell. It does not own
the backend that somebody logged in to: of that it only looks whether there is one.
"""

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

FOLDER = ".state"


def unless_chosen(project: Path, environment: Mapping[str, str], *, heed_login: bool = True) -> dict[str, str]:
    """Return the variables that lead pulumi to the project's folder, which is made; none where a backend was chosen.

    Args:
        project: folder of the project.
        environment: `PULUMI_BACKEND_URL` in it chooses a backend.
        heed_login: whether a `pulumi login` chooses one. Not for the lab's own stack, whose committed config has
            the salt of the empty passphrase.
    """
    if environment.get("PULUMI_BACKEND_URL") or (heed_login and _logged_in(environment)):
        return {}
    state = project / FOLDER
    state.mkdir(exist_ok=True)
    return {
        "PULUMI_BACKEND_URL": folder_url(state),
        "PULUMI_CONFIG_PASSPHRASE": environment.get("PULUMI_CONFIG_PASSPHRASE", ""),
    }


def folder_url(folder: Path) -> str:
    """Return a folder as a backend: without the checksums that pulumi would keep beside each file, and nothing reads.

    They are a fourteenth of the engine's CPU time, for a state is written after every step.
    """
    return f"{folder.as_uri()}?metadata=skip"


def _logged_in(environment: Mapping[str, str]) -> bool:
    home = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        credentials = json.loads((home / "credentials.json").read_text())
    except (OSError, json.JSONDecodeError):
        return False
    return bool(credentials.get("current"))


if __name__ == "__main__":
    for name, value in unless_chosen(Path.cwd(), os.environ).items():
        print(f"export {name}={shlex.quote(value)}")
