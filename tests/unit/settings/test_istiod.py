"""What an istiod's objects say of it."""

import pytest

from settings.istiod import CONFIG_MAP, DEPLOYMENTS, ROOT_CERTIFICATE, Istiod, deployments, parse, with_mesh
from tests.unit.settings.fake_api import DENIED, FakeApi, istiod, listed

ROOT = CONFIG_MAP.format("istio-system", ROOT_CERTIFICATE)
MESH = CONFIG_MAP.format("istio-system", "istio")


def test_a_usual_one_is_what_is_taken_for_granted_where_nobody_can_ask() -> None:
    found = parse(istiod())
    assert found == Istiod(namespace="istio-system", hub="docker.io/istio", version="1.29.2")


def test_hub_and_version_are_those_of_its_image() -> None:
    found = parse(istiod(image="example.com:5000/mesh/pilot:1.30.0-distroless@sha256:0"))
    assert (found.hub, found.version) == ("example.com:5000/mesh", "1.30.0-distroless")


@pytest.mark.parametrize("image", ["example.com/own-pilot:7", "example.com/pilot@sha256:0", "pilot:1.29.2"])
def test_an_image_that_is_called_otherwise_says_nothing_of_the_proxys(image: str) -> None:
    found = parse(istiod(image=image))
    assert (found.hub, found.version) == (None, None)


def test_a_revision_is_asked_at_its_own_address() -> None:
    found = parse(istiod(name="istiod-canary", revision="canary"))
    assert (found.revision, found.address) == ("canary", "istiod-canary.istio-system.svc:15012")


def test_without_a_ca_it_is_asked_in_plaintext() -> None:
    found = parse(istiod(ENABLE_CA_SERVER="false"))
    assert (found.ca, found.address) == (False, "istiod.istio-system.svc:15010")


def test_its_name_of_the_cluster_is_read() -> None:
    assert parse(istiod(CLUSTER_ID="east")).cluster_id == "east", "to a proxy of another one it does not answer"


def test_a_scope_of_gateways_is_read() -> None:
    assert parse(istiod(PILOT_SCOPE_GATEWAY_TO_NAMESPACE="true")).scoped


def test_the_mesh_says_the_trust_domain() -> None:
    api = FakeApi({MESH: {"data": {"mesh": "trustDomain: example.com\n"}}})
    assert with_mesh(parse(istiod()), api).trust_domain == "example.com"


def test_the_mesh_says_whether_it_looks_at_some_namespaces_only() -> None:
    api = FakeApi({MESH: {"data": {"mesh": "discoverySelectors: [{matchLabels: {a: b}}]\n"}}})
    assert with_mesh(parse(istiod()), api).discovery_selectors


def test_the_mesh_of_a_revision_is_its_own() -> None:
    of_revision = CONFIG_MAP.format("istio-system", "istio-canary")
    api = FakeApi({of_revision: {"data": {"mesh": "trustDomain: example.com\n"}}})
    assert with_mesh(parse(istiod(name="istiod-canary", revision="canary")), api).trust_domain == "example.com"


def test_a_ca_that_wrote_its_certificate_is_one() -> None:
    assert with_mesh(parse(istiod()), FakeApi({ROOT: {"data": {}}})).ca


def test_a_ca_that_wrote_no_certificate_is_none() -> None:
    assert not with_mesh(parse(istiod()), FakeApi()).ca, "a pod that mounts it would never start"


def test_a_ca_whose_certificate_nobody_may_read_is_what_its_environment_says() -> None:
    assert with_mesh(parse(istiod()), FakeApi({ROOT: DENIED})).ca


def test_they_are_listed_in_one_namespace_where_it_is_given() -> None:
    api = FakeApi(listed(DEPLOYMENTS.format("namespaces/mesh/"), [istiod("mesh")], app="istiod"))
    assert deployments(api, "mesh") == [istiod("mesh")] and deployments(api) == []
