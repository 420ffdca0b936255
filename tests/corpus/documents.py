"""The corpus: routes as a config has them, what our settings say to each, and what Istio does."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import yaml

from settings.check import check
from settings.paths import member
from settings.problem import Problem
from settings.route import RouteSettings
from settings.routes import conflicts, contents

FOLDER = Path(__file__).parent
NAMESPACE = "shop"


@dataclass(frozen=True, kw_only=True)
class Document:
    """Some routes, and what both sides say to them.

    Attributes:
        name: what it shows, as a sentence.
        routes: the config's `routes`.
        refused: by the key, part of the rule of each problem that we tell; none where we take it.
        istio_refuses: part of what Istio's validation says, where it refuses.
        istio_warns: the same, where it only warns.
        why: where one refuses what the other takes: the reason.
    """

    name: str
    routes: Mapping[str, Any]
    refused: Mapping[str, str]
    istio_refuses: str | None
    istio_warns: str | None
    why: str | None

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """Return a document from its YAML; an unknown key is an error."""
        rest = dict(content)
        istio = rest.pop("istio", {})
        document = cls(
            name=rest.pop("name"),
            routes=rest.pop("routes"),
            refused=rest.pop("refused", {}),
            istio_refuses=istio.get("refuses"),
            istio_warns=istio.get("warns"),
            why=rest.pop("why", None),
        )
        if rest or istio.keys() - {"refuses", "warns"}:
            raise ValueError(f"{document.name}: {rest} {istio}")
        return document

    def contents(self) -> dict[str, Any]:
        """Return the routes with what follows from their names."""
        return contents(self.routes, NAMESPACE, bookinfo=False)

    def problems(self) -> list[Problem]:
        """Return what our settings say."""
        routes: dict[str, RouteSettings] = {}
        problems: list[Problem] = []
        for name, content in self.contents().items():
            parsed = check(RouteSettings, content, member("routes", name))
            if isinstance(parsed, list):
                problems += parsed
            else:
                routes[name] = parsed
        return [*problems, *conflicts(routes)]


@cache
def documents() -> tuple[Document, ...]:
    """Return all of them; by libyaml, which needs a tenth of the time."""
    contents_ = (yaml.load(file.read_text(), yaml.CSafeLoader) for file in sorted(FOLDER.glob("*.yaml")))
    return tuple(Document.of(one) for content in contents_ for one in content)
