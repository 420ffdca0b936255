"""What Istio says to the corpus: its validation, which is the webhook's, and its analysis of several objects.

All documents go into one call of each; they are told apart by a namespace for each.
"""

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.corpus.documents import Document
from tests.corpus.unchecked import objects

SECONDS = 120
_FINDING = re.compile(r"\t\* \w+/document-(\d+)/[^:]*: ")


@dataclass
class Verdict:
    """What Istio says to a document."""

    refuses: list[str] = field(default_factory=list)
    warns: list[str] = field(default_factory=list)


def verdicts(istioctl: Path, documents: Sequence[Document], folder: Path) -> list[Verdict]:
    """Return Istio's verdict on each document.

    Args:
        istioctl: the program; it asks no cluster.
        documents: the documents.
        folder: for the file with their objects.
    """
    file = folder / "objects.yaml"
    manifests = [one for number, document in enumerate(documents) for one in _objects(number, document)]
    file.write_text("\n---\n".join(json.dumps(one) for one in manifests))
    found: dict[int, Verdict] = defaultdict(Verdict)
    _validate(istioctl, file, found)
    _analyze(istioctl, file, found)
    return [found[number] for number in range(len(documents))]


def _objects(number: int, document: Document) -> Iterator[dict[str, Any]]:
    namespace = f"document-{number}"
    for content in document.contents().values():
        yield from objects(content, namespace)
        # The analysis looks for a service's DestinationRule only where there is the Service.
        yield {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": content["service"], "namespace": namespace},
            "spec": {"ports": [{"port": content["port"], "name": "http"}]},
        }


def _validate(istioctl: Path, file: Path, found: dict[int, Verdict]) -> None:
    said = _run(istioctl, "validate", "-f", str(file))
    warnings, _, errors = said.partition("Error: ")
    for part, which in ((warnings, "warns"), (errors, "refuses")):
        _, *findings = _FINDING.split(part)
        for number, text in zip(findings[::2], findings[1::2], strict=True):
            getattr(found[int(number)], which).append(text.strip())


def _analyze(istioctl: Path, file: Path, found: dict[int, Verdict]) -> None:
    said = _run(istioctl, "analyze", "--use-kube=false", "--all-namespaces", "--output=json", str(file))
    for message in json.loads(said[said.index("[\n") : said.rindex("\n]") + 2]):
        # What it says beside this is of Gateways that stand elsewhere, and the validation again.
        if message["code"] == "IST0101" and "subset" in message["message"]:
            number = re.search(r"document-(\d+)", message["origin"])
            assert number is not None, message
            found[int(number[1])].refuses.append(message["message"])


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.stdout + done.stderr
