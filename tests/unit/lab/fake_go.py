"""A `go` that builds nothing: lists three packages, and writes a file per program.

Each call is noted in $FAKE_GO_CALLS. A build whose module is named in $FAKE_GO_BREAKS fails.
"""

import os
import sys
from pathlib import Path


def main() -> int:
    arguments = sys.argv[1:]
    module = Path.cwd().name
    with Path(os.environ["FAKE_GO_CALLS"]).open("a") as calls:
        calls.write(f"{module} {arguments[0]} {os.environ.get('GOCACHE', '')}\n")
    match arguments:
        case ["env", _]:
            print(os.environ.get("FAKE_GO_VERSION", "go1.26.1"))
        case ["list", "-f", _, package]:
            print(Path(os.environ["FAKE_GO_MODULES"]) / package.split("/")[0])
        case ["list", *_]:
            print("fmt\nos\nnet")
        case ["build", *_]:
            return build(arguments, module)
    return 0


def build(arguments: list[str], module: str) -> int:
    into = Path(arguments[arguments.index("-o") + 1])
    (Path(os.environ["GOCACHE"])).mkdir(parents=True, exist_ok=True)
    for package in ("fmt", "os", "net", "one/more"):
        print(package, file=sys.stderr)
    if os.environ.get("FAKE_GO_BREAKS") == module:
        print("out of luck", file=sys.stderr)
        return 1
    for package in arguments[arguments.index("-o") + 2 :]:
        parts = package.split("/")
        name = parts[-2] if parts[-1] == "v3" else parts[-1]
        (into / name).write_text(f"built {package}")
    return 0


sys.exit(main())
