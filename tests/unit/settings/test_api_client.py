"""An API server, asked as the kubeconfig's user: a server that answers as a Kubernetes API would."""

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

from settings import api_client
from settings.api_client import LoginError, client
from settings.cluster import ExistingCluster, resolve
from tests.unit.settings.api_server import kubeconfig
from tests.unit.settings.fake_api import FakeApi

PATH = "/api/v1/namespaces"
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
    server.objects, server.seen = {}, []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _ask(
    api: _Server, folder: Path, *, user: Mapping[str, Any] | None = None, cluster: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """Ask for the namespaces."""
    entry = {"server": f"http://127.0.0.1:{api.server_address[1]}", **(cluster or {})}
    found = resolve(str(kubeconfig(folder / "kubeconfig", entry, user or {"token": "t"})), "lab")
    assert isinstance(found, ExistingCluster)
    with client(found) as asked:
        return asked.get(PATH)


def _refused(api: _Server, folder: Path, **more: Any) -> bool:
    """Return whether nobody was asked anything."""
    with pytest.raises(LoginError):
        _ask(api, folder, **more)
    return api.seen == []


def _plugin(folder: Path, says: str, code: int = 0) -> dict[str, Any]:
    program = folder / "plugin"
    program.write_text(f"#!/bin/sh\n[ \"$WHO\" = me ] || exit 9\ncat <<'END'\n{says}\nEND\nexit {code}\n")
    program.chmod(0o755)
    env = [{"name": "WHO", "value": "me"}]
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program), "env": env}}


class TestAnswer:
    """What comes of a question."""

    def test_is_the_object(self, api: _Server, tmp_path: Path) -> None:
        api.objects = {PATH: {"items": []}}
        assert _ask(api, tmp_path) == {"items": []}

    def test_is_empty_where_there_is_none(self, api: _Server, tmp_path: Path) -> None:
        assert _ask(api, tmp_path) == {}

    @pytest.mark.parametrize("answer", [DENIED, 500, "no object", ["no object"]])
    def test_is_none_where_it_cannot_be_known(self, api: _Server, tmp_path: Path, answer: object) -> None:
        api.objects = {PATH: answer}
        assert _ask(api, tmp_path) is None, "denied, or no answer of an API server, is not the same as absent"

    def test_is_none_where_nobody_answers(self, tmp_path: Path) -> None:
        found = resolve(str(kubeconfig(tmp_path / "kubeconfig", {"server": "http://127.0.0.1:9"})), "lab")
        assert isinstance(found, ExistingCluster)
        with client(found) as asked:
            assert asked.get(PATH) is None

    def test_is_asked_for_once(self, api: _Server, tmp_path: Path) -> None:
        server = {"server": f"http://127.0.0.1:{api.server_address[1]}"}
        found = resolve(str(kubeconfig(tmp_path / "kubeconfig", server)), "lab")
        assert isinstance(found, ExistingCluster)
        with client(found) as asked:
            asked.get(PATH)
            asked.get(PATH)
        assert len(api.seen) == 1, "a round trip may take a tenth of a second, and there are several questions"

    def test_of_a_list_is_its_objects_with_the_labels(self, api: _Server, tmp_path: Path) -> None:
        api.objects = {f"{PATH}?labelSelector=app%3Distiod": {"items": [{"kind": "x"}]}}
        server = {"server": f"http://127.0.0.1:{api.server_address[1]}"}
        found = resolve(str(kubeconfig(tmp_path / "kubeconfig", server)), "lab")
        assert isinstance(found, ExistingCluster)
        with client(found) as asked:
            assert asked.items(PATH, app="istiod") == [{"kind": "x"}]

    def test_of_a_list_may_have_a_label_of_any_name(self) -> None:
        api = FakeApi({f"{PATH}?labelSelector=path%3Dedge": {"items": [{"kind": "x"}]}})
        assert api.items(PATH, path="edge") == [{"kind": "x"}]


class TestLogin:
    """As the kubeconfig's user."""

    def _token(self, api: _Server, folder: Path, user: Mapping[str, Any]) -> str | None:
        _ask(api, folder, user=user)
        return api.seen[0][1]

    def test_is_not_tried_where_the_server_could_not_be_verified(self, api: _Server, tmp_path: Path) -> None:
        assert _refused(api, tmp_path, cluster={"tls-server-name": "other"}), "credentials go to no other server"

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
        assert _refused(api, tmp_path, user=_plugin(tmp_path, says, code)), "the provider tells it better"

    def test_by_a_plugin_that_is_missing_asks_nothing(self, api: _Server, tmp_path: Path) -> None:
        assert _refused(api, tmp_path, user={"exec": {"apiVersion": "v1", "command": "/nowhere"}})

    def test_by_a_certificate_of_a_plugin_hands_over_both_parts(self, tmp_path: Path) -> None:
        status = {"clientCertificateData": "CERT", "clientKeyData": "KEY"}
        user = api_client._logged_in(_plugin(tmp_path, json.dumps({"status": status})))
        assert (
            base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]) == b"CERTKEY"
        )

    def test_by_a_certificate_that_is_none_asks_nothing(self, api: _Server, tmp_path: Path) -> None:
        none = base64.b64encode(b"none").decode()
        assert _refused(api, tmp_path, user={"client-certificate-data": none, "client-key-data": none})

    def test_by_a_certificate_loads_it(self, api: _Server, tmp_path: Path) -> None:
        certificate, key = _certificate()
        user = {"client-certificate-data": _encoded(certificate), "client-key-data": _encoded(key)}
        _ask(api, tmp_path, user=user)
        assert [path for path, _ in api.seen] == [PATH]


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
