"""Whether a cluster has room for the stack: asked of a server that answers as a Kubernetes API would."""

import base64
import datetime as dt
import http.server
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from settings import occupied
from settings.cluster import ExistingCluster, resolve
from settings.problem import Problem
from tests.unit.settings.api_server import kubeconfig

MINE = "project/stack"  # what pulumi calls them outside of an engine
DENIED = 403


class _Server(http.server.ThreadingHTTPServer):
    objects: Mapping[str, Any]
    seen: list[tuple[str, str | None]]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        found = self.server.objects.get(self.path)
        self.send_response(404 if found is None else found if isinstance(found, int) else 200)
        body = json.dumps(found).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep the test run's output clean."""


@pytest.fixture(name="api")
def _api() -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.objects, server.seen = {occupied.NAMESPACES: {"items": []}}, []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _ask(
    api: _Server, folder: Path, *, user: Mapping[str, Any] | None = None, cluster: Mapping[str, Any] | None = None
) -> Problem | None:
    entry = {"server": f"http://127.0.0.1:{api.server_address[1]}", **(cluster or {})}
    file = kubeconfig(folder / "kubeconfig", entry, user or {"token": "t"})
    found = resolve(str(file), "lab")
    assert isinstance(found, ExistingCluster)
    return occupied.occupied(found)


def _marked(*owners: str) -> dict[str, Any]:
    bare: list[dict[str, Any]] = [{"metadata": {"name": "default"}}, {"metadata": {"annotations": None}}]
    return {"items": [*bare, *({"metadata": {"annotations": {occupied.MARK: owner}}} for owner in owners)]}


def _plugin(folder: Path, says: str, code: int = 0) -> dict[str, Any]:
    program = folder / "plugin"
    program.write_text(f"#!/bin/sh\n[ \"$WHO\" = me ] || exit 9\ncat <<'END'\n{says}\nEND\nexit {code}\n")
    program.chmod(0o755)
    env = [{"name": "WHO", "value": "me"}]
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program), "env": env}}


class TestRoom:
    """A cluster that the stack may have."""

    def test_is_in_one_without_an_istio(self, api: _Server, tmp_path: Path) -> None:
        assert _ask(api, tmp_path) is None

    def test_is_where_the_istio_is_the_stacks_own(self, api: _Server, tmp_path: Path) -> None:
        api.objects = {occupied.NAMESPACES: _marked(MINE), occupied.CRD: {}}
        assert _ask(api, tmp_path) is None, "its own second `up` must go on"

    @pytest.mark.parametrize("answer", [DENIED, 500, "no list"])
    def test_is_not_denied_because_nobody_may_ask(self, api: _Server, tmp_path: Path, answer: object) -> None:
        api.objects = {occupied.NAMESPACES: answer}
        assert _ask(api, tmp_path) is None, "the API server says `already exists`, only later"

    def test_is_not_asked_for_where_the_server_could_not_be_verified(self, api: _Server, tmp_path: Path) -> None:
        _ask(api, tmp_path, cluster={"tls-server-name": "other"})
        assert api.seen == [], "credentials go to no other server"


class TestOccupied:
    """A cluster that somebody else has."""

    def test_by_another_stack_is_told_with_its_name(self, api: _Server, tmp_path: Path) -> None:
        api.objects = {occupied.NAMESPACES: _marked("incremental-istio/dev"), occupied.CRD: {"kind": "x"}}
        problem = _ask(api, tmp_path)
        assert problem and "the Istio of stack incremental-istio/dev already" in problem.rule
        assert (problem.key, problem.value) == ("context", "lab") and "make down STACK=dev" in problem.fix

    def test_by_an_istio_of_nobody_here_is_told_so(self, api: _Server, tmp_path: Path) -> None:
        api.objects = {occupied.NAMESPACES: _marked(), occupied.CRD: {"kind": "CustomResourceDefinition"}}
        problem = _ask(api, tmp_path)
        assert problem and "no stack of this project installed" in problem.rule, (
            "its CRDs would be taken away with ours"
        )


class TestLogin:
    """As the kubeconfig's user."""

    def _token(self, api: _Server, folder: Path, user: Mapping[str, Any]) -> str | None:
        _ask(api, folder, user=user)
        return api.seen[0][1] if api.seen else None

    def test_by_token(self, api: _Server, tmp_path: Path) -> None:
        assert self._token(api, tmp_path, {"token": "secret"}) == "Bearer secret"

    def test_by_a_file_with_a_token(self, api: _Server, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("secret\n")
        assert self._token(api, tmp_path, {"tokenFile": str(tmp_path / "token")}) == "Bearer secret"

    def test_by_plugin(self, api: _Server, tmp_path: Path) -> None:
        user = _plugin(tmp_path, json.dumps({"status": {"token": "secret"}}))
        assert self._token(api, tmp_path, user) == "Bearer secret"

    @pytest.mark.parametrize(("says", "code"), [("{}", 0), ("no json", 0), ("{}", 1)])
    def test_by_a_plugin_that_fails_asks_nothing(self, api: _Server, tmp_path: Path, says: str, code: int) -> None:
        assert self._token(api, tmp_path, _plugin(tmp_path, says, code)) is None, "the provider tells it better"

    def test_by_a_plugin_that_is_missing_asks_nothing(self, api: _Server, tmp_path: Path) -> None:
        assert self._token(api, tmp_path, {"exec": {"apiVersion": "v1", "command": "/nowhere"}}) is None

    def test_by_a_certificate_of_a_plugin_hands_over_both_parts(self, tmp_path: Path) -> None:
        status = {"clientCertificateData": "CERT", "clientKeyData": "KEY"}
        user = occupied._logged_in(_plugin(tmp_path, json.dumps({"status": status})))
        assert (
            base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]) == b"CERTKEY"
        )

    def test_by_a_certificate_that_is_none_asks_nothing(self, api: _Server, tmp_path: Path) -> None:
        none = base64.b64encode(b"none").decode()
        assert self._token(api, tmp_path, {"client-certificate-data": none, "client-key-data": none}) is None

    def test_by_a_certificate_loads_it(self, api: _Server, tmp_path: Path) -> None:
        certificate, key = _certificate()
        user = {"client-certificate-data": _encoded(certificate), "client-key-data": _encoded(key)}
        _ask(api, tmp_path, user=user)
        assert [path for path, _ in api.seen] == [occupied.NAMESPACES, occupied.CRD]


def _encoded(pem: bytes) -> str:
    return base64.b64encode(pem).decode()


def _certificate() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "me")])
    now = dt.datetime.now(dt.UTC)
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1)
    ).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    clear = serialization.NoEncryption()
    return certificate.public_bytes(pem), key.private_bytes(pem, serialization.PrivateFormat.PKCS8, clear)
