"""The objects of a way out of the cluster."""

from typing import Any

import pytest

from components.egress import EgressRoute, EgressRouteArgs
from settings.egress import EgressSettings, contents
from tests.unit.components.conftest import Recorder

HOST = "api.example.com"


def _declare(**config: Any) -> Recorder:
    recorder = Recorder()
    content = contents({"weather": {"host": HOST, **config}}, "shop")["weather"]
    args = EgressRouteArgs(
        egress=EgressSettings.model_validate(content, by_alias=True, by_name=False),
        gateway_host="istio-egressgateway.istio-system",
        gateway_selector={"istio": "egressgateway"},
    )
    recorder.run(lambda: EgressRoute("weather", args))
    return recorder


@pytest.fixture(name="https", scope="module")
def _https() -> Recorder:
    return _declare()


@pytest.fixture(name="plain", scope="module")
def _plain() -> Recorder:
    return _declare(protocol="HTTP", addresses=["192.0.2.10", "192.0.2.11"])


def _spec(recorder: Recorder, kind: str) -> dict[str, Any]:
    spec: dict[str, Any] = recorder.one(f":{kind}").inputs["spec"]
    return spec


def test_every_object_lives_where_the_name_is(https: Recorder) -> None:
    assert {one.inputs["metadata"]["namespace"] for one in https.objects()} == {"shop"}


def test_every_object_stands_under_the_component(https: Recorder) -> None:
    assert {one.parent for one in https.objects()} == {"weather"}


def test_the_name_leads_to_the_egress_gateway(https: Recorder) -> None:
    assert _spec(https, "Service") == {
        "type": "ExternalName",
        "externalName": "istio-egressgateway.istio-system.svc.cluster.local",
    }


def test_the_service_is_called_by_the_name(https: Recorder) -> None:
    assert https.one(":Service").inputs["metadata"]["name"] == "weather"


def test_the_gateway_is_the_way_out_only(https: Recorder) -> None:
    assert _spec(https, "Gateway")["selector"] == {"istio": "egressgateway"}


def test_the_gateway_takes_rules_of_its_own_namespace_only(https: Recorder) -> None:
    (server,) = _spec(https, "Gateway")["servers"]
    assert server["hosts"] == ["./*"]


def test_the_virtual_service_is_for_that_gateway_only(https: Recorder) -> None:
    gateway = https.one(":Gateway").inputs["metadata"]["name"]
    assert _spec(https, "VirtualService")["gateways"] == [gateway]


def test_every_name_of_the_service_leads_out_and_no_other(https: Recorder) -> None:
    (rule,) = _spec(https, "VirtualService")["http"]
    assert [one["authority"]["exact"] for one in rule["match"]] == [
        "weather",
        "weather.shop",
        "weather.shop.svc",
        "weather.shop.svc.cluster.local",
        HOST,
    ]


def test_the_service_outside_is_asked_for_its_own_host() -> None:
    (rule,) = _spec(_declare(port=8443), "VirtualService")["http"]
    assert rule["rewrite"] == {"authority": f"{HOST}:8443"}
    assert rule["route"] == [{"destination": {"host": HOST, "port": {"number": 8443}}}]


def test_the_address_of_the_caller_stays_inside(https: Recorder) -> None:
    (rule,) = _spec(https, "VirtualService")["http"]
    assert "x-forwarded-for" in rule["headers"]["request"]["remove"]


def test_without_addresses_the_gateway_asks_dns(https: Recorder) -> None:
    assert _spec(https, "ServiceEntry") == {
        "hosts": [HOST],
        "location": "MESH_EXTERNAL",
        "ports": [{"number": 443, "name": "http", "protocol": "HTTP"}],
        "resolution": "DNS",
        "exportTo": ["istio-system"],
    }


def test_addresses_are_taken_as_they_are(plain: Recorder) -> None:
    entry = _spec(plain, "ServiceEntry")
    assert entry["resolution"] == "STATIC"
    assert entry["endpoints"] == [{"address": "192.0.2.10"}, {"address": "192.0.2.11"}]


def test_istiod_writes_nothing_into_the_service_entry(https: Recorder) -> None:
    labels = https.one(":ServiceEntry").inputs["metadata"]["labels"]
    assert labels == {"networking.istio.io/enable-autoallocate-ip": "false"}


def test_https_is_encrypted_for_the_host_and_believed_of_it_only(https: Recorder) -> None:
    assert _spec(https, "DestinationRule") == {
        "host": HOST,
        "trafficPolicy": {"tls": {"mode": "SIMPLE", "sni": HOST, "subjectAltNames": [HOST]}},
        "exportTo": ["istio-system"],
    }


def test_a_ca_of_ones_own_comes_from_its_secret() -> None:
    tls = _spec(_declare(credentialName="weather-ca"), "DestinationRule")["trafficPolicy"]["tls"]
    assert tls["credentialName"] == "weather-ca"


def test_plain_http_stays_plain(plain: Recorder) -> None:
    assert not plain.all_of(":DestinationRule")
