"""Certificates, tokens and kubeconfigs of a node, made anew for each.

Owns who is who: the CA, the API server's two certificates, the key that signs
service account tokens, and one bearer token per component.
"""

import base64
import datetime as dt
import ipaddress
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lab.network import Addresses
from lab.paths import NodePaths

NODE_NAME: Final = "lab"
LIFETIME: Final = dt.timedelta(days=365)

# File name of the kubeconfig to (user, groups). Kubernetes binds roles to these names by itself,
# but for the two that run outside the cluster here and in it elsewhere.
USERS: Final[dict[str, tuple[str, Sequence[str]]]] = {
    "admin": ("lab-admin", ["system:masters"]),
    "kube-controller-manager": ("system:kube-controller-manager", []),
    "kube-scheduler": ("system:kube-scheduler", []),
    "kube-proxy": ("system:kube-proxy", []),
    "kubelet": (f"system:node:{NODE_NAME}", ["system:nodes"]),
    "coredns": ("lab-coredns", ["system:masters"]),
    "loadbalancer": ("lab-loadbalancer", ["system:masters"]),
}


def write(paths: NodePaths, addresses: Addresses) -> None:
    """Write everything below ``paths.pki``, readable by root only, and the administrator's kubeconfig."""
    paths.pki.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("lab-ca", authority_key, None)
    trusted = authority.public_bytes(serialization.Encoding.PEM)
    _write(paths.pki / "ca.crt", trusted)

    hosts = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"]
    numbers = [addresses.node, addresses.kubernetes_service, "127.0.0.1"]
    for name, alternatives, organization in (
        (
            "kube-apiserver",
            [*map(x509.DNSName, hosts), *(x509.IPAddress(ipaddress.ip_address(ip)) for ip in numbers)],
            None,
        ),
        ("kubelet-client", [], "system:masters"),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(name, key, (authority, authority_key), alternatives, organization)
        _write(paths.pki / f"{name}.crt", certificate.public_bytes(serialization.Encoding.PEM))
        _write(paths.pki / f"{name}.key", _pem(key))
    _write(paths.pki / "service-account.key", _pem(rsa.generate_private_key(65537, 2048)))
    _write_users(paths, addresses, trusted)


def _write_users(paths: NodePaths, addresses: Addresses, trusted: bytes) -> None:
    rows = []
    for number, (name, (user, groups)) in enumerate(USERS.items()):
        token = secrets.token_urlsafe(32)
        rows.append(f'{token},{user},{number},"{",".join(groups)}"')
        kubeconfig = paths.kubeconfig if name == "admin" else paths.pki / f"{name}.kubeconfig"
        _write(kubeconfig, _kubeconfig(trusted, addresses.api, user, token).encode())
    _write(paths.pki / "tokens.csv", "\n".join(rows).encode())


def _kubeconfig(trusted: bytes, server: str, user: str, token: str) -> str:
    # The CA itself, not its path: the file then works wherever it is copied to.
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(trusted).decode()}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": NODE_NAME,
            "contexts": [{"name": NODE_NAME, "context": {"cluster": NODE_NAME, "user": user}}],
            "clusters": [{"name": NODE_NAME, "cluster": cluster}],
            "users": [{"name": user, "user": {"token": token}}],
        },
        indent=2,
    )


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    alternatives: Sequence[x509.GeneralName] = (),
    organization: str | None = None,
) -> x509.Certificate:
    """Sign a certificate; without an issuer, a CA that signs itself."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if organization:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    subject = x509.Name(attributes)
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # An hour back: a guest's clock may be corrected after it has started.
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        # Python from 3.13 on takes no certificate without the next three.
        .add_extension(_key_usage(signs=issuer is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((issuer[1] if issuer else key).public_key()),
            critical=False,
        )
    )
    if issuer:
        usage = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256())


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
