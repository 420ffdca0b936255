"""The API server of a cluster that is there, asked as the kubeconfig's user.

Owns how the user is logged in and what an answer is; not what is asked. Not the Kubernetes client:
its import would cost every preview half a second.
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
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import yaml

from settings import api_server
from settings.cluster import ExistingCluster

ASK_SECONDS: Final = 5.0
LOG_IN_SECONDS: Final = 20.0


class LoginError(Exception):
    """The cluster cannot be asked as the kubeconfig's user: no login, or one of a kind that is not known here."""


@contextmanager
def client(cluster: ExistingCluster) -> Iterator["ApiClient"]:
    """Log in; certificates of the user are in files until the block ends.

    Raises:
        LoginError: where the user is not logged in.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = ApiClient(cluster, Path(folder))
        except (OSError, subprocess.SubprocessError) as error:
            raise LoginError(str(error)) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:  # a user in no shape that is known here
            raise LoginError("the kubeconfig's user is of a kind that is not known here") from error
        yield found


class ApiClient:
    """The API server, asked as the kubeconfig's user."""

    def __init__(self, cluster: ExistingCluster, folder: Path) -> None:
        content = yaml.safe_load(cluster.kubeconfig)
        entry: dict[str, Any] = content["clusters"][0]["cluster"]
        if "tls-server-name" in entry:
            raise ValueError("the server could not be verified, and credentials go to no other")
        user = _logged_in(content["users"][0]["user"])
        self._server = cluster.server.rstrip("/")
        self._answers: dict[str, dict[str, Any] | None] = {}
        self._headers = {"Accept": "application/json"}
        if token := user.get("token") or _text(user.get("tokenFile")):
            self._headers["Authorization"] = f"Bearer {token}"
        self._opener = api_server.opener(entry, _tls(entry, user, folder))

    def get(self, path: str) -> dict[str, Any] | None:
        """Return an object; empty where there is none, None where that cannot be known (e.g. no right to ask).

        What was asked once is not asked again.
        """
        if path not in self._answers:
            self._answers[path] = self._ask(path)
        return self._answers[path]

    def items(self, path: str, /, **labels: str) -> list[dict[str, Any]] | None:
        """Return the objects of a list, with some labels; None where that cannot be known."""
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        found = self.get(f"{path}?{urlencode({'labelSelector': selector})}" if labels else path)
        if found is None:
            return None
        items = found.get("items") or []
        return items if isinstance(items, list) else None

    def _ask(self, path: str) -> dict[str, Any] | None:
        request = urllib.request.Request(f"{self._server}{path}", headers=self._headers)  # noqa: S310 - a kubeconfig's
        try:
            with self._opener.open(request, timeout=ASK_SECONDS) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as error:
            error.close()
            return {} if error.code == HTTPStatus.NOT_FOUND else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        return found if isinstance(found, dict) else None


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
