"""Which pod asks, and which version a pod that answered belongs to.

Owns the two look-ups by label. It does not own the cluster, nor what an unknown answer means.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from checks.cluster import Pod
from checks.problem import CheckError, Problem
from checks.target import CALLER

_SAMPLES: Final = "https://raw.githubusercontent.com/istio/istio/1.29.2/samples"


class PodList(Protocol):
    """Whatever can list the pods of a namespace."""

    namespace: str

    def pods(self, app: str) -> list[Pod]:
        """Return the pods with the label ``app``."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The pod and container that the requests are sent from."""

    pod: Pod
    container: str


def find_caller(cluster: PodList, app: str = CALLER) -> Caller:
    """Return the running pod that sends the requests, by its label ``app``.

    Raises:
        CheckError: there is none.
    """
    for pod in cluster.pods(app):
        if pod.running:
            return Caller(pod=pod, container=app if app in pod.containers else pod.containers[0])
    where = f"--namespace {cluster.namespace}"
    raise CheckError(
        [
            Problem(
                fact=f"no pod with the label app={app} runs in the namespace {cluster.namespace}",
                consequence="there is nowhere to send the requests from",
                fix=f"kubectl apply {where} --filename {_SAMPLES}/sleep/sleep.yaml"
                if app == CALLER
                else f"kubectl get pods {where} --selector app={app}",
            )
        ]
    )


class Versions:
    """The label ``version`` of an app's pods, by the pod's name."""

    def __init__(self, cluster: PodList, app: str) -> None:
        """Read the pods once; they are read again when an unknown name turns up."""
        self._cluster = cluster
        self._app = app
        self._known: dict[str, str] = {}
        self._unknown: set[str] = set()
        self._running: frozenset[str] = frozenset()
        self.refresh()

    def refresh(self) -> None:
        """Read the pods again. Pods that are gone stay known: their answers may still be on the way."""
        pods = [pod for pod in self._cluster.pods(self._app) if "version" in pod.labels]
        self._known |= {pod.name: pod.labels["version"] for pod in pods}
        self._running = frozenset(pod.labels["version"] for pod in pods if pod.running)

    def of(self, pod: str) -> str | None:
        """Return the version of a pod by its name, or None where the app has no such pod."""
        # A name is asked for once: a server that makes names up must not cost a call for each answer.
        if pod not in self._known and pod not in self._unknown:
            self.refresh()
            if pod not in self._known:
                self._unknown.add(pod)
        return self._known.get(pod)

    def expected(self) -> frozenset[str]:
        """Return the versions that run now.

        Raises:
            CheckError: there are none, so nothing can answer.
        """
        if self._running:
            return self._running
        where = f"in the namespace {self._cluster.namespace}"
        raise CheckError(
            [
                Problem(
                    fact=f"no pod with the labels app={self._app} and `version` runs {where}",
                    consequence="there is no version to tell from another",
                    fix=f"kubectl get pods --namespace {self._cluster.namespace} "
                    f"--selector app={self._app} --label-columns version",
                )
            ]
        )
