"""`Settings` and Pulumi.yaml, which both know every key."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml

from settings.egress import EgressSettings
from settings.istio import IstioSettings
from settings.load import KEYS, SECTIONS
from settings.match import MatchSettings
from settings.model import Settings
from settings.named import NAMED
from settings.paths import PROJECT
from settings.problem import Section
from settings.rule import RuleSettings

OBJECTS = {*SECTIONS, *NAMED}
TYPES = {str: "string", bool: "boolean"}
PULUMI_YAML = yaml.safe_load((Path(__file__).parents[3] / "Pulumi.yaml").read_text())
BLOCK: dict[str, dict[str, Any]] = PULUMI_YAML["config"]


def test_the_project_is_called_alike() -> None:
    assert PULUMI_YAML["name"] == PROJECT, "it is the prefix of every key, and stands in every fix"


def test_pulumi_knows_every_key_and_no_other() -> None:
    assert set(BLOCK) == set(KEYS), "`pulumi config` and the engine's own check go by the block"


@pytest.mark.parametrize("key", sorted(KEYS))
def test_pulumi_has_the_keys_type(key: str) -> None:
    expected = "object" if key in OBJECTS else TYPES.get(type(Settings.model_fields[key].default))
    assert BLOCK[key]["type"] == expected


@pytest.mark.parametrize("key", sorted(KEYS))
def test_pulumi_describes_the_key(key: str) -> None:
    assert BLOCK[key]["description"], "`pulumi config` shows it"


@pytest.mark.parametrize("key", sorted(KEYS - OBJECTS))
def test_pulumi_has_the_keys_default(key: str) -> None:
    assert BLOCK[key]["default"] == Settings.model_fields[key].default


@pytest.mark.parametrize("key", sorted(OBJECTS))
def test_pulumi_leaves_a_sections_defaults_to_the_section(key: str) -> None:
    assert BLOCK[key]["default"] == {}, "a default in two places is soon two defaults"


@pytest.mark.parametrize("section", [Settings, *SECTIONS.values(), *NAMED.values(), RuleSettings, MatchSettings])
def test_every_key_has_a_description_and_an_example(section: type[Section]) -> None:
    bare = [name for name, field in section.model_fields.items() if not field.description or not field.examples]
    assert not bare, "the reference of the config is made of descriptions, and each fix of examples"


@pytest.mark.parametrize("stack", ["dev", "local"])
def test_a_stacks_file_names_only_keys_that_there_are(stack: str) -> None:
    config = yaml.safe_load((Path(__file__).parents[3] / f"Pulumi.{stack}.yaml").read_text())["config"]
    assert {key.removeprefix(f"{PROJECT}:") for key in config if key.startswith(PROJECT)} <= set(KEYS)


def test_the_whole_is_told_without_credentials() -> None:
    assert "cluster" not in json.loads(Settings().model_dump_json()), "it holds a kubeconfig"


def test_a_way_out_is_refused_where_the_stack_has_no_egress_gateway() -> None:
    egress = {"api": EgressSettings(host="api.example.com", port=443, namespace="default")}
    (problem,) = Settings(istio=IstioSettings(install="nothing"), egress=egress).problems("")
    assert (problem.key, problem.value) == ("egress.api", "api.example.com")
    assert problem.rule == "with istio.install nothing the stack has no egress gateway that it could go through"


@pytest.mark.parametrize("install", ["controlPlane", "gateway"])
def test_a_way_out_is_taken_where_the_stack_has_an_egress_gateway(install: Literal["controlPlane", "gateway"]) -> None:
    egress = {"api": EgressSettings(host="api.example.com", port=443, namespace="default")}
    assert not list(Settings(istio=IstioSettings(install=install), egress=egress).problems(""))


def test_a_way_out_is_not_called_as_the_stacks_istiod() -> None:
    egress = {"istiod": EgressSettings(host="api.example.com", port=443, namespace="istio-system")}
    (problem,) = Settings(egress=egress).problems("")
    assert problem.rule == "the namespace istio-system has a Service of this name; call it something else"
