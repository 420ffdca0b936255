"""Whether a cluster has room for the stack: a cluster has one set of Istio's CRDs, so one Istio.

Owns the mark by which a stack knows its own Istio again, and the look for somebody else's
before anything is created. What cannot be asked (no right to, a user of a kind that is not
known here) is not refused: the API server then says "already exists", only later.
"""

import base64
import http.client
import json
import os
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pulumi
import yaml

from settings import api_server
from settings.cluster import ExistingCluster
from settings.paths import set_command
from settings.problem import Problem

# An annotation of the Istio namespace, the first object that a stack makes and the last that it deletes.
MARK: Final = "incremental-istio/stack"
NAMESPACES: Final = "/api/v1/namespaces"
CRD: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/virtualservices.networking.istio.io"
ASK_SECONDS: Final = 5.0
LOG_IN_SECONDS: Final = 20.0


def owner() -> str:
    """Return what this stack marks its Istio with."""
    return f"{pulumi.get_project()}/{pulumi.get_stack()}"


def occupied(cluster: ExistingCluster) -> Problem | None:
    """Return the problem of a cluster that has an Istio which is not this stack's."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            api = _Api(cluster, Path(folder))
            owners = _owners(api.get(NAMESPACES))
            if owner() in owners:
                return None
            foreign = not owners and bool(api.get(CRD))
    except (OSError, http.client.HTTPException, subprocess.SubprocessError):
        return None
    except (AttributeError, KeyError, TypeError, ValueError):  # an answer, or a user, in no shape that is known here
        return None
    if owners:
        _, _, stack = owners[0].rpartition("/")
        rule = f"its cluster has the Istio of stack {owners[0]} already, and has room for one"
        return _problem(cluster, rule, f"  # or, if that stack may go: make down STACK={stack}")
    if foreign:
        rule = "its cluster has an Istio already, which no stack of this project installed, and has room for one"
        return _problem(cluster, rule, "  # or uninstall that one: istioctl uninstall --purge")
    return None


def _problem(cluster: ExistingCluster, rule: str, otherwise: str) -> Problem:
    fix = f"{set_command('context', 'OTHER')}{otherwise}"
    return Problem(key="context", value=cluster.context, rule=rule, fix=fix)


def _owners(namespaces: dict[str, Any]) -> list[str]:
    found = [item["metadata"].get("annotations") or {} for item in namespaces.get("items", ())]
    return sorted(annotations[MARK] for annotations in found if MARK in annotations)


class _Api:
    """The API server, asked as the kubeconfig's user."""

    def __init__(self, cluster: ExistingCluster, folder: Path) -> None:
        content = yaml.safe_load(cluster.kubeconfig)
        entry: dict[str, Any] = content["clusters"][0]["cluster"]
        if "tls-server-name" in entry:
            raise ValueError("the server could not be verified, and credentials go to no other")
        user = _logged_in(content["users"][0]["user"])
        self._server = cluster.server.rstrip("/")
        self._headers = {"Accept": "application/json"}
        if token := user.get("token") or _text(user.get("tokenFile")):
            self._headers["Authorization"] = f"Bearer {token}"
        self._opener = api_server.opener(entry, _tls(entry, user, folder))

    def get(self, path: str) -> dict[str, Any]:
        """Return an object; empty where there is none."""
        request = urllib.request.Request(f"{self._server}{path}", headers=self._headers)  # noqa: S310 - a kubeconfig's
        try:
            with self._opener.open(request, timeout=ASK_SECONDS) as answer:
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == HTTPStatus.NOT_FOUND:
                return {}
            raise
        return found


def _tls(entry: dict[str, Any], user: dict[str, Any], folder: Path) -> ssl.SSLContext:
    tls = api_server.tls(entry)
    if "client-certificate-data" in user:
        # OpenSSL reads them from files only; the folder is the user's alone.
        certificate, key = folder / "certificate", folder / "key"
        certificate.write_bytes(base64.b64decode(user["client-certificate-data"]))
        key.write_bytes(base64.b64decode(user["client-key-data"]))
        tls.load_cert_chain(certificate, key)
    return tls


def _logged_in(user: dict[str, Any]) -> dict[str, Any]:
    """Return a user's credentials; those of a plugin are asked for, as the provider itself would in a moment.

    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
    """
    plugin = user.get("exec")
    if plugin is None:
        return user
    information = {"apiVersion": plugin["apiVersion"], "kind": "ExecCredential", "spec": {"interactive": False}}
    variables = {entry["name"]: entry["value"] for entry in plugin.get("env") or ()}
    done = subprocess.run(
        [plugin["command"], *(plugin.get("args") or ())],
        env={**os.environ, **variables, "KUBERNETES_EXEC_INFO": json.dumps(information)},
        capture_output=True, stdin=subprocess.DEVNULL, timeout=LOG_IN_SECONDS, check=True,
    )  # fmt: skip
    status = json.loads(done.stdout)["status"]
    encoded = {
        f"{entry}-data": base64.b64encode(status[given].encode()).decode()
        for entry, given in {"client-certificate": "clientCertificateData", "client-key": "clientKeyData"}.items()
        if given in status
    }
    return {"token": status.get("token"), **encoded}


def _text(file: str | None) -> str | None:
    return Path(file).read_text().strip() if file else None
