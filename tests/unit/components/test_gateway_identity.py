"""What of a gateway's pod follows from the istiod that programs it."""

import json
from typing import Any

import pytest

from components.gateway_identity import GatewayIdentity
from components.gateway_pod import GatewayPod
from settings.istiod import Istiod


def _pod(**istiod: Any) -> Any:
    found = Istiod(namespace="istio-system", **istiod)
    return GatewayPod(
        name="incremental-ingressgateway",
        labels={},
        image="docker.io/istio/proxyv2:1.29.2",
        discovery_address=found.address,
        identity=GatewayIdentity(istiod=found),
    ).template()["spec"]


def _env(pod: Any) -> dict[str, Any]:
    return {one["name"]: one.get("value") for one in pod["containers"][0]["env"]}


def _volumes(pod: Any) -> dict[str, Any]:
    return {one["name"]: one for one in pod["volumes"]}


@pytest.fixture(name="certified", scope="module")
def _certified() -> Any:
    return _pod(cluster_id="east", trust_domain="example.com")


@pytest.fixture(name="plaintext", scope="module")
def _plaintext() -> Any:
    return _pod(ca=False)


class TestWithCa:
    """Istio's default."""

    def test_it_is_programmed_over_tls(self, certified: Any) -> None:
        assert json.loads(_env(certified)["PROXY_CONFIG"]) == {"discoveryAddress": "istiod.istio-system.svc:15012"}

    def test_it_asks_that_istiod_for_its_certificate(self, certified: Any) -> None:
        env = _env(certified)
        assert (env["CA_ADDR"], env["PILOT_CERT_PROVIDER"]) == ("istiod.istio-system.svc:15012", "istiod")
        assert "FILE_MOUNTED_CERTS" not in env, "it would wait for a file that nobody writes"

    def test_it_shows_a_token_that_only_the_ca_takes(self, certified: Any) -> None:
        (source,) = _volumes(certified)["istio-token"]["projected"]["sources"]
        assert source["service_account_token"]["audience"] == "istio-ca"
        assert certified["automount_service_account_token"] is False, "the API server has no business with it"

    def test_it_knows_istiod_by_the_root_certificate(self, certified: Any) -> None:
        assert _volumes(certified)["istiod-ca-cert"]["config_map"] == {"name": "istio-ca-root-cert"}

    def test_it_goes_by_the_meshs_names(self, certified: Any) -> None:
        env = _env(certified)
        assert (env["ISTIO_META_CLUSTER_ID"], env["TRUST_DOMAIN"]) == ("east", "example.com")

    def test_it_has_every_volume_mounted(self, certified: Any) -> None:
        mounted = {one["name"] for one in certified["containers"][0]["volume_mounts"]}
        assert mounted == set(_volumes(certified))


class TestWithoutCa:
    """A control plane as the stack's own."""

    def test_it_is_programmed_in_plaintext(self, plaintext: Any) -> None:
        assert json.loads(_env(plaintext)["PROXY_CONFIG"]) == {
            "discoveryAddress": "istiod.istio-system.svc:15010",
            "controlPlaneAuthPolicy": "NONE",
        }

    def test_it_asks_nobody_for_a_certificate(self, plaintext: Any) -> None:
        env = _env(plaintext)
        assert env["FILE_MOUNTED_CERTS"] == "true" and "CA_ADDR" not in env

    def test_it_mounts_no_certificate_that_is_not_there(self, plaintext: Any) -> None:
        assert "istiod-ca-cert" not in _volumes(plaintext), "the pod would never start"
