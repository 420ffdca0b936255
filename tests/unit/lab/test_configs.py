"""What the components' configuration files say, and what they do not."""

import json
import tomllib
from typing import Any

import pytest

from lab import configs
from lab.network import Addresses
from lab.paths import NodePaths


@pytest.fixture(autouse=True)
def _written(paths: NodePaths, addresses: Addresses) -> None:
    configs.write(paths, addresses, "native")


def read(paths: NodePaths, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((paths.config / name).read_text())
    return content


@pytest.fixture
def cri(paths: NodePaths) -> dict[str, Any]:
    content = tomllib.loads((paths.config / "containerd.toml").read_text())
    found: dict[str, Any] = content["plugins"]["io.containerd.grpc.v1.cri"]
    return found


@pytest.mark.parametrize(
    ("setting", "value"),
    [("failCgroupV1", False), ("cgroupDriver", "cgroupfs"), ("enforceNodeAllocatable", []), ("failSwapOn", False)],
)
def test_the_kubelet_takes_the_machine_as_it_is(paths: NodePaths, setting: str, value: object) -> None:
    assert read(paths, "kubelet.json")[setting] == value


def test_the_kubelet_evicts_nothing(paths: NodePaths) -> None:
    assert set(read(paths, "kubelet.json")["evictionHard"].values()) == {"0%"}


def test_the_kubelet_lets_nobody_in_without_a_name(paths: NodePaths) -> None:
    assert read(paths, "kubelet.json")["authentication"]["anonymous"] == {"enabled": False}


def test_pods_are_in_the_slots_cgroup(paths: NodePaths) -> None:
    assert read(paths, "kubelet.json")["cgroupRoot"] == configs.cgroup(3)


def test_pods_ask_the_slots_dns(paths: NodePaths, addresses: Addresses) -> None:
    assert read(paths, "kubelet.json")["clusterDNS"] == [addresses.dns]


def test_the_proxy_leaves_the_hosts_limits_alone(paths: NodePaths) -> None:
    assert read(paths, "kube-proxy.json")["conntrack"]["maxPerCore"] == 0


def test_the_proxy_uses_nftables(paths: NodePaths) -> None:
    assert read(paths, "kube-proxy.json")["mode"] == "nftables"


def test_there_is_no_bridge_between_pods(paths: NodePaths) -> None:
    plugins = read(paths, "cni/10-lab.conflist")["plugins"]
    assert [plugin["type"] for plugin in plugins] == ["ptp", "portmap"]


def test_pods_get_the_slots_addresses(paths: NodePaths, addresses: Addresses) -> None:
    ipam = read(paths, "cni/10-lab.conflist")["plugins"][0]["ipam"]
    assert ipam["ranges"] == [[{"subnet": addresses.pods}]]


def test_containerd_uses_the_snapshotter_that_works(cri: dict[str, Any]) -> None:
    assert cri["containerd"]["snapshotter"] == "native"


def test_containerd_does_without_the_capability_to_lower_oom_scores(cri: dict[str, Any]) -> None:
    assert cri["restrict_oom_score_adj"] is True


def test_containerd_and_the_kubelet_drive_cgroups_alike(cri: dict[str, Any]) -> None:
    assert cri["containerd"]["runtimes"]["runc"]["options"] == {"SystemdCgroup": False}


def test_dns_keeps_no_answer(paths: NodePaths) -> None:
    assert "cache\n" not in (paths.config / "Corefile").read_text()


def test_dns_forwards_to_nobody(paths: NodePaths) -> None:
    assert "forward ." not in (paths.config / "Corefile").read_text()
