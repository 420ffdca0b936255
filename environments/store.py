"""The environments of a backend: which there are, and what is remembered of each."""

from concurrent.futures import ThreadPoolExecutor

from environments.cli import Pulumi
from environments.environment import Environment
from environments.errors import PulumiError

# Each look at a stack's tags is a process of its own, and mostly waits for the backend.
LOOKS_AT_ONCE = 4
GONE = "no stack named"


def all_of(pulumi: Pulumi) -> list[Environment]:
    """Return the project's stacks, in the order of their names."""
    stacks = pulumi.json("stack", "ls") or []

    def look(stack: dict[str, object]) -> Environment | None:
        try:
            return Environment.of(stack, pulumi.json("stack", "tag", "ls", "--stack", str(stack["name"])) or {})
        except PulumiError as error:
            # Somebody else's destroy was quicker.
            if GONE in error.said:
                return None
            raise

    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        found = [environment for environment in pool.map(look, stacks) if environment is not None]
    return sorted(found, key=lambda environment: environment.name)


def one(pulumi: Pulumi, name: str) -> Environment | None:
    """Return a stack by its name; None where there is none."""
    # A team's backend may list it as organization/name.
    stacks = [stack for stack in pulumi.json("stack", "ls") or [] if str(stack["name"]).rpartition("/")[2] == name]
    if not stacks:
        return None
    return Environment.of(stacks[0], pulumi.json("stack", "tag", "ls", "--stack", str(stacks[0]["name"])) or {})


def tag(pulumi: Pulumi, name: str, tags: dict[str, str]) -> None:
    """Remember something of a stack in the backend."""
    for key, value in tags.items():
        pulumi.run("stack", "tag", "set", key, value, "--stack", name)
