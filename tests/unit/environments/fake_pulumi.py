"""A `pulumi` that keeps its stacks in one JSON file, fails where it is told to, and logs how it was called.

The file, $FAKE_PULUMI: `stacks` by name (tags, resources, deployment), `fail` and `say` by a command's first
words and stack, such as "destroy pr-2". It is a program, and for most tests a function.
"""

import fcntl
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

VERBS = {"stack": 2, "destroy": 1, "refresh": 1, "cancel": 1, "whoami": 1}


def answer(given: Sequence[str], environment: Mapping[str, str], folder: Path) -> tuple[int, str, str]:
    """Run a command in a folder and return its exit code, output and error output."""
    file = Path(environment["FAKE_PULUMI"])
    # Several of them run at a time; the lock goes with the open file.
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        world = json.loads(file.read_text())
        ended = _run([one for one in given if one != "--non-interactive"], environment, folder, world)
        file.write_text(json.dumps(world))
    return ended


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, world: dict[str, Any]
) -> tuple[int, str, str]:
    words = [argument for argument in arguments[:3] if not argument.startswith("-")]
    named = _value(arguments, "--stack") if "--stack" in arguments else ""
    if words[:2] in (["stack", "init"], ["stack", "rm"]):
        named = next(argument for argument in arguments[2:] if not argument.startswith("-"))
    command = " ".join(words[: VERBS[words[0]] + (words[1:2] == ["tag"])])
    key = f"{command} {named}".strip()
    lost = environment.get("PULUMI_K8S_DELETE_UNREACHABLE", "")
    world.setdefault("calls", []).append(key + (" forgetting what is lost" if lost else ""))
    world.setdefault("arguments", []).append(arguments)
    if key in world.get("fail", {}):
        return 255, "", f"{world['fail'][key]}\n"
    said = world.get("say", {}).get(key, "")
    if command not in {"stack ls", "stack init", "whoami"} and named not in world["stacks"]:
        return 1, said, f"error: no stack named '{named}' found\n"
    _change(command, named, arguments, folder / f"Pulumi.{named}.yaml", world["stacks"])
    return 0, said + _print(command, named, world), ""


def _change(command: str, named: str, arguments: Sequence[str], config: Path, stacks: dict[str, Any]) -> None:
    match command:
        case "stack init":
            stacks[named] = {"tags": {}}
            config.write_text("encryptionsalt: v1:salt\n")
        case "stack rm":
            del stacks[named]
            if "--preserve-config" not in arguments:
                config.unlink(missing_ok=True)
        case "stack tag set":
            stacks[named].setdefault("tags", {})[arguments[3]] = arguments[4]
        case "stack import":
            stacks[named]["deployment"] = json.loads(Path(_value(arguments, "--file")).read_text())["deployment"]
        case "destroy":
            stacks[named]["resources"] = 0


def _print(command: str, named: str, world: dict[str, Any]) -> str:
    stacks = world["stacks"]
    match command:
        case "whoami":
            return json.dumps({"user": "me", "url": world.get("url", "https://api.pulumi.com/me")})
        case "stack ls":
            return json.dumps([{"name": name, "resourceCount": one.get("resources")} for name, one in stacks.items()])
        case "stack tag ls":
            return json.dumps(stacks[named].get("tags", {}))
        case "stack export":
            return json.dumps({"version": 3, "deployment": stacks[named].get("deployment", {})})
    return ""


def _value(arguments: Sequence[str], flag: str) -> str:
    return arguments[arguments.index(flag) + 1]


if __name__ == "__main__":
    code, out, err = answer(sys.argv[1:], os.environ, Path.cwd())
    sys.stdout.write(out)
    sys.stderr.write(err)
    sys.exit(code)
