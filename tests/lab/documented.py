"""Config as a document shows it: the tests run what the reader reads."""

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

Config = dict[str, Any]

_LINES = re.compile(r"^(?P<marks>#+) (?P<heading>[^\n]+)$|^```yaml\n(?P<block>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(document: str, chapter: str) -> dict[str, Config]:
    """Return the YAML of a chapter (`## CHAPTER`), by the heading that it stands under.

    Raises:
        ValueError: there is no such chapter, or a heading has two blocks.
    """
    found: dict[str, Config] = {}
    inside, there, heading = False, False, ""
    for line in _LINES.finditer(document):
        if line["block"] is None:
            heading = line["heading"]
            if len(line["marks"]) <= 2:
                inside = heading == chapter
                there = there or inside
        elif inside:
            if heading in found:
                raise ValueError(f"{heading!r} has two blocks")
            found[heading] = yaml.safe_load(line["block"])
    if not there:
        raise ValueError(f"there is no chapter {chapter!r}")
    return found


def merged(configs: Mapping[str, Config]) -> Config:
    """Return several blocks as one config.

    Raises:
        ValueError: two of them say something else for the same key.
    """
    whole: Config = {}
    for heading, config in configs.items():
        _merge(whole, copy.deepcopy(config), heading)
    return whole


def add(stack_file: Path, config: Mapping[str, Any]) -> None:
    """Write config into a stack's file, over what is there."""
    content = yaml.safe_load(stack_file.read_text())
    content["config"] = _over(content["config"], config)
    stack_file.write_text(yaml.safe_dump(content, sort_keys=False))


def services(config: Mapping[str, Any], namespace: str) -> list[str]:
    """Return the names of the Services of a namespace that a config's routes lead to."""
    routes = config.get("incremental-istio:routes", {}).items()
    return [route.get("service", name) for name, route in routes if route.get("namespace") == namespace]


def _merge(whole: Config, more: Config, heading: str) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(whole.get(key), dict):
            _merge(whole[key], value, heading)
        elif whole.setdefault(key, value) != value:
            raise ValueError(f"{heading!r} has another {key!r} than a block before it")


def _over(below: Any, above: Any) -> Any:
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {**below, **{key: _over(below.get(key), value) for key, value in above.items()}}
