"""Certificates, tokens and kubeconfigs."""

import base64
import csv
import json
import ssl
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from lab import pki
from lab.network import Addresses
from lab.paths import NodePaths


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> NodePaths:
    """One node's for all tests, which only read: keys take a while to make."""
    paths = NodePaths(tmp_path_factory.mktemp("node"))
    pki.write(paths, Addresses(3))
    return paths


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def kubeconfig(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


@pytest.mark.parametrize("name", ["kube-apiserver", "kubelet-client"])
def test_the_ca_signed_each_certificate(paths: NodePaths, name: str) -> None:
    certificate(paths.pki / f"{name}.crt").verify_directly_issued_by(certificate(paths.pki / "ca.crt"))


@pytest.mark.parametrize("name", ["10.88.3.2", "10.96.3.1", "127.0.0.1", "kubernetes.default.svc"])
def test_the_api_servers_certificate_stands_a_strict_verification_of(paths: NodePaths, name: str) -> None:
    """As Python from 3.13 on does it by itself."""
    client = ssl.create_default_context(cafile=str(paths.pki / "ca.crt"))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(paths.pki / "kube-apiserver.crt", paths.pki / "kube-apiserver.key")
    shake_hands(client, server, name)


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> None:
    here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(here, there, server_hostname=name),
        server.wrap_bio(there, here, server_side=True),
    ]
    for end in [*ends, *ends]:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue


def test_every_file_is_for_root_alone(paths: NodePaths) -> None:
    files = [*paths.pki.iterdir(), paths.kubeconfig]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_folder_is_for_root_alone(paths: NodePaths) -> None:
    assert stat.S_IMODE(paths.pki.stat().st_mode) == 0o700


def test_the_administrators_kubeconfig_works_wherever_it_is_copied_to(paths: NodePaths) -> None:
    cluster = kubeconfig(paths.kubeconfig)["clusters"][0]["cluster"]
    assert base64.b64decode(cluster["certificate-authority-data"]) == (paths.pki / "ca.crt").read_bytes()


def test_the_current_context_is_complete(paths: NodePaths) -> None:
    content = kubeconfig(paths.kubeconfig)
    context = next(entry["context"] for entry in content["contexts"] if entry["name"] == content["current-context"])
    assert {context["cluster"], context["user"]} == {content["clusters"][0]["name"], content["users"][0]["name"]}


@pytest.mark.parametrize("name", [name for name in pki.USERS if name != "admin"])
def test_the_api_server_knows_each_token(paths: NodePaths, name: str) -> None:
    token = kubeconfig(paths.pki / f"{name}.kubeconfig")["users"][0]["user"]["token"]
    with (paths.pki / "tokens.csv").open() as file:
        rows = {row[0]: row for row in csv.reader(file)}
    assert rows[token][1] == pki.USERS[name][0]


def test_no_two_users_share_a_token(paths: NodePaths) -> None:
    with (paths.pki / "tokens.csv").open() as file:
        assert len({row[0] for row in csv.reader(file)}) == len(pki.USERS)
