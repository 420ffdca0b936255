"""The toolchain: found on the PATH or built from Go modules, once for each set of versions.

Owns the folder of programs and of the files that go with them: Istio's charts and
Envoy bootstrap, the Kubernetes provider's schema, the Python language host.
"""

import hashlib
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

from lab import versions
from lab.golang import MODULE, Go, Progress, compiler
from lab.locks import held
from lab.paths import SOURCES, cache
from lab.tools import STAMPS, TOOLS

FILES: Final = (
    "charts/base/Chart.yaml",
    "charts/istiod/Chart.yaml",
    "envoy_bootstrap.json",
    "schema.json",
    "terraform-mapping.json",
)
REMOVED: Final = "removed-"


def folder() -> Path:
    """Return where the toolchain of these very versions is, or will be."""
    return cache() / "toolchain" / _key()


def is_built() -> bool:
    """Tell whether nothing has to be built; a program that was taken from the PATH may be gone from there."""
    return all((folder() / name).exists() for name in (*(tool.name for tool in TOOLS), *FILES))


def ensure(progress: Progress) -> Path:
    """Return the folder of the toolchain; build it when it is not there.

    An interrupted build goes on where it was: the compiler's cache is kept until the
    toolchain is complete, and only then removed.

    Raises:
        CommandError: a step failed; its log is named.
        LabError: there is no Go compiler, and none can be had.
    """
    if not is_built() or _leftovers():
        with held(cache() / "toolchain.lock", waiting=progress.say, remove=True):
            if not is_built():
                _build(progress)
            if _leftovers():
                progress.say("removing the compiler's caches")
                _remove_leftovers()
    _refresh_language_host(folder())
    return folder()


def _build(progress: Progress) -> None:
    staging = _work() / "bin"
    staging.mkdir(parents=True, exist_ok=True)
    for left in filter(Path.is_symlink, list(staging.iterdir())):
        # From an interrupted build, to a program of the user's: the compiler must not write through it.
        left.unlink()
    go = Go(compiler(cache() / "go-install.log"), _work(), cache() / "toolchain.log")

    found = {tool: place for tool in TOOLS if (place := tool.found(without=cache()))}
    for tool, place in found.items():
        progress.note(f"{tool.name} {tool.version}: taken from {place}")
        (staging / tool.name).unlink(missing_ok=True)
        (staging / tool.name).symlink_to(place)
    missing = [tool for tool in TOOLS if tool not in found]
    for module in sorted({tool.module for tool in missing}):
        go.build(module, [tool for tool in missing if tool.module == module], staging, progress)

    progress.say("collecting charts, schemas and the Python language host")
    _collect_files(go, staging)
    ready = folder()
    ready.parent.mkdir(parents=True, exist_ok=True)
    # An incomplete one: a program was taken from the PATH and is not there any more.
    shutil.rmtree(ready, ignore_errors=True)
    staging.rename(ready)


def _work() -> Path:
    return cache() / "build"


def _leftovers() -> list[Path]:
    """Return what a build that is over, or one interrupted while this was removed, does not need any more."""
    return [path for path in (_work(), *cache().glob(f"{REMOVED}*")) if path.exists()]


def _remove_leftovers() -> None:
    """Remove the compiler's caches: 9 GB, which take 40 s and may be interrupted, so half of one gets another name."""
    if _work().exists():
        _work().rename(Path(tempfile.mkdtemp(dir=cache(), prefix=REMOVED)) / "build")
    for left in _leftovers():
        shutil.rmtree(left, ignore_errors=True)


def _collect_files(go: Go, into: Path) -> None:
    istio = go.module_folder("istio.io/istio/pilot/cmd/pilot-agent")
    shutil.copy(istio / "tools/packaging/common/envoy_bootstrap.json", into)
    for chart, source in (("base", "base"), ("istiod", "istio-control/istio-discovery")):
        _copy_chart(istio / "manifests/charts" / source, into / "charts" / chart)
    provider = go.module_folder("github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider")
    for name in ("schema.json", "terraform-mapping.json"):
        shutil.copy(provider / "cmd/pulumi-resource-kubernetes" / name, into)


def _refresh_language_host(into: Path) -> None:
    """Put the Python language host beside `pulumi`, unless the released one is on the PATH."""
    host = into / "pulumi-language-python"
    released = shutil.which("pulumi-language-python")
    if released and Path(released).parent != into:
        host.unlink(missing_ok=True)
        return
    source = (SOURCES / "language_host.py").read_text()
    if not host.exists() or host.read_text() != source:
        # In one step, since a `pulumi up` may be about to start it.
        draft = host.with_suffix(".draft")
        draft.write_text(source)
        draft.chmod(0o755)
        draft.replace(host)


def _copy_chart(source: Path, target: Path) -> None:
    """Copy a chart with the version that a release would stamp into it."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    description = target / "Chart.yaml"
    description.write_text(
        re.sub(r"^(version|appVersion): .*$", rf"\1: {versions.ISTIO}", description.read_text(), flags=re.MULTILINE)
    )


def _key() -> str:
    """Return a name that changes with everything the toolchain is made from."""
    digest = hashlib.sha256()
    sources = [MODULE / "go.mod", MODULE / "go.sum", MODULE / "coredns/go.mod", MODULE / "coredns/go.sum"]
    for source in [*sources, MODULE / "pulumi-resource-kubernetes/main.go"]:
        digest.update(source.read_bytes())
    digest.update(repr(([tool.package for tool in TOOLS], STAMPS)).encode())
    return digest.hexdigest()[:16]
