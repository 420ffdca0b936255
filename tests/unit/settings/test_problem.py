"""How problems are told."""

import pulumi
import pytest

from settings.problem import ConfigError, Problem

PROBLEM = Problem(key="route.port", value=0, rule="it is too small", fix="pulumi config set ...")


def test_a_problem_says_key_value_rule_and_fix() -> None:
    assert str(PROBLEM) == "incremental-istio:route.port is 0: it is too small\n    fix: pulumi config set ..."


def test_a_text_is_shown_in_quotes() -> None:
    problem = Problem(key="namespace", value="", rule="-", fix="-")
    assert "is '':" in str(problem), "an empty value would not be seen"


def test_a_value_that_is_not_there_is_told_as_such() -> None:
    assert "is not set:" in str(Problem(key="gke.project", value=None, rule="-", fix="-"))


@pytest.mark.parametrize(("count", "words"), [(1, "1 problem in"), (2, "2 problems in")])
def test_an_error_counts_its_problems(count: int, words: str) -> None:
    assert str(ConfigError([PROBLEM] * count)).startswith(words)


def test_an_error_tells_every_problem() -> None:
    other = Problem(key="target", value="aws", rule="-", fix="-")
    assert all(str(one) in str(ConfigError([PROBLEM, other])) for one in (PROBLEM, other))


def test_an_error_says_that_nothing_was_created() -> None:
    assert "nothing was created" in str(ConfigError([PROBLEM])), "whoever reads it wonders what is left to clean up"


def test_pulumi_prints_an_error_without_a_traceback() -> None:
    assert issubclass(ConfigError, pulumi.RunError), "only a RunError is printed as it is"
