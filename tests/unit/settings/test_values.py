"""Each type of a route's values: what it takes, and what it says to what it does not."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from settings import values


def _said(kind: Any, value: object) -> str:
    """Return what a type says to a value; nothing when it takes it."""
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, ")
    return ""


@pytest.mark.parametrize("value", ["1ms", "1s", "1.5s", "0.5s", "1m30s", "2h", "2562047h"])
def test_a_duration_is_a_number_with_a_unit(value: str) -> None:
    assert _said(values.Duration, value) == ""


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("", "a duration is a number with a unit (ms, s, m, h), such as 1.5s"),
        ("5", "a duration is a number with a unit (ms, s, m, h), such as 1.5s"),
        ("-5s", "a duration is a number with a unit (ms, s, m, h), such as 1.5s"),
        ("5 s", "a duration is a number with a unit (ms, s, m, h), such as 1.5s"),
        ("1d", "a duration is a number with a unit (ms, s, m, h), such as 1.5s"),
        ("1us", "a duration is a number with a unit (ms, s, m, h), such as 1.5s"),
        ("0s", "a duration is whole milliseconds, and at least one"),
        ("0.5ms", "a duration is whole milliseconds, and at least one"),
        ("1.0005s", "a duration is whole milliseconds, and at least one"),
        ("2562048h", "a duration is 2562047h at the most"),
    ],
)
def test_a_duration_that_istio_would_refuse_is_refused(value: str, rule: str) -> None:
    assert _said(values.Duration, value) == rule


@pytest.mark.parametrize(("duration", "length"), [("1ms", 1), ("1.5s", 1500), ("1m30s", 90_000), ("2h", 7_200_000)])
def test_a_duration_has_a_length(duration: str, length: int) -> None:
    assert values.milliseconds(duration) == length


@pytest.mark.parametrize("value", ["0s", "1h"])
def test_a_lifetime_is_a_duration_or_none(value: str) -> None:
    assert _said(values.Lifetime, value) == ""


def test_a_lifetime_has_a_unit_too() -> None:
    assert _said(values.Lifetime, "0").startswith("a duration is a number with a unit")


@pytest.mark.parametrize("value", ["a", "a.*", "(?i)a", "(?P<x>a)", r"\\C", "a" * 1024])
def test_a_regex_is_one_of_re2s(value: str) -> None:
    assert _said(values.Regex, value) == ""


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("", "a regex is not empty"),
        ("(?!a)", "Envoy's RE2 refuses this regex (invalid perl operator: (?!)"),
        (r"(a)\1", r"Envoy's RE2 refuses this regex (invalid escape sequence: \1)"),
        ("[", "Envoy's RE2 refuses this regex (missing ]: [)"),
        ("a" * 1025, "a regex has 1024 characters at the most, and this one 1025"),
        (r"a\C", r"Istio refuses \C, which is a byte and not a character"),
    ],
)
def test_a_regex_that_the_gateway_would_not_take_is_refused(value: str, rule: str) -> None:
    assert _said(values.Regex, value) == rule


@pytest.mark.parametrize("value", ["x-team", "X-Team", "x_team", "x.team!"])
def test_a_headers_name_is_a_token(value: str) -> None:
    assert _said(values.HeaderName, value) == ""


@pytest.mark.parametrize("value", ["", "x team", ":path", "x:", "é"])
def test_a_headers_name_that_is_no_token_is_refused(value: str) -> None:
    assert _said(values.HeaderName, value) == "a name of HTTP has letters, digits and !#$%&'*+.^_`|~- only"


def test_a_header_to_match_is_in_lower_case() -> None:
    assert _said(values.MatchedHeaderName, "X-Team") == "a header to match is written in lower case"


@pytest.mark.parametrize(
    "value", ["", "a b", "50%%", "%REQ(:path)%", "%REQ(x-a):3%", "from %HOSTNAME% at %START_TIME%"]
)
def test_a_headers_value_may_have_envoys_variables(value: str) -> None:
    assert _said(values.HeaderValue, value) == ""


@pytest.mark.parametrize("value", ["50%", "%FOO%", "%REQ%", "%REQ(x-a%", "%%%", "%hostname%", "%REQ(é)%"])
def test_a_percent_sign_that_envoy_would_refuse_is_refused(value: str) -> None:
    assert _said(values.HeaderValue, value).startswith("a '%' in a header's value is doubled, or starts a variable")


@pytest.mark.parametrize("value", ["a\nb", "a\r", "\0"])
def test_a_headers_value_is_one_line(value: str) -> None:
    assert _said(values.HeaderValue, value) == "a header's value is one line"


@pytest.mark.parametrize("value", ["version", "app.kubernetes.io/version", "Version_x.y", "a" * 63])
def test_a_label_is_one_of_kubernetes(value: str) -> None:
    assert _said(values.LabelName, value) == ""


@pytest.mark.parametrize("value", ["", "a b", "/version", "a/b/c", "A_b/version", "-a", "a" * 64])
def test_a_label_that_kubernetes_would_refuse_is_refused(value: str) -> None:
    assert _said(values.LabelName, value).startswith("a label's name has 1 to 63 letters, digits, '-', '_' and '.'")


@pytest.mark.parametrize("value", ["*", "a.example.com", "*.example.com", "10.0.0.1", "1.example.com"])
def test_a_host_is_a_name_a_pattern_or_everything(value: str) -> None:
    assert _said(values.Host, value) == ""


@pytest.mark.parametrize(
    "value",
    ["", "reviews", "*.com", "A.example.com", "a.*.com", "*a.b.com", "a.b:80", "a_b.com", "a.b.", "x" * 64 + ".com"],
)
def test_a_host_that_no_request_asks_for_is_refused(value: str) -> None:
    rule = "a host is a DNS name with a dot in lower case, *.such.a.name, or * for every host"
    assert _said(values.Host, value) == rule


@pytest.mark.parametrize("value", ["a.1", "10.0.0.256", "10.0.0", "*.10.0.0.1"])
def test_a_host_that_ends_with_a_number_is_an_address(value: str) -> None:
    assert _said(values.Host, value) == "a host's last part is not a number, unless the whole is an address"


@pytest.mark.parametrize("value", ["5xx", "5xx,reset", "503", "retriable-status-codes,503,418"])
def test_retries_are_on_what_envoy_knows(value: str) -> None:
    assert _said(values.RetryOn, value) == ""


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("5XX", "'5XX'"),
        ("5xx, reset", "' reset'"),
        ("306,a", "'306', 'a'"),
        ("", "''"),
        ("\uff15\uff10\uff13", "'\uff15\uff10\uff13'"),
    ],
)
def test_a_retry_on_anything_else_is_refused(value: str, wrong: str) -> None:
    assert _said(values.RetryOn, value).startswith(f"no condition of Envoy's: {wrong} (known: 5xx, cancelled, ")


@pytest.mark.parametrize("value", [0, 0.0001, 50, 99.9, 100])
def test_a_percentage_may_have_fractions(value: float) -> None:
    assert _said(values.Percentage, value) == ""


def test_a_percentage_that_envoy_would_take_for_nothing_is_refused() -> None:
    assert _said(values.Percentage, 0.00001) == "a percentage is 0, or at least 0.0001"


@pytest.mark.parametrize("value", [-1, 100.1, float("nan"), float("inf")])
def test_a_percentage_that_is_no_share_is_refused(value: float) -> None:
    assert _said(values.Percentage, value).startswith("Input should be")


@pytest.mark.parametrize(("value", "taken"), [(199, False), (200, True), (599, True), (600, False)])
def test_a_status_is_one_that_envoy_can_answer_with(value: int, taken: bool) -> None:  # noqa: FBT001 - a table's column
    assert (_said(values.Status, value) == "") == taken


@pytest.mark.parametrize(
    ("value", "taken"), [("/", True), ("/a?b", True), ("a", False), ("/a b", False), ("/a\nb", False), ("", False)]
)
def test_a_path_starts_with_a_slash(value: str, taken: bool) -> None:  # noqa: FBT001 - a table's column
    assert (_said(values.Path, value) == "") == taken


@pytest.mark.parametrize(
    ("value", "taken"), [("reviews", True), ("a.b:80", True), ("", False), ("a\nb", False), ("a b", False)]
)
def test_a_host_header_is_one_word(value: str, taken: bool) -> None:  # noqa: FBT001 - a table's column
    assert (_said(values.Authority, value) == "") == taken
