"""A render asks no cluster."""

import pytest

from settings import ConfigError, load
from settings.rendering import VARIABLE


def test_a_render_needs_no_kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/objects")
    monkeypatch.setenv("KUBECONFIG", "/nonexistent")
    assert load({}).cluster is None


def test_a_render_is_held_to_the_rules_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/objects")
    with pytest.raises(ConfigError, match="sum to 60, not 100"):
        load({"incremental-istio:routes": '{"reviews": {"split": {"v1": 50, "v2": 10}}}'})
