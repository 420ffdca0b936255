"""A result as JSON, for a pipeline.

Owns the shape, which is stable: a key may be added, none changes its meaning or goes away
without a new ``schema``.

::

    {
      "schema": 1,
      "holds": true,                     both verdicts
      "namespace": "default",
      "app": "reviews",
      "falseAlarm": 0.0001,              probability that a right split is refused
      "extraHop": 1.8,                   gateway's p50 / plain p50, or null
      "paths": {
        "plain": {…},
        "gateway": {
          "url": "http://…",
          "holds": true,
          "reasons": [],                 a sentence for each broken promise
          "requests": 400,
          "answered": 400,               by a known version; the others are errors
          "versions": {
            "v1": {
              "answers": 211,
              "percent": 52.75,          of the answers
              "expected": true,
              "weight": 50,              percent, or null on the plain path
              "accepted": [160, 240]     least and most answers, or null on the plain path
            }
          },
          "errors": [{"text": "HTTP 503", "requests": 3}],
          "latencyMs": {"p50": 5.1, "p99": 9.8}   or null without an answer
        }
      }
    }
"""

import json
from typing import Any

from checks.measurement import PathResult, Result
from checks.verdict import FALSE_ALARM

SCHEMA = 1


def render(result: Result) -> str:
    """Return the result as indented JSON."""
    return json.dumps(shape(result), indent=2)


def shape(result: Result) -> dict[str, Any]:
    """Return the result in the shape that this module documents."""
    return {
        "schema": SCHEMA,
        "holds": result.holds,
        "namespace": result.namespace,
        "app": result.app,
        "falseAlarm": FALSE_ALARM,
        "extraHop": _rounded(result.extra_hop),
        "paths": {path.name: _path(path) for path in (result.plain, result.gateway)},
    }


def _path(path: PathResult) -> dict[str, Any]:
    return {
        "url": path.url,
        "holds": path.verdict.holds,
        "reasons": list(path.verdict.reasons),
        "requests": path.tally.requests,
        "answered": path.tally.answered,
        "versions": {version: _version(path, version) for version in path.versions},
        "errors": [{"text": text, "requests": requests} for text, requests in path.tally.errors.items()],
        "latencyMs": {"p50": _rounded(path.tally.p50), "p99": _rounded(path.tally.p99)},
    }


def _version(path: PathResult, version: str) -> dict[str, Any]:
    interval = path.verdict.accepted.get(version)
    return {
        "answers": path.tally.versions.get(version, 0),
        "percent": _rounded(path.percent(version)),
        "expected": version in path.expected,
        # A version without a weight gets no request through the gateway: that is weight 0.
        "weight": path.weights.get(version, 0) if path.weights else None,
        "accepted": list(interval) if interval else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
