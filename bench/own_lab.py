"""A lab and a stack of a benchmark's own: from nothing to nothing, in a slot that nobody else uses.

Owns the copy of the project that the stack is made of, so that no config of yours is changed.
"""

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from bench.commands import PROJECT, run
from environments.backend import folder_url

SLOT: Final = "4"
STACK: Final = "bench"
PROGRAM: Final = ("__main__.py", "Pulumi.yaml", "components", "settings")


@dataclass(frozen=True, kw_only=True)
class OwnLab:
    """A running lab, the environment of a shell that works with it, and a stack that is not up yet."""

    environment: Mapping[str, str]
    folder: Path

    def configure(self, config: Mapping[str, Any]) -> None:
        """Write the stack's config; its keys without the project's name."""
        content = {"config": {f"incremental-istio:{key}": value for key, value in config.items()}}
        (self.folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(content))

    def pulumi(self, *arguments: str) -> str:
        """Run pulumi on the stack."""
        return run(["pulumi", f"--cwd={self.folder}", *arguments], self.environment)

    def kubectl(self, *arguments: str) -> str:
        """Run kubectl on the lab's cluster."""
        return run(["kubectl", *arguments], self.environment)

    def apply(self, manifests: str) -> None:
        """Apply manifests and wait until their Deployments are available."""
        subprocess.run(["kubectl", "apply", "--filename=-"], input=manifests, text=True, check=True,
                       env=self.environment, stdout=subprocess.DEVNULL)  # fmt: skip
        for object_ in yaml.safe_load_all(manifests):
            if object_["kind"] == "Deployment":
                metadata = object_["metadata"]
                self.kubectl("rollout", "status", "--timeout=120s", f"--namespace={metadata['namespace']}",
                             f"deployment/{metadata['name']}")  # fmt: skip

    def pod_address(self, namespace: str, selector: str) -> str:
        """Return the address of the only pod that a selector finds."""
        query = "jsonpath={.items[*].status.podIP}"
        (address,) = self.kubectl(
            "get", "pods", f"--namespace={namespace}", f"--selector={selector}", "--output", query
        ).split()
        return address

    def resources(self, namespace: str, deployment: str) -> dict[str, Any]:
        """Return the requests and limits of a Deployment's only container."""
        query = "jsonpath={.spec.template.spec.containers[0].resources}"
        found: dict[str, Any] = json.loads(
            self.kubectl("get", "deployment", deployment, f"--namespace={namespace}", f"--output={query}")
        )
        return found


@contextlib.contextmanager
def own_lab(more: Mapping[str, str] = MappingProxyType({})) -> Iterator[OwnLab]:
    """Bring the lab up with an empty stack; take it down at the end, whatever happens.

    Args:
        more: variables of the environment beside the lab's own.
    """
    with tempfile.TemporaryDirectory() as folder:
        project, state = Path(folder, "project"), Path(folder, "state")
        project.mkdir()
        state.mkdir()
        for name in PROGRAM:
            source = PROJECT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, project / name)
        lab("down")
        lab("up")
        try:
            backend = {"PULUMI_BACKEND_URL": folder_url(state), "PULUMI_CONFIG_PASSPHRASE": ""}
            owned = OwnLab(environment={**shell(), **backend, "GOGC": "400", **more}, folder=project)
            owned.pulumi("stack", "init", STACK)
            yield owned
        finally:
            lab("down")


def lab(command: str) -> str:
    """Run a command of the lab on the benchmarks' slot."""
    return run([sys.executable, "-m", "lab", command, "--slot", SLOT])


def shell() -> dict[str, str]:
    """Return the environment of a shell that works with the lab."""
    rows = [line.removeprefix("export ").split("=", 1) for line in lab("env").splitlines()]
    given = {name: "".join(shlex.split(value)) for name, value in rows}
    return {**os.environ, **given, "PATH": os.path.expandvars(given["PATH"])}
