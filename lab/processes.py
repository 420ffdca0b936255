"""The node's processes: what runs, with which flags, and what each waits for.

Owns the command lines. Starting, watching and reaping them is the business of ``node``.
"""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from lab.network import API_PORT, Addresses
from lab.paths import NodePaths
from lab.pki import NODE_NAME

After = Literal["start", "containerd", "api"]
IMPORT: Final = "images"


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process of the node.

    Attributes:
        after: what must be there first.
        once: whether it ends by itself; all others are started again when they do.
    """

    name: str
    argv: Sequence[str]
    after: After
    once: bool = False


def processes(paths: NodePaths, addresses: Addresses, toolchain: Path, images: Path | None) -> list[Process]:
    """Return the node's processes in the order in which they are started."""
    pki, config, data = paths.pki, paths.config, paths.data
    kubeconfig = {
        name: f"--kubeconfig={pki}/{name}.kubeconfig"
        for name in ("kube-controller-manager", "kube-scheduler", "kubelet")
    }
    table = [
        Process(
            name="etcd",
            after="start",
            argv=[
                f"{toolchain}/etcd",
                f"--data-dir={data}/etcd",
                # The node's data goes with the node, so nothing needs to survive a power cut.
                "--unsafe-no-fsync",
                "--listen-client-urls=http://127.0.0.1:2379",
                "--advertise-client-urls=http://127.0.0.1:2379",
                "--listen-peer-urls=http://127.0.0.1:2380",
                "--log-level=warn",
            ],
        ),
        Process(
            name="kube-apiserver",
            after="start",
            argv=[
                f"{toolchain}/kube-apiserver",
                "--etcd-servers=http://127.0.0.1:2379",
                f"--advertise-address={addresses.node}",
                f"--secure-port={API_PORT}",
                f"--service-cluster-ip-range={addresses.services}",
                f"--token-auth-file={pki}/tokens.csv",
                "--authorization-mode=Node,RBAC",
                "--anonymous-auth=true",
                f"--client-ca-file={pki}/ca.crt",
                f"--tls-cert-file={pki}/kube-apiserver.crt",
                f"--tls-private-key-file={pki}/kube-apiserver.key",
                f"--kubelet-certificate-authority={pki}/ca.crt",
                f"--kubelet-client-certificate={pki}/kubelet-client.crt",
                f"--kubelet-client-key={pki}/kubelet-client.key",
                # By host name, `exec` and `logs` would look the node up in a DNS that does not know it.
                "--kubelet-preferred-address-types=InternalIP",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                f"--service-account-key-file={pki}/service-account.key",
                f"--service-account-signing-key-file={pki}/service-account.key",
                "--profiling=false",
            ],
        ),
        Process(
            name="containerd",
            after="start",
            argv=[_tool("containerd"), f"--config={config}/containerd.toml", "--log-level=warn"],
        ),
        Process(
            name="kube-controller-manager",
            after="api",
            argv=[
                f"{toolchain}/kube-controller-manager",
                kubeconfig["kube-controller-manager"],
                f"--cluster-cidr={addresses.pods}",
                f"--root-ca-file={pki}/ca.crt",
                f"--service-account-private-key-file={pki}/service-account.key",
                "--use-service-account-credentials=true",
                "--leader-elect=false",
                "--profiling=false",
            ],
        ),
        Process(
            name="kube-scheduler",
            after="api",
            argv=[
                f"{toolchain}/kube-scheduler",
                kubeconfig["kube-scheduler"],
                "--leader-elect=false",
                "--profiling=false",
            ],
        ),
        Process(
            name="kube-proxy",
            after="api",
            argv=[f"{toolchain}/kube-proxy", f"--config={config}/kube-proxy.json", f"--hostname-override={NODE_NAME}"],
        ),
        Process(
            name="coredns",
            after="api",
            argv=[f"{toolchain}/coredns", f"-conf={config}/Corefile"],
        ),
        Process(
            name="kubelet",
            after="api",
            argv=[
                f"{toolchain}/kubelet",
                kubeconfig["kubelet"],
                f"--config={config}/kubelet.json",
                f"--hostname-override={NODE_NAME}",
                f"--node-ip={addresses.node}",
                f"--root-dir={data}/kubelet",
                f"--tls-cert-file={pki}/kube-apiserver.crt",
                f"--tls-private-key-file={pki}/kube-apiserver.key",
            ],
        ),
        Process(
            name="loadbalancer",
            after="api",
            argv=[sys.executable, "-m", "lab.loadbalancer", f"{pki}/loadbalancer.kubeconfig", addresses.node],
        ),
    ]
    if images:
        table.append(
            Process(
                name=IMPORT,
                after="containerd",
                once=True,
                argv=[
                    _tool("ctr"),
                    f"--address={paths.containerd}",
                    "--namespace=k8s.io",
                    "images",
                    "import",
                    str(images),
                ],
            )
        )
    return table


def _tool(name: str) -> str:
    return shutil.which(name) or f"/usr/bin/{name}"
