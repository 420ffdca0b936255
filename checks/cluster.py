"""The cluster, as far as the checks need it: list pods of a namespace, run a command in one.

Owns the connection; what it says where that fails is ``checks.failure``'s. It creates nothing,
and it does not know what is run or why.
"""

import json
import time
import weakref
from dataclasses import dataclass
from typing import Any

import urllib3
import websocket
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from kubernetes.config import ConfigException
from kubernetes.stream import stream
from kubernetes.stream.ws_client import ERROR_CHANNEL, STDERR_CHANNEL, STDOUT_CHANNEL, WSClient

from checks.failure import unreachable, unusable
from checks.problem import CheckError
from checks.target import Target
from checks.timeouts import TIMEOUTS


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod: its name, labels, containers, and whether it runs and is not on its way out."""

    name: str
    labels: dict[str, str]
    containers: tuple[str, ...]
    running: bool


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command in a pod left behind.

    Attributes:
        stdout: all that arrived, also of a command that ran out of time.
        stderr: likewise, as text.
        finished: whether the command ended within its limit and the stream stayed whole.
        started: False where the container could not even start it.
    """

    stdout: bytes
    stderr: str
    finished: bool
    started: bool


class Cluster:
    """One namespace of a cluster. Every method raises ``CheckError`` when the API server does not answer."""

    def __init__(self, api: client.CoreV1Api, namespace: str) -> None:
        """Take a client that is set up already."""
        self._api = api
        self.namespace = namespace

    def pods(self, app: str) -> list[Pod]:
        """Return the pods with the label ``app``, running or not."""
        try:
            found = self._api.list_namespaced_pod(
                self.namespace, label_selector=f"app={app}", _request_timeout=TIMEOUTS.api
            )
        except (ApiException, urllib3.exceptions.HTTPError, ValueError) as error:
            # ValueError: an answer that is no list of pods, as from a login page in between.
            raise CheckError([unreachable(error, self.namespace, "list pods")]) from error
        return [_pod(item) for item in found.items or []]

    def run(self, pod: Pod, container: str, command: list[str], seconds: float) -> Ran:
        """Run a command in a container and wait for its end, at most ``seconds``.

        The time limit ends the wait, not the command: Kubernetes has no call for that, so
        give the command a limit of its own.
        """
        try:
            socket = stream(
                self._api.connect_get_namespaced_pod_exec,
                pod.name,
                self.namespace,
                container=container,
                command=command,
                stdin=False,
                stdout=True,
                stderr=True,
                tty=False,
                binary=True,
                _preload_content=False,
            )
        except ApiException as error:
            raise CheckError([unreachable(error, self.namespace, "create pods/exec")]) from error
        try:
            # Not run_forever: between its look at the clock and its poll the rest can turn negative,
            # and poll() takes a negative time as "for ever".
            deadline = time.monotonic() + seconds
            while socket.is_open() and (left := deadline - time.monotonic()) > 0:
                socket.update(timeout=min(left, TIMEOUTS.tick))
            ended = not socket.is_open()
        except (websocket.WebSocketException, OSError):
            ended = False
        status = _status(_read(socket, ERROR_CHANNEL))
        stdout = _read(socket, STDOUT_CHANNEL)
        stderr = _read(socket, STDERR_CHANNEL)
        socket.close()
        started = status.get("status") != "Failure" or status.get("reason") == "NonZeroExitCode"
        reason = "" if started else str(status.get("message", ""))
        return Ran(
            stdout=stdout,
            stderr=reason or stderr.decode("utf-8", "replace"),
            # Without the server's last word the stream broke off, and so may have the command.
            finished=ended and bool(status),
            started=started,
        )


def connect(target: Target) -> Cluster:
    """Set up a client for the target's cluster; no call is made yet.

    Raises:
        CheckError: the kubeconfig or its context cannot be used.
    """
    try:
        if target.kubeconfig is not None:
            api = config.new_client_from_config_dict(  # type: ignore[no-untyped-call] # the client's config is untyped
                dict(target.kubeconfig), context=target.context, persist_config=False
            )
        else:
            path = str(target.kubeconfig_file) if target.kubeconfig_file else None
            api = config.new_client_from_config(  # type: ignore[no-untyped-call] # the client's config is untyped
                path, context=target.context, persist_config=False
            )
    except ConfigException as error:
        raise CheckError([unusable(str(error))]) from error
    except Exception as error:  # noqa: BLE001 - YAML, base64, type errors: the client wraps none of them
        # Their texts may quote a key, so none is shown.
        raise CheckError([unusable(f"it is malformed ({type(error).__name__})")]) from None
    # One attempt per call: the wait for a first answer is the caller's, and has its own limit.
    api.configuration.retries = False
    # The exec stream has no time limit of its own; this is the only one its library takes.
    websocket.setdefaulttimeout(TIMEOUTS.api)
    cluster = Cluster(client.CoreV1Api(api), target.namespace)
    # The client keeps its connections open and has no close of its own for them.
    weakref.finalize(cluster, api.rest_client.pool_manager.clear)
    return cluster


def _pod(item: Any) -> Pod:  # noqa: ANN401 - V1Pod, whose fields are all optional
    return Pod(
        name=item.metadata.name,
        labels=dict(item.metadata.labels or {}),
        containers=tuple(container.name for container in item.spec.containers),
        running=item.status.phase == "Running" and item.metadata.deletion_timestamp is None,
    )


def _read(socket: WSClient, channel: int) -> bytes:
    try:
        data: bytes = socket.read_channel(channel)  # type: ignore[no-untyped-call] # the client's stream is untyped
    except (websocket.WebSocketException, OSError):
        # A channel without data looks at the network once more, and a broken stream breaks again.
        return b""
    return data


def _status(channel: bytes) -> dict[str, Any]:
    try:
        status = json.loads(channel)
    except ValueError:
        return {}
    return status if isinstance(status, dict) else {}
