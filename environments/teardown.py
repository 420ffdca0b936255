"""Taking an environment down: what it runs, its state, and the stack itself."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from environments import locks, store
from environments.cli import Pulumi
from environments.environment import Environment
from environments.errors import EnvironmentsError, PulumiError
from environments.heal import FORGETTING, heal

UNREACHABLE = "cluster is unreachable"

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a sweep did: names, and for those that failed, why."""

    gone: tuple[str, ...]
    failed: dict[str, str]


def destroy(pulumi: Pulumi, name: str, say: Say, *, keep_stack: bool = False) -> bool:
    """Destroy all that a stack runs, then the stack; return whether there was one.

    Args:
        pulumi: of the stack's project.
        name: of the stack.
        say: tells what happens.
        keep_stack: leaves the empty stack with its history and config.

    Raises:
        EnvironmentsError: it is locked, or pulumi failed.
    """
    there = store.one(pulumi, name)
    if there is None:
        return False
    if there.resources:
        for done in heal(pulumi, name, before_destroy=True):
            say(done)
        try:
            said = pulumi.show("destroy", "--yes", "--skip-preview", "--stack", name, more=FORGETTING)
        except PulumiError as error:
            raise locks.explained(name, error) from error
        if UNREACHABLE in said:
            say(
                f"the cluster of {name} did not answer: what ran in it is forgotten, not deleted. If it is still "
                "there, delete the namespaces, CRDs and cluster roles of Istio by hand."
            )
    if not keep_stack:
        # The config of a stack that was not made from a template is somebody's work.
        keep = [] if there.created else ["--preserve-config"]
        pulumi.run("stack", "rm", "--yes", name, *keep)
    return True


def past_their_time(pulumi: Pulumi, now: dt.datetime) -> list[Environment]:
    """Return the environments whose time is up; one without a TTL never is."""
    return [environment for environment in store.all_of(pulumi) if environment.expired(now)]


def sweep(pulumi: Pulumi, environments: list[Environment], say: Say) -> Swept:
    """Destroy environments one after the other; one that fails does not keep the others."""
    gone, failed = [], {}
    for environment in environments:
        say(f"destroying {environment.name}, whose time was up at {environment.expires}")
        try:
            destroy(pulumi, environment.name, say)
        except EnvironmentsError as error:
            failed[environment.name] = str(error)
        else:
            gone.append(environment.name)
    return Swept(gone=tuple(gone), failed=failed)
