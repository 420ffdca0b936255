"""From a kubeconfig and a context to one cluster, or to why there is none."""

import base64
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from settings.cluster import ExistingCluster, resolve, unreachable
from settings.problem import Problem
from tests.unit.settings.api_server import USER, answering, kubeconfig

LAB = "make lab && pulumi config set 'incremental-istio:kubeconfig' \"$(.venv/bin/python -m lab kubeconfig)\""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the kubeconfig of whoever runs the tests out."""
    folder = tmp_path / "home"
    (folder / ".kube").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    return folder


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return kubeconfig(tmp_path / "kubeconfig")


def _cluster(kubeconfig: Path | str, context: str = "") -> ExistingCluster:
    found = resolve(str(kubeconfig), context)
    assert isinstance(found, ExistingCluster), str(found)
    return found


def _problem(kubeconfig: Path | str, context: str = "") -> Problem:
    found = resolve(str(kubeconfig), context)
    assert isinstance(found, list), "a problem is expected"
    assert len(found) == 1
    return found[0]


def _content(cluster: ExistingCluster) -> dict[str, Any]:
    loaded = yaml.safe_load(cluster.kubeconfig)
    assert isinstance(loaded, dict)
    return loaded


class TestPath:
    """Which file is read."""

    def test_is_the_configs(self, file: Path) -> None:
        assert _cluster(file).path == file

    def test_is_else_the_environments(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KUBECONFIG", str(file))
        assert _cluster("").path == file

    def test_is_else_kubectls(self, home: Path) -> None:
        kubeconfig(home / ".kube/config")
        assert _cluster("").path == home / ".kube/config"

    def test_may_start_at_home(self, home: Path) -> None:
        kubeconfig(home / "mine")
        assert _cluster("~/mine").path == home / "mine"

    def test_that_leads_nowhere_is_told(self, tmp_path: Path) -> None:
        problem = _problem(tmp_path / "nowhere")
        assert (problem.key, problem.value) == ("kubeconfig", str(tmp_path / "nowhere"))
        assert problem.rule == "the file cannot be read (No such file or directory)"

    def test_of_the_environment_is_told_as_such(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KUBECONFIG", "/nowhere")
        assert _problem("").value == "/nowhere (of $KUBECONFIG)", "the config has no such path in it"

    def test_that_is_wrong_gives_way_to_the_usual_one(self, home: Path) -> None:
        kubeconfig(home / ".kube/config")
        assert _problem("/nowhere").fix == "pulumi config rm 'incremental-istio:kubeconfig'"

    def test_without_a_usual_one_leads_to_the_lab(self) -> None:
        assert _problem("").fix == LAB, "a newcomer has no cluster yet"

    def test_of_a_user_that_is_not_there_is_told(self) -> None:
        assert _problem("~nobody-of-that-name/config").key == "kubeconfig"

    def test_of_a_folder_is_told(self, tmp_path: Path) -> None:
        assert _problem(tmp_path).rule == "the file cannot be read (Is a directory)"

    @pytest.mark.parametrize(
        "content", [b"", b"text", b"[]", b"a: [", b"contexts: null", b"contexts: [{}]", b"\xff\xfe"]
    )
    def test_of_anything_else_is_told(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "file"
        file.write_bytes(content)
        assert _problem(file).rule == "the file is not a kubeconfig"


class TestContext:
    """Which context is taken."""

    def test_is_the_configs(self, file: Path) -> None:
        assert _cluster(file, "other").server == "https://prod"

    def test_is_else_the_files_current_one(self, file: Path) -> None:
        assert _cluster(file).context == "lab"

    def test_that_the_file_lacks_is_told_with_those_it_has(self, file: Path) -> None:
        problem = _problem(file, "kind")
        assert (problem.key, problem.value) == ("context", "kind")
        assert problem.rule == f"{file} has no such context (it has: lab, other)"
        assert problem.fix == "pulumi config set 'incremental-istio:context' lab"

    def test_is_asked_for_where_the_file_has_no_current_one(self, tmp_path: Path) -> None:
        file = kubeconfig(tmp_path / "kubeconfig", current="")
        problem = _problem(file)
        assert (problem.key, problem.value, problem.rule) == ("context", None, f"{file} has no current context")
        assert problem.fix == "pulumi config set 'incremental-istio:context' lab"

    def test_of_an_empty_file_leads_to_the_lab(self, tmp_path: Path) -> None:
        assert _problem(kubeconfig(tmp_path / "kubeconfig", without="contexts")).fix == LAB

    @pytest.mark.parametrize("part", ["clusters", "users"])
    def test_of_which_a_part_is_missing_is_told(self, tmp_path: Path, part: str) -> None:
        problem = _problem(kubeconfig(tmp_path / "kubeconfig", without=part))
        assert problem.rule == "the cluster or the user of context 'lab' is not in the file"

    def test_without_a_server_is_told(self, tmp_path: Path) -> None:
        assert _problem(kubeconfig(tmp_path / "kubeconfig", cluster={})).key == "kubeconfig"

    def test_with_a_server_that_is_no_text_is_told(self, tmp_path: Path) -> None:
        assert _problem(kubeconfig(tmp_path / "kubeconfig", cluster={"server": 5})).key == "kubeconfig"


class TestCutOut:
    """What the provider and the checks get."""

    def test_has_nothing_of_other_clusters(self, file: Path) -> None:
        text = _cluster(file).kubeconfig
        assert "of-production" not in text and "https://prod" not in text, "it goes into the stack's state"

    def test_keeps_the_user(self, file: Path) -> None:
        assert _content(_cluster(file))["users"] == [{"name": "admin", "user": USER}]

    def test_keeps_the_contexts_namespace(self, file: Path) -> None:
        assert _content(_cluster(file))["contexts"][0]["context"]["namespace"] == "demo"

    def test_makes_the_context_the_current_one(self, file: Path) -> None:
        assert _content(_cluster(file, "other"))["current-context"] == "other"

    @pytest.mark.parametrize("absolute", [True, False])
    def test_inlines_the_files_that_it_names(self, tmp_path: Path, *, absolute: bool) -> None:
        (tmp_path / "key").write_text("secret")
        name = str(tmp_path / "key") if absolute else "key"
        file = kubeconfig(tmp_path / "kubeconfig", user={"client-key": name})
        user = _content(_cluster(file))["users"][0]["user"]
        assert user == {"client-key-data": base64.b64encode(b"secret").decode()}, "it must work on another machine"

    def test_tells_a_file_that_it_names_in_vain(self, tmp_path: Path) -> None:
        file = kubeconfig(tmp_path / "kubeconfig", cluster={"server": "x", "certificate-authority": "ca.crt"})
        assert "ca.crt, which cannot be read (No such file or directory)" in _problem(file).rule

    def test_does_not_show_its_credentials(self, file: Path) -> None:
        assert "not-a-secret" not in repr(_cluster(file)), "settings may be printed"


class TestReach:
    """Whether anybody answers."""

    @pytest.mark.parametrize("status", [200, 401, 403, 500])
    def test_is_given_by_any_answer(self, tmp_path: Path, status: int) -> None:
        with answering(status) as (url, asked):
            assert unreachable(_cluster(kubeconfig(tmp_path / "k", cluster={"server": f"{url}/"}))) is None
        assert asked == ["/version"], "open to everybody on most clusters"

    def test_is_missing_where_nobody_listens(self, tmp_path: Path) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            server = f"http://127.0.0.1:{unused.getsockname()[1]}"
            file = kubeconfig(tmp_path / "k", cluster={"server": server})
            problem = unreachable(_cluster(file))
        assert problem is not None
        assert (problem.key, problem.value) == ("context", "lab")
        assert problem.rule == f"its cluster at {server} is unreachable ([Errno 111] Connection refused)"
        assert problem.fix.startswith(f"kubectl --kubeconfig {file} --context lab version"), "a command that says more"

    def test_is_missing_where_something_else_listens(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=_answer_nonsense, args=(server,))
            thread.start()
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
            problem = unreachable(_cluster(kubeconfig(tmp_path / "k", cluster={"server": url})))
            thread.join()
        assert problem is not None, "no traceback, whatever it says"

    @pytest.mark.parametrize(
        "cluster",
        [
            {"server": "localhost:6443"},
            {"server": ""},
            {"server": "https://127.0.0.1:1", "certificate-authority-data": "bm8gY2VydGlmaWNhdGU="},
            {"server": "https://127.0.0.1:1", "certificate-authority-data": "%"},
        ],
    )
    def test_is_missing_where_the_kubeconfig_is_broken(self, tmp_path: Path, cluster: dict[str, str]) -> None:
        assert unreachable(_cluster(kubeconfig(tmp_path / "k", cluster=cluster))) is not None, "no traceback"

    @pytest.mark.parametrize("lenient", [{"insecure-skip-tls-verify": True}, {"tls-server-name": "kubernetes"}])
    def test_is_tried_without_a_name_to_verify(self, tmp_path: Path, lenient: dict[str, Any]) -> None:
        with answering() as (url, _):
            cluster = {"server": url, **lenient}
            assert unreachable(_cluster(kubeconfig(tmp_path / "k", cluster=cluster))) is None

    def test_goes_through_the_kubeconfigs_proxy(self, tmp_path: Path) -> None:
        with answering() as (url, asked):
            cluster = {"server": "http://192.0.2.1", "proxy-url": url}
            assert unreachable(_cluster(kubeconfig(tmp_path / "k", cluster=cluster))) is None
        assert asked == ["http://192.0.2.1/version"]


def _answer_nonsense(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1024)
        connection.sendall(b"SSH-2.0-nobody\r\n")
