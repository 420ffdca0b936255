"""The command line as one frozen value, checked whole before the cluster is talked to.

Owns the rules of the numbers and files given, and the choice between ``--stack`` and
``--outputs``. What is measured is ``checks.target``'s.
"""

import importlib.util
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks import outputs, target
from checks.problem import CheckError, Problem
from checks.target import Target, TargetFlags

# Under 50 requests an interval says next to nothing; 20,000 take several minutes.
LEAST_REQUESTS: Final = 50
MOST_REQUESTS: Final = 20_000
DEFAULT_REQUESTS: Final = 400
DEFAULT_WAIT: Final = 120.0
MOST_WAIT: Final = 3600.0
PICTURE_SUFFIXES: Final = (".png", ".svg")


@dataclass(frozen=True, kw_only=True)
class Options:
    """A measurement to make.

    Attributes:
        target: what is measured.
        requests: requests on each path.
        wait: seconds until both paths must have answered once.
        picture: file for the chart, or None.
    """

    target: Target
    requests: int = DEFAULT_REQUESTS
    wait: float = DEFAULT_WAIT
    picture: Path | None = None


def resolve(
    flags: TargetFlags,
    *,
    stack: str | None = None,
    outputs_file: Path | None = None,
    requests: int = DEFAULT_REQUESTS,
    wait: float = DEFAULT_WAIT,
    picture: Path | None = None,
) -> Options:
    """Check everything that was given.

    Raises:
        CheckError: with every problem there is.
    """
    problems = [*_number_problems(requests, wait), *_picture_problems(picture)]
    texts = {"--stack": stack, **flags.texts()}
    problems += [_empty(option) for option, text in texts.items() if text is not None and not text.strip()]
    found = None
    if stack is not None and outputs_file is not None:
        problems.append(
            Problem(
                fact=f"--stack {stack} and --outputs {outputs_file} are both given",
                consequence="they may name two different clusters",
                fix=f"python -m checks --stack {stack}",
            )
        )
    elif stack:
        found = outputs.from_stack(stack, problems)
    elif outputs_file is not None:
        found = outputs.from_file(outputs_file, problems)
    resolved = target.resolve(flags, found, problems)
    if problems:
        raise CheckError(problems)
    return Options(target=resolved, requests=requests, wait=wait, picture=picture)


def _empty(option: str) -> Problem:
    return Problem(
        fact=f"{option} is empty",
        consequence="taking the default instead might measure another cluster than the one meant",
        fix=f"python -m checks --help   (leave {option} out, or give it a value)",
    )


def _number_problems(requests: int, wait: float) -> list[Problem]:
    problems = []
    if not LEAST_REQUESTS <= requests <= MOST_REQUESTS:
        problems.append(
            Problem(
                fact=f"--requests is {requests}, not {LEAST_REQUESTS} to {MOST_REQUESTS}",
                consequence="fewer prove nothing and more take many minutes",
                fix=f"python -m checks --requests {DEFAULT_REQUESTS}",
            )
        )
    if math.isnan(wait) or not 0 <= wait <= MOST_WAIT:
        problems.append(
            Problem(
                fact=f"--wait is {wait:g}, not 0 to {MOST_WAIT:.0f} seconds",
                consequence="the wait for a first answer would have no sensible end",
                fix=f"python -m checks --wait {DEFAULT_WAIT:.0f}",
            )
        )
    return problems


def _picture_problems(picture: Path | None) -> list[Problem]:
    if picture is None:
        return []
    problems = []
    if picture.suffix.lower() not in PICTURE_SUFFIXES:
        problems.append(
            Problem(
                fact=f"--picture {picture} ends with neither {' nor '.join(PICTURE_SUFFIXES)}",
                consequence="the format of the chart is not known",
                fix=f"python -m checks --picture {picture.with_suffix('.png')}",
            )
        )
    if not picture.parent.is_dir():
        problems.append(
            Problem(
                fact=f"--picture {picture}: there is no folder {picture.parent}",
                consequence="the chart could not be written after the measurement",
                fix=f"mkdir -p {picture.parent}",
            )
        )
    if importlib.util.find_spec("matplotlib") is None:
        problems.append(
            Problem(
                fact="--picture needs matplotlib, which is not installed",
                consequence="no chart can be drawn",
                fix="pip install matplotlib",
            )
        )
    return problems
