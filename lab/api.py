"""Questions to the node's API server.

Owns one GET. Not the Kubernetes client, whose import takes most of a second and which
would be most of what `lab status` or a second `lab up` does.
"""

import http.client
import json
import ssl
import urllib.request
from pathlib import Path
from typing import Any, Self

from lab.network import API_PORT
from lab.paths import NodePaths


class Api:
    """The API server under one of its addresses; never through a web proxy, since it is on this machine."""

    def __init__(self, url: str, authority: Path, token: str = "") -> None:
        """Trust one CA only; without a token, ask as anybody may."""
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        tls = ssl.create_default_context(cafile=str(authority))
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)
        )

    @classmethod
    def as_administrator(cls, paths: NodePaths) -> Self:
        """Ask from the host, with the administrator's kubeconfig.

        Raises:
            OSError: there is none.
            ValueError: it is not one of the lab's.
        """
        try:
            kubeconfig = json.loads(paths.kubeconfig.read_text())
            server, token = kubeconfig["clusters"][0]["cluster"]["server"], kubeconfig["users"][0]["user"]["token"]
        except (LookupError, TypeError) as error:
            raise ValueError(f"{paths.kubeconfig} is not one of the lab's") from error
        return cls(server, paths.pki / "ca.crt", token)

    @classmethod
    def from_within(cls, paths: NodePaths) -> Self:
        """Ask from the node itself, as nobody in particular."""
        return cls(f"https://127.0.0.1:{API_PORT}", paths.pki / "ca.crt")

    def get(self, path: str, seconds: float) -> Any:  # noqa: ANN401 - JSON
        """Return the object at a path.

        Raises:
            OSError: no answer in time, or not the one that was asked for.
            ValueError: the answer is no JSON.
        """
        return json.loads(self._read(path, seconds))

    def is_ready(self) -> bool:
        """Tell whether the server answers and calls itself ready."""
        try:
            self._read("/readyz", 1)
        except OSError:
            return False
        return True

    def _read(self, path: str, seconds: float) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the URL is https, from a kubeconfig that the lab wrote
            f"{self._url}{path}", headers=self._headers
        )
        try:
            with self._opener.open(request, timeout=seconds) as answer:
                content: bytes = answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(f"the answer broke off: {error!r}") from error
        return content
