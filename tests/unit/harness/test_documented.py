from pathlib import Path

import pytest
import yaml

from tests.lab import documented

DOCUMENT = """# Traffic

## Routing

Words.

### Canary

```yaml
config:
  a: 1
```

### No block

## Endpoints

### Breaker

```yaml
config:
  b: 2
```
"""


def test_a_chapter_has_its_own_blocks_by_their_heading() -> None:
    assert documented.blocks(DOCUMENT, "Routing") == {"Canary": {"config": {"a": 1}}}


def test_a_chapter_that_is_not_there_is_an_error_and_not_an_empty_one() -> None:
    with pytest.raises(ValueError, match="no chapter 'Rooting'"):
        documented.blocks(DOCUMENT, "Rooting")


def test_two_blocks_under_one_heading_are_an_error_since_one_would_not_run() -> None:
    twice = "## Routing\n\n### Canary\n\n```yaml\na: 1\n```\n\n```yaml\nb: 1\n```\n"
    with pytest.raises(ValueError, match="two blocks"):
        documented.blocks(twice, "Routing")


def test_a_comment_inside_a_block_is_no_heading() -> None:
    assert documented.blocks("## Routing\n\n```yaml\n# one\na: 1\n```\n", "Routing") == {"Routing": {"a": 1}}


def test_blocks_become_one_config() -> None:
    assert documented.merged({"x": {"routes": {"a": {"port": 1}}}, "y": {"routes": {"b": {"port": 2}}}}) == {
        "routes": {"a": {"port": 1}, "b": {"port": 2}}
    }


def test_blocks_that_contradict_each_other_are_an_error() -> None:
    with pytest.raises(ValueError, match="'y' has another 'port'"):
        documented.merged({"x": {"a": {"port": 1}}, "y": {"a": {"port": 2}}})


def test_config_is_added_over_what_a_stacks_file_has(tmp_path: Path) -> None:
    stack_file = tmp_path / "Pulumi.local.yaml"
    stack_file.write_text("config:\n  a: {b: 1, c: 1}\nencryptionsalt: v1\n")
    documented.add(stack_file, {"a": {"c": 2}, "d": 3})
    assert yaml.safe_load(stack_file.read_text()) == {
        "config": {"a": {"b": 1, "c": 2}, "d": 3},
        "encryptionsalt": "v1",
    }


def test_the_services_of_a_namespace_are_those_that_routes_lead_to() -> None:
    routes = {"a": {"namespace": "shop"}, "b": {"namespace": "shop", "service": "c"}, "reviews": {}}
    assert documented.services({"incremental-istio:routes": routes}, "shop") == ["a", "c"]
