"""Questions to an API server that a thread plays."""

import json
import shutil
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lab import cluster, pki
from lab.api import Api
from lab.network import Addresses
from lab.paths import NodePaths

SERVICE_ACCOUNT = "/api/v1/namespaces/default/serviceaccounts/default"


class Handler(BaseHTTPRequestHandler):
    """Answers what the server was given, to those who have the token."""

    server: "Server"

    def do_GET(self) -> None:
        content = self.server.answers.get(self.path)
        known = self.headers["Authorization"] == f"Bearer {self.server.token}" or self.path == "/readyz"
        self.send_response((200 if content is not None else 404) if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        pass


class Server(HTTPServer):
    answers: dict[str, object]
    token: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> NodePaths:
    """Keys and certificates, which take a while to make."""
    made = NodePaths(tmp_path_factory.mktemp("node"))
    pki.write(made, Addresses(3))
    return made


@pytest.fixture
def server(paths: NodePaths, made: NodePaths) -> Iterator[Server]:
    shutil.copytree(made.folder, paths.folder, dirs_exist_ok=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(paths.pki / "kube-apiserver.crt", paths.pki / "kube-apiserver.key")
    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        kubeconfig = json.loads(paths.kubeconfig.read_text())
        kubeconfig["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{server.server_port}"
        paths.kubeconfig.write_text(json.dumps(kubeconfig))
        server.token = kubeconfig["users"][0]["user"]["token"]
        server.answers = {SERVICE_ACCOUNT: {}, "/api/v1/nodes": {"items": [node("True")]}, "/readyz": {}}
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def node(ready: str) -> dict[str, object]:
    return {"status": {"conditions": [{"type": "Ready", "status": ready}]}}


@pytest.mark.usefixtures("server")
def test_the_administrator_is_known_by_the_token(paths: NodePaths) -> None:
    assert Api.as_administrator(paths).get(SERVICE_ACCOUNT, 2) == {}


@pytest.mark.usefixtures("server")
def test_a_web_proxy_is_not_asked(paths: NodePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert Api.as_administrator(paths).is_ready()


def test_a_server_of_another_ca_is_not_trusted(server: Server, paths: NodePaths, addresses: Addresses) -> None:
    other = NodePaths(paths.folder / "other")
    other.folder.mkdir()
    pki.write(other, addresses)
    assert not Api(f"https://127.0.0.1:{server.server_port}", other.pki / "ca.crt").is_ready()


@pytest.mark.usefixtures("server")
def test_a_node_that_says_so_is_ready(paths: NodePaths) -> None:
    assert cluster.node_is_ready(paths)


def test_a_node_that_does_not_say_so_is_not(server: Server, paths: NodePaths) -> None:
    server.answers["/api/v1/nodes"] = {"items": [node("Unknown"), {"status": {}}]}
    assert not cluster.node_is_ready(paths)


def test_a_node_that_no_pod_can_be_made_on_is_not(server: Server, paths: NodePaths) -> None:
    del server.answers[SERVICE_ACCOUNT]
    assert not cluster.node_is_ready(paths)


def test_a_kubeconfig_that_is_not_the_labs_is_no_lab(paths: NodePaths) -> None:
    paths.kubeconfig.write_text("{}")
    assert not cluster.node_is_ready(paths)
