"""Services of the stack itself."""

from settings.brought import OF_BOOKINFO, services
from settings.istio import GatewaySettings, IstioSettings


def _services(gateway: dict[str, str] | None = None, samples: str | None = None, **istio: str) -> frozenset[str]:
    return services(IstioSettings.model_validate(istio), GatewaySettings.model_validate(gateway or {}), samples)


def test_a_control_plane_is_istiod_and_two_gateways() -> None:
    assert _services(namespace="mesh") == {"mesh/istiod", "mesh/istio-ingressgateway", "mesh/istio-egressgateway"}


def test_gateways_of_its_own_are_called_as_the_config_says() -> None:
    found = _services({"name": "edge", "namespace": "edges"}, install="gateway")
    assert found == {"edges/edge-ingressgateway", "edges/edge-egressgateway"}


def test_there_is_nothing_beside_a_gateway_that_is_there() -> None:
    assert not _services(install="nothing")


def test_the_samples_stand_in_their_namespace() -> None:
    assert _services(samples="shop", install="nothing") == {f"shop/{name}" for name in OF_BOOKINFO}


def test_the_samples_may_share_a_namespace_with_the_gateways() -> None:
    found = _services({"namespace": "edges"}, "edges", install="gateway")
    assert len(found) == len(OF_BOOKINFO) + 2
