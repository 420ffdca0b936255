"""A `go` that builds nothing: lists three packages, and writes a file per program.

Each call is noted in $FAKE_GO_CALLS. A build whose module is named in $FAKE_GO_BREAKS fails. It is a program,
and for most tests a function: to start a Python costs more than all that it does.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def answer(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> tuple[int, str, str]:
    """Run a command in a module's folder and return its exit code, output and error output."""
    with Path(environment["FAKE_GO_CALLS"]).open("a") as calls:
        calls.write(f"{folder.name} {arguments[0]} {environment.get('GOCACHE', '')}\n")
    match arguments:
        case ["env", _]:
            return 0, f"{environment.get('FAKE_GO_VERSION', 'go1.26.1')}\n", ""
        case ["list", "-f", _, package]:
            return 0, f"{Path(environment['FAKE_GO_MODULES']) / package.split('/')[0]}\n", ""
        case ["list", *_]:
            return 0, "fmt\nos\nnet\n", ""
        case ["build", *_]:
            return _build(arguments, environment, folder.name)
    return 0, "", ""


def _build(arguments: Sequence[str], environment: Mapping[str, str], module: str) -> tuple[int, str, str]:
    compiled = "fmt\nos\nnet\none/more\n"
    Path(environment["GOCACHE"]).mkdir(parents=True, exist_ok=True)
    if environment.get("FAKE_GO_BREAKS") == module:
        return 1, "", f"{compiled}out of luck\n"
    into = arguments.index("-o") + 1
    for package in arguments[into + 1 :]:
        parts = package.split("/")
        name = parts[-2] if parts[-1] == "v3" else parts[-1]
        (Path(arguments[into]) / name).write_text(f"built {package}")
    return 0, "", compiled


if __name__ == "__main__":
    code, out, err = answer(sys.argv[1:], os.environ, Path.cwd())
    sys.stdout.write(out)
    sys.stderr.write(err)
    sys.exit(code)
