"""The routes and ways out of docs/traffic.md's later chapters, up, with what answers them.

Owns the objects around the stack: the backend, the outside, the Secrets. The claims are the tests'.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from lab.network import Addresses
from tests.lab import documented, outside
from tests.lab.backend import Backend
from tests.lab.conftest import PROJECT, SLOT, Stack
from tests.lab.outside import Certificate
from tests.lab.traffic import Caller, Reply, until

DOCUMENT = PROJECT / "docs/traffic.md"
CHAPTERS = ("Endpoints", "Hosts and TLS", "Egress")
# What the document warns of, and what is refused.
MORE = yaml.safe_load("""
incremental-istio:routes:
  fragile: {namespace: shop, port: 8080, subsets: [v1], split: {v1: 100}}
incremental-istio:egress:
  stranger: {host: stranger.example.com, addresses: [198.51.100.10]}
  impostor: {host: impostor.example.com, addresses: [198.51.100.10], credentialName: weather-ca}
  station: {host: station.weather.outside.svc.cluster.local, protocol: HTTP}
""")
# A name that DNS knows and istiod does not: of one pod behind a Service, only that there is no pod.
NAME_IN_DNS = yaml.safe_load("""
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: outside}}
- {apiVersion: v1, kind: Service, metadata: {name: weather, namespace: outside}, spec: {clusterIP: None}}
- apiVersion: discovery.k8s.io/v1
  kind: EndpointSlice
  metadata: {name: weather, namespace: outside, labels: {kubernetes.io/service-name: weather}}
  addressType: IPv4
  ports: []
  endpoints: [{addresses: [198.51.100.10], hostname: station, conditions: {ready: true}}]
""")
FOLLOWS_SECONDS = 20


@dataclass(frozen=True)
class Site:
    """The document's routes and ways out, up, and what answers them."""

    stack: Stack
    backend: Backend
    address: str
    certificates: dict[str, Certificate]

    def ask(self, path: str, **how: Any) -> Reply:
        """Send one request to the gateway."""
        with Caller(self.address) as caller:
            return caller.ask(path, **how)

    def ask_often(self, times: int, path: str, **how: Any) -> list[Reply]:
        """Send the same request many times, over one connection."""
        with Caller(self.address, keep=True) as caller:
            return caller.ask_often(times, path, **how)

    def ask_at_once(self, times: int, path: str, **how: Any) -> list[Reply]:
        """Send the same request many times at the same time."""
        replies: list[Reply] = []
        threads = [threading.Thread(target=lambda: replies.append(self.ask(path, **how))) for _ in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return replies

    def ask_over_tls(self, host: str, path: str, believed: str | None = None) -> Reply:
        """Ask for a host over TLS; only the certificate of one host is believed, by default its own."""
        trust = self.certificates[believed or host].trust()
        with Caller(self.address, 443, tls=trust, name=host) as caller:
            return caller.ask(path)

    def ask_from_inside(self, url: str, *options: str) -> tuple[int, str]:
        """Have a pod without a sidecar ask for a URL; return status and body."""
        curl = ("curl", "-sS", "-m", "8", "-w", "\n%{http_code}", *options, url)
        said = self.stack.lab.run("kubectl", "exec", "deployment/sleep", "--", *curl, check=False)
        body, _, status = said.stdout.rpartition("\n")
        return int(status or 0), body or said.stderr

    def set_everywhere(self, version: str, **behaviour: str) -> None:
        """Let every pod of a version behave so, or as usual again."""
        for pod in self.backend.pods(version):
            self.backend.set(pod, **behaviour)

    def certify(self, host: str, folder: Path) -> None:
        """Put a certificate for a host, new or renewed, into the Secret that its route names."""
        self.certificates[host] = made = outside.certify(folder, host)
        name = f"{host.partition('.')[0]}-cert"
        files = (f"--cert={made.certificate}", f"--key={made.key}")
        manifest = kubectl(self.stack, "create", "secret", "tls", name, *files, "--dry-run=client", "--output=json")
        _apply(self.stack, folder / "secret.json", json.loads(manifest))


def kubectl(stack: Stack, *arguments: str) -> str:
    """Run kubectl in the gateways' namespace and return what it says."""
    return stack.lab.run("kubectl", "--namespace=istio-system", *arguments).stdout


def _apply(stack: Stack, file: Path, manifest: dict[str, Any]) -> None:
    file.write_text(json.dumps(manifest))
    stack.lab.run("kubectl", "apply", f"--filename={file}", *_namespace(manifest))


def _namespace(manifest: dict[str, Any]) -> list[str]:
    return [] if manifest["kind"] == "List" else ["--namespace=istio-system"]


@contextmanager
def up(project: Stack, folder: Path) -> Iterator[Site]:
    """Bring up the backend, the outside, the Secrets, and with one `up` every block of the chapters."""
    text = DOCUMENT.read_text()
    blocks = {f"{chapter}: {at}": one for chapter in CHAPTERS for at, one in documented.blocks(text, chapter).items()}
    config = documented.merged({**blocks, "more": MORE})
    services = [name for name, route in config["incremental-istio:routes"].items() if route["namespace"] == "shop"]
    stack_file = project.folder / "Pulumi.local.yaml"
    before = stack_file.read_text()
    with ExitStack() as cleanup:
        backend = Backend(project.lab)
        cleanup.callback(backend.remove)
        backend.deploy(services=services, replicas={"v1": 2, "v2": 2})
        weather = outside.certify(folder, "weather.example.com")
        cleanup.enter_context(outside.serving(Addresses(SLOT).link, weather))
        cleanup.callback(project.lab.run, "kubectl", "delete", "namespace", "outside", "--wait=false")
        _apply(project, folder / "dns.json", NAME_IN_DNS)
        cleanup.callback(project.up)
        cleanup.callback(stack_file.write_text, before)
        documented.add(stack_file, config)
        project.up()
        gateway = json.loads(project.pulumi("stack", "output", "gateway", "--json").stdout)
        site = Site(project, backend, gateway["outside"], {})
        secrets = ("weather-ca", "portal-cert", "billing-cert", "support-cert")
        cleanup.callback(kubectl, project, "delete", "secret", "--ignore-not-found", *secrets)
        kubectl(project, "create", "secret", "generic", "weather-ca", f"--from-file=ca.crt={weather.certificate}")
        for host in ("portal.example.com", "billing.example.com", "support.example.com"):
            site.certify(host, folder / host)
        _is_there(site, services)
        yield site


def _is_there(site: Site, services: list[str]) -> None:
    """Wait until the gateways know the routes, the certificates and the ways out."""
    hosts = {host.partition(".")[0]: host for host in site.certificates}
    for name in services:
        if name not in hosts:
            until(partial(site.ask, f"/{name}"), _is_good, FOLLOWS_SECONDS, name)
    for name, host in hosts.items():
        until(partial(site.ask_over_tls, host, f"/{name}"), _is_good, FOLLOWS_SECONDS, host)
    for name in ("weather", "rates", "station"):
        url = f"http://{name}/"
        until(partial(site.ask_from_inside, url), lambda said: said[0] == 200, FOLLOWS_SECONDS, url)


def _is_good(reply: Reply) -> bool:
    return reply.status == 200
