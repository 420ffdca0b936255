"""The stack's config, read once and checked whole before anything is created.

Owns every key, its type, its default and its rule. It does not own what is built from
them: components take the frozen models below as their arguments.
"""

from settings.load import load
from settings.model import Settings
from settings.problem import ConfigError, Problem

__all__ = ["ConfigError", "Problem", "Settings", "load"]
