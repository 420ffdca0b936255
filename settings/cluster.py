"""Config of a cluster that is there already: a kubeconfig and one context of it.

Owns the way from a path and a context's name to the one cluster they stand for, with
nothing of the file's other clusters. It never runs a credential plugin.
"""

import base64
import http.client
import os
import shlex
import urllib.error
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from settings import api_server
from settings.paths import set_command, unset_command
from settings.problem import Problem

REACH_SECONDS = 5.0
DEFAULT = "~/.kube/config"
# Where no kubeconfig is in sight, a cluster of one's own is two commands away.
LAB = f'make lab && {set_command("kubeconfig", "PATH").removesuffix("PATH")}"$(.venv/bin/python -m lab kubeconfig)"'


class ExistingCluster(BaseModel):
    """A context cut out of a kubeconfig, files inlined, so that it works on its own.

    Attributes:
        path: the kubeconfig that it was cut out of.
    """

    model_config = ConfigDict(frozen=True)

    path: Path
    context: str
    server: str
    kubeconfig: str

    def __repr__(self) -> str:
        """Leave the credentials out."""
        return f"ExistingCluster(context={self.context!r}, server={self.server!r})"


def resolve(kubeconfig: str, context: str) -> ExistingCluster | list[Problem]:
    """Return the cluster behind a kubeconfig's context, or why there is none.

    Args:
        kubeconfig: a path; empty for ``$KUBECONFIG``, else ``~/.kube/config``.
        context: a context's name; empty for the file's current one.
    """
    path = Path(os.path.expanduser(kubeconfig or _usual()))  # noqa: PTH111 - Path's fails without the user's home
    where = f"{path} (of $KUBECONFIG)" if not kubeconfig and os.environ.get("KUBECONFIG") else str(path)
    try:
        content = yaml.safe_load(path.read_text())
        contexts = {entry["name"]: entry["context"] for entry in content["contexts"]}
    except OSError as error:
        return [_kubeconfig_problem(kubeconfig, where, f"the file cannot be read ({error.strerror})")]
    except (yaml.YAMLError, KeyError, TypeError, ValueError):
        return [_kubeconfig_problem(kubeconfig, where, "the file is not a kubeconfig")]

    name = context or content.get("current-context") or ""
    if name not in contexts:
        known = ", ".join(sorted(contexts)) or "none"
        rule = f"{where} has no such context (it has: {known})" if name else f"{where} has no current context"
        fix = set_command("context", min(contexts)) if contexts else LAB
        return [Problem(key="context", value=name or None, rule=rule, fix=fix)]
    try:
        return _cut_out(content, name, contexts[name], path)
    except OSError as error:
        rule = f"it names {error.filename}, which cannot be read ({error.strerror})"
        return [_kubeconfig_problem(kubeconfig, where, rule)]
    except (KeyError, StopIteration, TypeError, ValueError):
        rule = f"the cluster or the user of context {name!r} is not in the file"
        return [_kubeconfig_problem(kubeconfig, where, rule)]


def unreachable(cluster: ExistingCluster) -> Problem | None:
    """Return the problem of a cluster whose API server does not answer within ``REACH_SECONDS``.

    Any HTTP answer counts, a refusal for missing credentials too.
    """
    entry = yaml.safe_load(cluster.kubeconfig)["clusters"][0]["cluster"]
    try:
        opener = api_server.opener(entry, api_server.tls(entry))
        opener.open(f"{cluster.server.rstrip('/')}/version", timeout=REACH_SECONDS).close()
    except urllib.error.HTTPError as answer:
        answer.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        look = shlex.join(["kubectl", "--kubeconfig", str(cluster.path), "--context", cluster.context, "version"])
        return Problem(
            key="context",
            value=cluster.context,
            rule=f"its cluster at {cluster.server} is unreachable ({reason})",
            fix=f"{look}  # says why; start the cluster (the lab: make lab)",
        )
    return None


def _usual() -> str:
    return os.environ.get("KUBECONFIG") or DEFAULT


def _kubeconfig_problem(kubeconfig: str, where: str, rule: str) -> Problem:
    """Return a problem whose fix is the next best place: without the key, or the lab's."""
    usual = Path(os.path.expanduser(_usual()))  # noqa: PTH111 - as above
    fix = unset_command("kubeconfig") if kubeconfig and usual.is_file() else LAB
    return Problem(key="kubeconfig", value=where, rule=rule, fix=fix)


def _cut_out(content: dict[str, Any], name: str, context: dict[str, Any], path: Path) -> ExistingCluster:
    cluster = next(entry for entry in content["clusters"] if entry["name"] == context["cluster"])
    user = next(entry for entry in content["users"] if entry["name"] == context["user"])
    inlined_cluster = {**cluster, "cluster": _inline(cluster["cluster"], path.parent)}
    return ExistingCluster(
        path=path,
        context=name,
        server=inlined_cluster["cluster"]["server"],
        kubeconfig=yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": name,
                "contexts": [{"name": name, "context": context}],
                "clusters": [inlined_cluster],
                "users": [{**user, "user": _inline(user["user"], path.parent)}],
            },
            sort_keys=False,
        ),
    )


def _inline(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Replace each file that the entry names by its content, as ``kubectl config view --flatten`` does."""
    inlined = dict(entry)
    for key in ("certificate-authority", "client-certificate", "client-key"):
        if key in inlined:
            inlined[f"{key}-data"] = base64.b64encode((folder / inlined.pop(key)).read_bytes()).decode()
    return inlined
