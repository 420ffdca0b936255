"""A `pulumi` that keeps its stacks in one JSON file, fails where it is told to, and logs how it was called.

The file, $FAKE_PULUMI: `stacks` by name (tags, resources, deployment), `fail` and `say` by a command's first
words and stack, such as "destroy pr-2".
"""

import fcntl
import json
import os
import sys
from pathlib import Path

file = Path(os.environ["FAKE_PULUMI"])
# Several of them run at a time; the lock goes with the process.
lock = file.with_suffix(".lock").open("w")
fcntl.flock(lock, fcntl.LOCK_EX)
world = json.loads(file.read_text())
arguments = [argument for argument in sys.argv[1:] if argument != "--non-interactive"]


def value(flag: str) -> str:
    return arguments[arguments.index(flag) + 1]


words = [argument for argument in arguments[:3] if not argument.startswith("-")]
named = value("--stack") if "--stack" in arguments else ""
if words[:2] in (["stack", "init"], ["stack", "rm"]):
    named = next(argument for argument in arguments[2:] if not argument.startswith("-"))
verb = {"stack": 2, "destroy": 1, "refresh": 1, "cancel": 1, "whoami": 1}[words[0]]
command = " ".join(words[: verb + (words[1:2] == ["tag"])])
lost = os.environ.get("PULUMI_K8S_DELETE_UNREACHABLE", "")
world.setdefault("calls", []).append(f"{command} {named}".strip() + (" forgetting what is lost" if lost else ""))
world.setdefault("arguments", []).append(arguments)


def end(code: int = 0) -> None:
    file.write_text(json.dumps(world))
    sys.exit(code)


key = f"{command} {named}".strip()
if key in world.get("fail", {}):
    print(world["fail"][key], file=sys.stderr)
    end(255)
print(world.get("say", {}).get(key, ""), end="")
stacks = world["stacks"]
if command not in {"stack ls", "stack init", "whoami"} and named not in stacks:
    print(f"error: no stack named '{named}' found", file=sys.stderr)
    end(1)

match command:
    case "whoami":
        print(json.dumps({"user": "me", "url": world.get("url", "https://api.pulumi.com/me")}))
    case "stack ls":
        print(json.dumps([{"name": name, "resourceCount": one.get("resources")} for name, one in stacks.items()]))
    case "stack init":
        stacks[named] = {"tags": {}}
        Path(f"Pulumi.{named}.yaml").write_text("encryptionsalt: v1:salt\n")
    case "stack rm":
        del stacks[named]
        if "--preserve-config" not in arguments:
            Path(f"Pulumi.{named}.yaml").unlink(missing_ok=True)
    case "stack tag ls":
        print(json.dumps(stacks[named].get("tags", {})))
    case "stack tag set":
        stacks[named].setdefault("tags", {})[arguments[3]] = arguments[4]
    case "stack export":
        print(json.dumps({"version": 3, "deployment": stacks[named].get("deployment", {})}))
    case "stack import":
        stacks[named]["deployment"] = json.loads(Path(value("--file")).read_text())["deployment"]
    case "destroy":
        stacks[named]["resources"] = 0
end()
