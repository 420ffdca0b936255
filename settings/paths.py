"""Paths into the config, and the commands of Pulumi's CLI that set and unset what they lead to.

Tried with pulumi 3.228: ``set --path`` stores lists and objects as text, so a list is set
item by item; ``rm --path`` of a key that is not there succeeds; ``set-all`` sets many at once.
"""

import re
import shlex
from collections.abc import Iterable, Mapping

PROJECT = "incremental-istio"

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def member(path: str, name: str) -> str:
    """Return the path of an object's member, quoted where its name would be read as a path itself."""
    if not path:
        return name
    if _PLAIN.fullmatch(name):
        return f"{path}.{name}"
    escaped = name.replace('"', r"\"")
    return f'{path}["{escaped}"]'


def set_command(path: str, value: object, *, text: bool = False) -> str:
    """Return the command that sets one key of the config, also inside an object.

    Args:
        path: the key.
        value: as the command line takes it.
        text: keeps the CLI from storing digits as a number and `true` as a boolean.
    """
    word = str(value).lower() if isinstance(value, bool) else str(value)
    return f"pulumi config set {_flag(path)}{'--type string ' if text else ''}{_quoted(path)} {shlex.quote(word)}"


def set_all_command(values: Mapping[str, object]) -> str:
    """Return the one command that sets several keys inside objects."""
    pairs = " ".join(f"--plaintext {_quoted(f'{path}={value}')}" for path, value in values.items())
    return f"pulumi config set-all --path {pairs}"


def set_list_command(path: str, items: Iterable[object]) -> str:
    """Return the command that replaces whatever is there by a list."""
    steps = [set_command(f"{path}[{index}]", item) for index, item in enumerate(items)]
    return " && ".join([unset_command(path), *steps])


def unset_command(path: str, *, whole: bool = False) -> str:
    """Return the command that takes one key out of the config.

    Args:
        path: the key.
        whole: the path is the name of a top-level key, whatever characters are in it.
    """
    return f"pulumi config rm {'' if whole else _flag(path)}{_quoted(path)}"


def _flag(path: str) -> str:
    return "--path " if "." in path or "[" in path else ""


def _quoted(path: str) -> str:
    escaped = path.replace("'", """'"'"'""")
    return f"'{PROJECT}:{escaped}'"
