"""The programs of the toolchain: which Go package each is, and how it tells its version.

Owns the list only; ``toolchain`` builds what is not on the PATH already.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lab import versions

ASK_SECONDS: Final = 10


@dataclass(frozen=True)
class Tool:
    """One program.

    Attributes:
        package: Go package; its last element is what `go build` calls the binary.
        ask: arguments that make it print its version; empty where it has none to tell.
        version: what it must print to be taken from the PATH instead of being built.
        module: folder below `lab/go` whose go.mod pins it.
    """

    name: str
    package: str
    ask: str
    version: str
    module: str = "."

    @property
    def built_name(self) -> str:
        """Return the file that `go build -o FOLDER/` writes; a version suffix does not count."""
        parts = self.package.split("/")
        return parts[-2] if parts[-1][1:].isdigit() and parts[-1].startswith("v") else parts[-1]

    def found(self, without: Path) -> Path | None:
        """Return the program of the very same version on the PATH, outside a folder, if there is one."""
        place = shutil.which(self.name)
        if not self.ask or place is None or Path(place).is_relative_to(without):
            return None
        try:
            said = subprocess.run(
                [place, *self.ask.split()], check=False, capture_output=True, text=True, timeout=ASK_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return Path(place) if self.version in (said.stdout + said.stderr).split() else None


def _kubernetes(name: str, ask: str = "--version") -> Tool:
    return Tool(name, f"k8s.io/kubernetes/cmd/{name}", ask, f"v{versions.KUBERNETES}")


TOOLS: Final = (
    Tool("pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "version", f"v{versions.PULUMI}"),
    Tool("pulumi-resource-kubernetes", "./pulumi-resource-kubernetes", "", versions.PULUMI_KUBERNETES),
    Tool("etcd", "go.etcd.io/etcd/server/v3", "--version", versions.ETCD),
    _kubernetes("kube-apiserver"),
    _kubernetes("kube-controller-manager"),
    _kubernetes("kube-scheduler"),
    _kubernetes("kube-proxy"),
    _kubernetes("kubelet"),
    _kubernetes("kubectl", "version --client"),
    Tool("istioctl", "istio.io/istio/istioctl/cmd/istioctl", "version --remote=false", versions.ISTIO),
    Tool("pilot-agent", "istio.io/istio/pilot/cmd/pilot-agent", "", versions.ISTIO),
    Tool("pilot-discovery", "istio.io/istio/pilot/cmd/pilot-discovery", "", versions.ISTIO),
    Tool("coredns", "github.com/coredns/coredns", "-version", f"CoreDNS-{versions.COREDNS}", "coredns"),
)

STAMPS: Final = {
    "k8s.io/component-base/version.gitVersion": f"v{versions.KUBERNETES}",
    "k8s.io/client-go/pkg/version.gitVersion": f"v{versions.KUBERNETES}",
    "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": f"v{versions.PULUMI}",
    "istio.io/istio/pkg/version.buildVersion": versions.ISTIO,
    "main.providerVersion": versions.PULUMI_KUBERNETES,
}
