"""A server outside the cluster, on an address of its own on this machine, and certificates for it and for gateways.

Owns the address, which goes with the lab's link at the latest, and the servers, which are threads of the tests.
"""

import datetime as dt
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.lab import echo

# Of a range that is for documents, and so nobody's: https://www.rfc-editor.org/rfc/rfc5737
ADDRESS = "198.51.100.10"
LIFETIME = dt.timedelta(hours=2)


@dataclass(frozen=True)
class Certificate:
    """A certificate that vouches for itself, as files."""

    certificate: Path
    key: Path

    def trust(self) -> ssl.SSLContext:
        """Return what believes this certificate, for its name, and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))


class _Outside(echo.Server):
    """The tests' backend, out of the cluster."""

    def server_bind(self) -> None:
        """Bind the address that stands for the outside, and no other of the machine."""
        self.server_address = (ADDRESS, self.server_address[1])
        super().server_bind()


def certify(folder: Path, host: str) -> Certificate:
    """Write a certificate for a host and its key."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LIFETIME)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    written = Certificate(folder / f"{host}.crt", folder / f"{host}.key")
    written.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    written.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return written


@contextmanager
def serving(link: str, certificate: Certificate) -> Iterator[None]:
    """Serve plain HTTP on port 80 and HTTPS on 443, at the end of a lab's link, while the block lasts."""
    subprocess.run(["ip", "address", "replace", f"{ADDRESS}/32", "dev", link], check=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate.certificate, certificate.key)
    with ExitStack() as servers:
        servers.callback(subprocess.run, ["ip", "address", "delete", f"{ADDRESS}/32", "dev", link], check=False)
        for port, version, context in ((80, "plain", None), (443, "encrypted", tls)):
            server = servers.enter_context(_Outside(port, version, "outside"))
            if context:
                server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            servers.callback(server.shutdown)
        yield
