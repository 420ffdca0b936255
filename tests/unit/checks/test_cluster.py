"""The real Kubernetes client against a server that speaks the API's protocol."""

import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from checks import curl
from checks.cluster import Cluster, Pod, Ran, connect
from checks.problem import CheckError
from checks.target import Target
from tests.unit.checks.api_server import BREAK_OFF, TOKEN, kubeconfig, pod, serving

PODS = [
    pod("sleep-1", "sleep"),
    pod("reviews-v1-a", "reviews", "v1"),
    pod("reviews-v2-a", "reviews", "v2", "Pending"),
]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[str]:
    with serving(PODS) as address:
        yield address


@pytest.fixture(name="cluster", scope="module")
def _cluster(server: str) -> Cluster:
    return connect(Target(kubeconfig=kubeconfig(server)))


def _run(cluster: Cluster, *command: str, seconds: float = 10) -> Ran:
    return cluster.run(cluster.pods("sleep")[0], "sleep", list(command), seconds)


def test_pods_are_listed_by_their_app(cluster: Cluster) -> None:
    running = Pod(
        name="reviews-v1-a", labels={"app": "reviews", "version": "v1"}, containers=("reviews",), running=True
    )
    assert cluster.pods("reviews")[0] == running


def test_a_pending_pod_does_not_run(cluster: Cluster) -> None:
    assert [pod.running for pod in cluster.pods("reviews")] == [True, False]


def test_a_commands_output_arrives_whole_however_it_was_cut(cluster: Cluster) -> None:
    ran = _run(cluster, "sh", "-c", "yes ä€ | head -n 5000")
    assert ran == Ran(stdout=("ä€\n" * 5000).encode(), stderr="", finished=True, started=True)


def test_a_command_that_failed_has_finished(cluster: Cluster) -> None:
    ran = _run(cluster, "sh", "-c", "echo why >&2; exit 7")
    assert (ran.stderr, ran.finished, ran.started) == ("why\n", True, True)


def test_a_command_that_is_not_there_has_not_started(cluster: Cluster) -> None:
    ran = _run(cluster, "no-such-command")
    assert (ran.started, "executable file not found" in ran.stderr) == (False, True)


def test_a_command_that_takes_too_long_is_left_behind(cluster: Cluster) -> None:
    assert not _run(cluster, "sleep", "0.3", seconds=0.05).finished


def test_a_stream_that_breaks_off_keeps_what_arrived(cluster: Cluster) -> None:
    ran = _run(cluster, BREAK_OFF)
    assert (ran.stdout, ran.finished, ran.started) == (b"half", False, True)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_curls_separators_survive_the_way_to_the_pod_and_back(cluster: Cluster, server: str) -> None:
    ran = _run(cluster, *curl.command(f"{server}/refused", 3, "5f0c"))
    assert [answer.status for answer in curl.parse(ran.stdout, "5f0c")] == [403, 403, 403]


def test_a_file_works_as_well_as_content(server: str, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(kubeconfig(server)))
    assert connect(Target(kubeconfig_file=file)).pods("sleep")


def test_nothing_that_another_user_can_read_is_left_in_temporary_files(server: str) -> None:
    folder = Path(tempfile.gettempdir())
    before = set(folder.iterdir())
    connect(Target(kubeconfig=kubeconfig(server)))
    new = (file for file in set(folder.iterdir()) - before if file.is_file())
    ours = [file for file in new if TOKEN in file.read_text(errors="replace")]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in ours)


def test_a_context_that_is_not_there_is_a_problem(server: str) -> None:
    with pytest.raises(CheckError, match=r"the kubeconfig cannot be used.*elsewhere"):
        connect(Target(kubeconfig=kubeconfig(server), context="elsewhere"))


def test_a_malformed_kubeconfig_is_a_problem_that_quotes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(f"clusters: [\ntoken: {TOKEN}: {TOKEN}")
    with pytest.raises(CheckError, match="malformed") as caught:
        connect(Target(kubeconfig_file=file))
    assert TOKEN not in str(caught.value)


def test_a_cluster_that_does_not_answer_is_told_with_a_command() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(CheckError, match="did not answer the call to list pods") as caught:
        connect(Target(kubeconfig=kubeconfig(address))).pods("sleep")
    assert caught.value.problems[0].fix == "kubectl cluster-info"


def test_an_exec_that_finds_no_server_is_a_problem(server: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    sleep = connect(Target(kubeconfig=kubeconfig(server))).pods("sleep")[0]
    with pytest.raises(CheckError, match="did not answer the call to create pods/exec"):
        connect(Target(kubeconfig=kubeconfig(address))).run(sleep, "sleep", ["true"], 1)


def test_an_exec_that_is_refused_is_told_without_the_servers_page(cluster: Cluster) -> None:
    long = "x" * 70_000  # The test's server refuses a line of that length with 414 and a page of HTML.
    with pytest.raises(CheckError, match=r"create pods/exec .* \(Handshake status 414 [-A-Za-z ]+\);"):
        _run(cluster, long)


def test_an_identity_that_may_not_is_told_what_it_may_not(server: str) -> None:
    config = kubeconfig(server)
    config["users"][0]["user"]["token"] = "another"
    with pytest.raises(CheckError, match="does not let this identity list pods") as caught:
        connect(Target(kubeconfig=config)).pods("sleep")
    assert caught.value.problems[0].fix == "kubectl auth can-i list pods --namespace default"
