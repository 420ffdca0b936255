"""The table of processes: the flags that matter, and what waits for what."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from lab.network import Addresses
from lab.paths import NodePaths
from lab.processes import Process, processes

Table = Mapping[str, Process]


@pytest.fixture
def table(paths: NodePaths, addresses: Addresses) -> Table:
    found = processes(paths, addresses, Path("/toolchain"), Path("/images.tar"))
    return {process.name: process for process in found}


@pytest.mark.parametrize(
    "flag",
    [
        "--authorization-mode=Node,RBAC",
        "--kubelet-preferred-address-types=InternalIP",
        "--service-cluster-ip-range=10.96.3.0/24",
        "--advertise-address=10.88.3.2",
    ],
)
def test_the_api_server_has(table: Table, flag: str) -> None:
    assert flag in table["kube-apiserver"].argv


def test_the_api_server_takes_tokens_from_a_file(table: Table, paths: NodePaths) -> None:
    assert f"--token-auth-file={paths.pki}/tokens.csv" in table["kube-apiserver"].argv


def test_etcd_does_not_wait_for_the_disk(table: Table) -> None:
    assert "--unsafe-no-fsync" in table["etcd"].argv


def test_etcd_listens_to_the_node_only(table: Table) -> None:
    listens = [argument for argument in table["etcd"].argv if argument.startswith("--listen")]
    assert all("//127.0.0.1:" in argument for argument in listens)


@pytest.mark.parametrize("name", ["kube-controller-manager", "kube-scheduler"])
def test_nobody_elects_a_leader_of_one(table: Table, name: str) -> None:
    assert "--leader-elect=false" in table[name].argv


def test_the_kubelet_keeps_its_data_in_the_nodes_folder(table: Table, paths: NodePaths) -> None:
    assert f"--root-dir={paths.data}/kubelet" in table["kubelet"].argv


def test_what_comes_first_waits_for_nothing(table: Table) -> None:
    first = {name for name, process in table.items() if process.after == "start"}
    assert first == {"etcd", "kube-apiserver", "containerd"}


def test_images_are_imported_while_the_api_server_starts(table: Table) -> None:
    assert table["images"].after == "containerd"


def test_only_the_import_ends_by_itself(table: Table) -> None:
    assert [name for name, process in table.items() if process.once] == ["images"]


def test_without_images_nothing_is_imported(paths: NodePaths, addresses: Addresses) -> None:
    names = [process.name for process in processes(paths, addresses, Path("/toolchain"), None)]
    assert "images" not in names


def test_every_program_is_named_by_its_path(table: Table) -> None:
    assert all(Path(process.argv[0]).is_absolute() for process in table.values())


def test_no_token_is_on_a_command_line(table: Table) -> None:
    assert not [name for name, process in table.items() if any("--token=" in part for part in process.argv)]
