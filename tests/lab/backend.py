"""The tests' backend in the cluster: Deployments of `echo.py` in three versions, behind Services by name.

Owns the objects of one namespace. It declares nothing of Istio.
"""

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from tests.lab import echo
from tests.lab.conftest import Lab

IMAGE: Final = "docker.io/istio/examples-bookinfo-productpage-v1:1.20.3"
READY_SECONDS: Final = 60
ONE_OF_EACH: Final = {"v1": 1, "v2": 1, "v3": 1}

Object = dict[str, Any]


@dataclass(frozen=True)
class Backend:
    """What runs in the namespace, and what it counted."""

    lab: Lab
    namespace: str = "shop"

    def deploy(self, *, services: Iterable[str] = ("echo",), replicas: Mapping[str, int] = ONE_OF_EACH) -> None:
        """Apply the objects and return once every pod is ready.

        Args:
            services: names of the Services; each has the same pods behind it, on port 8080.
            replicas: pods by version.
        """
        self._apply(objects(self.namespace, services, replicas))
        for version in replicas:
            self._kubectl("rollout", "status", f"deployment/echo-{version}", f"--timeout={READY_SECONDS}s")

    def listen(self, service: str, port: int) -> None:
        """Add a Service on another port than the pods'."""
        self._apply([_service(self.namespace, service, port)])

    def remove(self) -> None:
        """Take the namespace away, with all that is in it."""
        self.lab.run("kubectl", "delete", "namespace", self.namespace, "--ignore-not-found")

    def pods(self, version: str | None = None) -> list[str]:
        """Return the names of the pods that are there and do not end."""
        selector = f"app=echo,version={version}" if version else "app=echo"
        found = json.loads(self._kubectl("get", "pods", f"--selector={selector}", "--output=json"))["items"]
        return [pod["metadata"]["name"] for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def count(self, version: str | None, path: str) -> int:
        """Return how many requests for a path a version's pods got, or all pods; a mirror's copies are requests too."""
        return sum(self._of_pod(pod, "/count")["requests"].get(path, 0) for pod in self.pods(version))

    def set(self, pod: str, **behaviour: str) -> None:
        """Let a pod misbehave (`status`, `delay`) for every request that does not ask itself; nothing to heal it."""
        self._of_pod(pod, f"/set?{urlencode(behaviour)}")

    def _of_pod(self, pod: str, path: str) -> dict[str, Any]:
        """Ask a pod past every Service and gateway, by way of the API server."""
        where = f"/api/v1/namespaces/{self.namespace}/pods/{pod}:{echo.PORT}/proxy{path}"
        said: dict[str, Any] = json.loads(self.lab.run("kubectl", "get", "--raw", where).stdout)
        return said

    def _kubectl(self, *arguments: str) -> str:
        return self.lab.run("kubectl", f"--namespace={self.namespace}", *arguments).stdout

    def _apply(self, applied: list[Object]) -> None:
        manifest = json.dumps({"apiVersion": "v1", "kind": "List", "items": applied})
        done = subprocess.run(
            ["kubectl", "apply", "--filename=-"], input=manifest, env=self.lab.environment,
            capture_output=True, text=True, timeout=READY_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def objects(namespace: str, services: Iterable[str], replicas: Mapping[str, int]) -> list[Object]:
    """Return every object, in the order in which they are to be applied."""
    program = Path(echo.__file__).read_text()
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _named(namespace, "echo"), "data": {"echo.py": program}},
        *(_service(namespace, name) for name in services),
        *(_deployment(namespace, version, count, program) for version, count in replicas.items()),
    ]


def _named(namespace: str, name: str) -> Object:
    return {"name": name, "namespace": namespace}


def _service(namespace: str, name: str, port: int = echo.PORT) -> Object:
    spec = {"selector": {"app": "echo"}, "ports": [{"name": "http", "port": port, "targetPort": echo.PORT}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _named(namespace, name), "spec": spec}


def _deployment(namespace: str, version: str, replicas: int, program: str) -> Object:
    labels = {"app": "echo", "version": version}
    container = {
        "name": "echo",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-u", "/echo/echo.py"],
        "env": [
            {"name": "VERSION", "value": version},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        "ports": [{"containerPort": echo.PORT}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": echo.PORT}, "periodSeconds": 1},
        "volumeMounts": [{"name": "echo", "mountPath": "/echo"}],
    }
    metadata = {
        "labels": labels,
        # A pod reads its program once: another program is another pod.
        "annotations": {"program": hashlib.sha256(program.encode()).hexdigest()[:16]},
    }
    pod = {"containers": [container], "volumes": [{"name": "echo", "configMap": {"name": "echo"}}]}
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": {"metadata": metadata, "spec": pod},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _named(namespace, f"echo-{version}"),
        "spec": spec,
    }
