"""The components' configuration files, as data.

Owns what each file says; which flags go on a command line is in ``processes``.
"""

import json
from pathlib import Path
from typing import Any

from lab.network import Addresses
from lab.paths import NodePaths

CNI_FOLDERS = (Path("/usr/lib/cni"), Path("/opt/cni/bin"))


def write(paths: NodePaths, addresses: Addresses, snapshotter: str) -> None:
    """Write every configuration file below ``paths.config``."""
    cni = paths.config / "cni"
    cni.mkdir(parents=True, exist_ok=True)
    (cni / "10-lab.conflist").write_text(json.dumps(_cni(paths, addresses), indent=2))
    (paths.config / "kubelet.json").write_text(json.dumps(_kubelet(paths, addresses), indent=2))
    (paths.config / "kube-proxy.json").write_text(json.dumps(_kube_proxy(paths, addresses), indent=2))
    (paths.config / "containerd.toml").write_text(_containerd(paths, cni, snapshotter))
    (paths.config / "Corefile").write_text(_corefile(paths, addresses))
    (paths.config / "resolv.conf").write_text(f"nameserver {addresses.dns}\n")


def cgroup(slot: int) -> str:
    """Return the cgroup below which all pods of a slot's node are."""
    return f"/incremental-istio-lab-{slot}"


def _cni(paths: NodePaths, addresses: Addresses) -> dict[str, Any]:
    # No bridge: every packet between two pods passes the node's routing, so a Service's
    # address is translated both ways also where client and server are on the same node.
    return {
        "cniVersion": "1.0.0",
        "name": "lab",
        "plugins": [
            {
                "type": "ptp",
                "ipam": {
                    "type": "host-local",
                    "ranges": [[{"subnet": addresses.pods}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                    "dataDir": str(paths.data / "cni"),
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def _kubelet(paths: NodePaths, addresses: Addresses) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": f"unix://{paths.containerd}",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(paths.pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "clusterDNS": [addresses.dns],
        "clusterDomain": "cluster.local",
        "resolvConf": str(paths.config / "resolv.conf"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": cgroup(addresses.slot),
        "failCgroupV1": False,
        "enforceNodeAllocatable": [],
        # The disk and the images are the host's business: nothing is evicted or collected here.
        "evictionHard": dict.fromkeys(
            ("imagefs.available", "memory.available", "nodefs.available", "nodefs.inodesFree"), "0%"
        ),
        "imageGCHighThresholdPercent": 100,
        "podLogsDir": str(paths.logs / "pods"),
        "failSwapOn": False,
        # Without CAP_SYS_RESOURCE the kernel lets nobody lower it.
        "oomScoreAdj": 0,
        "serializeImagePulls": False,
        "registryPullQPS": 0,
        "kubeAPIQPS": 100,
        "kubeAPIBurst": 200,
        "volumePluginDir": str(paths.data / "volume-plugins"),
    }


def _kube_proxy(paths: NodePaths, addresses: Addresses) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clusterCIDR": addresses.pods,
        "clientConnection": {"kubeconfig": str(paths.pki / "kube-proxy.kubeconfig")},
        # The host's limits stay the host's.
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        "nftables": {"minSyncPeriod": "100ms"},
    }


def _containerd(paths: NodePaths, cni: Path, snapshotter: str) -> str:
    plugins = next((folder for folder in CNI_FOLDERS if (folder / "ptp").exists()), CNI_FOLDERS[0])
    return f"""\
version = 2
root = "{paths.data}/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing",
]
[grpc]
address = "{paths.containerd}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "registry.k8s.io/pause:3.10"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{plugins}"
conf_dir = "{cni}"
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "{snapshotter}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
"""


def _corefile(paths: NodePaths, addresses: Addresses) -> str:
    # No cache: the answers come from memory anyway, and a cached "no such name" would delay a new Service.
    return f"""\
.:53 {{
    bind {addresses.dns}
    errors
    ready 127.0.0.1:8181
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        kubeconfig {paths.pki}/coredns.kubeconfig
        pods insecure
        ttl 5
    }}
}}
"""
