"""Where the inputs come from: flags, then outputs, then the post."""

from pathlib import Path

import pytest

from checks.outputs import Outputs
from checks.problem import Problem
from checks.target import Target, TargetFlags, resolve

OUTPUTS = Outputs(
    kubeconfig={"clusters": [{}]},
    context="of-the-stack",
    namespace="team-a",
    app="ratings",
    plain_url="http://ratings:9080/ratings/0",
    gateway_url="http://gateway/ratings/0",
    weights={"v1": 90, "v2": 10},
)


def test_without_flags_and_outputs_the_posts_values_hold() -> None:
    assert resolve(TargetFlags(), None, []) == Target()


def test_outputs_go_before_the_posts_values() -> None:
    target = resolve(TargetFlags(), OUTPUTS, [])
    assert (target.context, target.namespace, target.app, target.weights) == (
        "of-the-stack",
        "team-a",
        "ratings",
        {"v1": 90, "v2": 10},
    )


def test_flags_go_before_outputs() -> None:
    flags = TargetFlags(context="mine", namespace="b", app="c", plain_url="http://d", weights=("v2=100",))
    target = resolve(flags, OUTPUTS, [])
    assert (target.context, target.namespace, target.app, target.plain_url, target.weights) == (
        "mine",
        "b",
        "c",
        "http://d",
        {"v2": 100},
    )


def test_another_kubeconfig_takes_the_outputs_context_away(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.touch()
    target = resolve(TargetFlags(kubeconfig=file), OUTPUTS, [])
    assert (target.kubeconfig, target.kubeconfig_file, target.context) == (None, file, None)


def test_a_kubeconfig_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    problems: list[Problem] = []
    resolve(TargetFlags(kubeconfig=tmp_path / "none"), None, problems)
    assert problems[0].fact == f"--kubeconfig {tmp_path}/none is not a file"


@pytest.mark.parametrize(
    "url",
    ["reviews:9080", "ftp://a/", "http://", "http://a b/", "http://a:port/", "http://a/\n-o x", "-K /etc/x"],
)
def test_what_is_not_an_http_url_is_a_problem(url: str) -> None:
    problems: list[Problem] = []
    resolve(TargetFlags(gateway_url=url), None, problems)
    assert problems[0].fact == f"--gateway-url {url!r} is not an http or https URL"


def test_the_kubeconfig_is_no_part_of_what_is_printed() -> None:
    assert "clusters" not in repr(resolve(TargetFlags(), OUTPUTS, []))


@pytest.mark.parametrize(
    ("caller", "namespace", "app"), [("service-b", None, "service-b"), ("team-b/service-b", "team-b", "service-b")]
)
def test_the_caller_may_be_another_and_elsewhere(caller: str, namespace: str | None, app: str) -> None:
    target = resolve(TargetFlags(caller=caller), None, [])
    assert (target.caller_namespace, target.caller) == (namespace, app)


@pytest.mark.parametrize("caller", ["team-b/", "/service-b"])
def test_half_a_caller_is_refused(caller: str) -> None:
    problems: list[Problem] = []
    resolve(TargetFlags(caller=caller), None, problems)
    assert [problem.fix for problem in problems] == ["python -m checks --caller team-b/service-b"]
