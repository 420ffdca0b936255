"""Making an environment: a stack with its tags, and its config from a template."""

import datetime as dt

import yaml

from environments import store
from environments.cli import Pulumi
from environments.environment import CREATED, OWNER, TTL
from environments.errors import EnvironmentsError, PulumiError
from environments.request import Request

# What `pulumi stack init` writes for the stack's secrets.
SECRETS = ("secretsprovider", "encryptedkey", "encryptionsalt")


def create(pulumi: Pulumi, request: Request, now: dt.datetime) -> bool:
    """Make the environment, or give one that is there the request's config, TTL and owner.

    Its time still counts from when it was made.

    Returns:
        Whether it was made.

    Raises:
        EnvironmentsError: a stack of that name was not made here, or the backend keeps no tags.
    """
    there = store.one(pulumi, request.name)
    if there is not None and there.created is None:
        raise EnvironmentsError(
            f"stack {request.name} is there already and was not made by this command; it is left alone.\n"
            "    fix: take another name"
        )
    if there is None:
        pulumi.run("stack", "init", request.name, "--no-select")
    tags = {TTL: request.ttl} | ({OWNER: request.owner} if request.owner else {})
    try:
        # The time of making comes last: with it, the stack counts as an environment, and can be swept.
        store.tag(pulumi, request.name, tags | ({CREATED: now.isoformat(timespec="seconds")} if there is None else {}))
    except PulumiError as error:
        if there is None:
            pulumi.run("stack", "rm", "--yes", request.name)
        raise EnvironmentsError(
            f"the backend keeps no tags, and without them no sweep would ever find {request.name}; "
            f"nothing was created.\n{error}\n    fix: a pulumi that keeps them (3.228 does, on every backend)"
        ) from error
    _write_config(pulumi, request)
    return there is None


def _write_config(pulumi: Pulumi, request: Request) -> None:
    file = pulumi.folder / f"Pulumi.{request.name}.yaml"
    before = (yaml.safe_load(file.read_text()) or {}) if file.is_file() else {}
    secrets = {key: before[key] for key in SECRETS if key in before}
    content = yaml.safe_dump({"config": request.config, **secrets}, sort_keys=False)
    file.write_text(f"# Made by `python -m environments create`; it goes with the environment.\n{content}")
