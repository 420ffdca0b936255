"""What a killed run left behind, put right before the next one.

Owns three things. A lock whose process is dead is taken away. An object whose deletion was begun is
deleted to the end: the state has it still, so the next `up` would not make it. And an object whose
making was begun is taken into the state: the next `up` would fail on it ("already exists"), and
a `destroy` would leave it behind.

It does not make the provider adopt whatever exists (its `upsertExistingObjects`): that would
take somebody else's objects as well, and delete a resource that was only renamed.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from environments import locks
from environments.cli import Pulumi
from environments.errors import PulumiError
from environments.store import GONE

KUBERNETES = "kubernetes:"
# On a resource of the state until the cluster was asked for it, so that a heal which was cut short is finished later.
UNCONFIRMED = "a run was killed while this was made or changed; how it is was not looked at yet"
# Objects of a cluster that is lost are forgotten. Only on the way down, and not as a setting of the stack's provider:
# there, an `up --refresh` while the cluster is away for a minute would forget all that it has.
FORGETTING = {"PULUMI_K8S_DELETE_UNREACHABLE": "true"}


def heal(pulumi: Pulumi, name: str, *, before_destroy: bool = False) -> Iterator[str]:
    """Put a stack right after a killed run; yield what there was to do, in words.

    Args:
        pulumi: of the stack's project.
        name: of the stack; of one that is not there, nothing was left behind.
        before_destroy: what is deleted anyway need not be deleted now, and what is in a cluster that
            does not answer is forgotten.

    Raises:
        EnvironmentsError: the stack is locked by a run that may be alive, or pulumi failed.
    """
    for lock in locks.release(pulumi, name):
        yield f"took away the lock of a run that is dead ({lock})"
    exported = _export(pulumi, name)
    going = [] if before_destroy else _still_there(exported["deployment"], "deleting")
    if going:
        _show(pulumi, name, "destroy", going)
        yield f"deleted {len(going)} objects to the end, which a killed run had begun to"

        exported = _export(pulumi, name)
    deployment = exported["deployment"]
    unknown = list(_adopt(deployment))
    if deployment.get("pending_operations"):
        # An import also clears away what was begun.
        _import(pulumi, name, exported)
    begun = [one["urn"] for one in deployment.get("resources") or () if UNCONFIRMED in one.get("initErrors", ())]
    if begun:
        _show(pulumi, name, "refresh", begun, forgetting=before_destroy)
        yield f"looked at {len(begun)} objects that a killed run had begun to make or change"
    for urn in unknown:
        _, _, resource = urn.rpartition("::")
        yield (
            f"cannot look for {resource}, which a killed run had begun to make; if it exists, delete it, or "
            f"adopt it: pulumi import --stack {name} {_type(urn)} {resource} ID"
        )


def _export(pulumi: Pulumi, name: str) -> dict[str, Any]:
    try:
        exported: dict[str, Any] = json.loads(pulumi.run("stack", "export", "--stack", name))
    except PulumiError as error:
        if GONE in error.said:
            return {"deployment": {}}
        raise
    return exported


def _still_there(deployment: dict[str, Any], *kinds: str) -> list[str]:
    """Return which of the resources in the state had an operation of some kind begun.

    One that waits to be deleted since it was replaced shares its name with what replaced it; the next `up`
    deletes it by itself.
    """
    resources = deployment.get("resources") or ()
    known = {resource["urn"] for resource in resources if not resource.get("delete")}
    doubled = {resource["urn"] for resource in resources if resource.get("delete")}
    begun = [one["resource"]["urn"] for one in deployment.get("pending_operations") or () if one["type"] in kinds]
    return [urn for urn in begun if urn in known - doubled]


def _adopt(deployment: dict[str, Any]) -> Iterator[str]:
    """Turn begun creations into resources of the state, for the next refresh to confirm or drop.

    Yields:
        The names of those whose id only their provider could tell.
    """
    resources = deployment.setdefault("resources", [])
    changing = _still_there(deployment, "updating")
    for resource in resources:
        if resource["urn"] in changing:
            resource["initErrors"] = [UNCONFIRMED]
    for operation in deployment.get("pending_operations") or ():
        resource = operation["resource"]
        if operation["type"] != "creating":
            continue
        identity = _object_id(resource)
        if identity is None:
            yield resource["urn"]
        else:
            known = {"id": identity, "outputs": resource["inputs"], "initErrors": [UNCONFIRMED]}
            resources.append({**resource, **known})


def _object_id(resource: dict[str, Any]) -> str | None:
    """Return the id that the Kubernetes provider gives an object; None for anything else."""
    metadata = resource.get("inputs", {}).get("metadata", {})
    if not resource["type"].startswith(KUBERNETES) or not metadata.get("name"):
        return None
    return "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _show(pulumi: Pulumi, name: str, command: str, urns: Iterable[str], *, forgetting: bool = False) -> None:
    targets = [argument for urn in urns for argument in ("--target", urn)]
    dependents = ["--target-dependents"] if command == "destroy" else []
    try:
        pulumi.show(
            command, "--yes", "--skip-preview", "--stack", name, *targets, *dependents,
            more=FORGETTING if forgetting else None,
        )  # fmt: skip
    except PulumiError as error:
        raise locks.explained(name, error) from error


def _import(pulumi: Pulumi, name: str, exported: dict[str, Any]) -> None:
    # Its secrets are encrypted, and the folder is the user's alone.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        file.write_text(json.dumps({**exported, "deployment": {**exported["deployment"], "pending_operations": []}}))
        try:
            pulumi.run("stack", "import", "--stack", name, "--file", str(file))
        except PulumiError as error:
            raise locks.explained(name, error) from error
