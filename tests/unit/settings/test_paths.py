"""Commands as Pulumi's CLI takes them."""

import pytest

from settings.paths import member, set_all_command, set_command, set_list_command, unset_command


def test_a_plain_name_is_a_step_of_the_path() -> None:
    assert member("gke.labels", "cost-center") == "gke.labels.cost-center"


def test_a_name_with_a_dot_is_quoted() -> None:
    assert member("gke.labels", "a.b") == 'gke.labels["a.b"]', "Pulumi would read two steps"


def test_a_quote_in_a_name_is_escaped() -> None:
    assert member("gke.labels", 'a"b') == r'gke.labels["a\"b"]', "it would end the name"


def test_a_top_level_key_is_its_own_path() -> None:
    assert member("", "namespace") == "namespace"


def test_a_top_level_key_is_set_without_a_path() -> None:
    assert set_command("target", "gke") == "pulumi config set 'incremental-istio:target' gke"


@pytest.mark.parametrize("path", ["route.port", "gateway.sourceRanges[0]"])
def test_a_key_inside_an_object_is_set_by_its_path(path: str) -> None:
    assert set_command(path, 1) == f"pulumi config set --path 'incremental-istio:{path}' 1", (
        "without --path the whole text would be the key's name"
    )


def test_digits_that_are_text_say_so() -> None:
    assert "--type string" in set_command("gke.labels.a", 1234, text=True), "the CLI would store a number"


def test_a_value_is_one_word_for_the_shell() -> None:
    assert set_command("route.host", "a b;c").endswith("'a b;c'"), "the command is there to be pasted"


def test_a_quote_in_a_key_does_not_end_the_shells_word() -> None:
    assert unset_command("it's") == """pulumi config rm 'incremental-istio:it'"'"'s'"""


def test_several_keys_are_set_by_one_command() -> None:
    assert set_all_command({"route.split.v1": 90, "route.split.v2": 10}) == (
        "pulumi config set-all --path --plaintext 'incremental-istio:route.split.v1=90' "
        "--plaintext 'incremental-istio:route.split.v2=10'"
    )


def test_a_list_is_set_item_by_item_after_what_was_there_is_gone() -> None:
    assert set_list_command("gateway.sourceRanges", ["a", "b"]) == (
        "pulumi config rm --path 'incremental-istio:gateway.sourceRanges'"
        " && pulumi config set --path 'incremental-istio:gateway.sourceRanges[0]' a"
        " && pulumi config set --path 'incremental-istio:gateway.sourceRanges[1]' b"
    ), "the CLI stores a whole list as text, and refuses an item where a text is"


def test_a_top_level_key_with_a_dot_is_taken_away_whole() -> None:
    assert unset_command("a.b", whole=True) == "pulumi config rm 'incremental-istio:a.b'", "it is no path"
