"""Each rule of a service outside the cluster."""

from typing import Any

import pytest

from settings.egress import EgressSettings, conflicts, contents
from settings.routes import post_route
from tests.unit.settings.problems import only, problems_of

PATH = "egress.weather"
SECRET = "weather-ca"
BROUGHT = {"shop/reviews", "shop/ratings"}


def _content(**config: Any) -> dict[str, Any]:
    content: dict[str, Any] = contents({"weather": {"host": "api.example.com", **config}}, "shop")["weather"]
    return content


def _settings(**config: Any) -> EgressSettings:
    return EgressSettings.model_validate(_content(**config), by_alias=True, by_name=False)


class TestDefaults:
    """What follows from what is said."""

    @pytest.mark.parametrize(("said", "port"), [({}, 443), ({"protocol": "HTTPS"}, 443), ({"protocol": "HTTP"}, 80)])
    def test_the_port_follows_from_the_protocol(self, said: dict[str, Any], port: int) -> None:
        assert _settings(**said).port == port

    def test_a_port_that_is_said_stays(self) -> None:
        assert _settings(port=8443).port == 8443

    def test_the_name_is_in_the_applications_namespace(self) -> None:
        assert _settings().namespace == "shop"

    def test_what_is_no_object_is_left_to_be_told(self) -> None:
        assert contents({"weather": "api.example.com"}, "shop") == {"weather": "api.example.com"}

    @pytest.mark.parametrize(
        ("said", "authority"),
        [
            ({}, "api.example.com"),
            ({"protocol": "HTTP"}, "api.example.com"),
            ({"protocol": "HTTP", "port": 443}, "api.example.com:443"),
            ({"port": 8443}, "api.example.com:8443"),
        ],
    )
    def test_the_host_header_has_the_port_where_it_is_not_the_protocols(
        self, said: dict[str, Any], authority: str
    ) -> None:
        assert _settings(**said).authority == authority


class TestRules:
    """What a service outside cannot be."""

    @pytest.mark.parametrize(
        "config",
        [{}, {"protocol": "HTTP"}, {"addresses": ["192.0.2.10", "2001:db8::1"]}, {"credentialName": SECRET}],
    )
    def test_take_what_the_gateway_can_do(self, config: dict[str, Any]) -> None:
        assert not problems_of(EgressSettings, PATH, _content(**config))

    @pytest.mark.parametrize("host", ["*", "*.example.com"])
    def test_refuse_a_pattern(self, host: str) -> None:
        problem = only(EgressSettings, PATH, _content(host=host))
        assert (problem.key, problem.value) == (f"{PATH}.host", host)

    def test_refuse_an_address_for_a_host(self) -> None:
        problem = only(EgressSettings, PATH, _content(host="192.0.2.10"))
        assert problem.key == f"{PATH}.host", "istioctl validate: top level domain cannot be all-numeric"

    def test_refuse_a_host_that_is_missing(self) -> None:
        problem = only(EgressSettings, PATH, {"namespace": "shop", "port": 443})
        assert problem.fix == f"pulumi config set --path 'incremental-istio:{PATH}.host' api.example.com"

    @pytest.mark.parametrize("address", ["api.example.com", "192.0.2.0/24", "192.0.2.256", ""])
    def test_refuse_what_is_no_address(self, address: str) -> None:
        problem = only(EgressSettings, PATH, _content(addresses=["192.0.2.1", address]))
        assert problem.key == f"{PATH}.addresses[1]" and "IP address" in problem.rule

    def test_refuse_an_address_twice(self) -> None:
        problem = only(EgressSettings, PATH, _content(addresses=["192.0.2.1", "192.0.2.1"]))
        assert problem.key == f"{PATH}.addresses[1]"

    def test_refuse_a_ca_without_a_certificate(self) -> None:
        problem = only(EgressSettings, PATH, _content(protocol="HTTP", credentialName=SECRET))
        assert problem.key == f"{PATH}.credentialName"

    @pytest.mark.parametrize("protocol", ["TLS", "https", "GRPC"])
    def test_refuse_another_protocol(self, protocol: str) -> None:
        assert only(EgressSettings, PATH, _content(protocol=protocol)).key == f"{PATH}.protocol"


class TestConflicts:
    """What holds between services outside, routes and the stack's own applications."""

    def test_there_are_none_between_names_for_different_hosts(self) -> None:
        egress = {"weather": _settings(), "maps": _settings(host="maps.example.com")}
        assert not list(conflicts(egress, {"reviews": post_route("shop")}, BROUGHT))

    def test_one_host_has_one_name(self) -> None:
        (problem,) = conflicts({"weather": _settings(), "climate": _settings(port=8443)}, {})
        assert problem.key == "egress.climate.host" and "egress.weather" in problem.rule

    def test_a_name_leaves_room_for_its_gateways(self) -> None:
        assert [one.key for one in conflicts({"a" * 56: _settings()}, {})] == [f"egress.{'a' * 56}"]

    def test_a_routed_service_keeps_its_name(self) -> None:
        (problem,) = conflicts({"reviews": _settings()}, {"any": post_route("shop")})
        assert (problem.key, problem.value) == ("egress.reviews", "reviews")

    def test_a_sample_keeps_its_name(self) -> None:
        (problem,) = conflicts({"ratings": _settings()}, {}, BROUGHT)
        assert problem.key == "egress.ratings"

    def test_an_alias_keeps_its_name(self) -> None:
        route = post_route("shop").model_copy(update={"aliases": {"team-b/weather": "gateway"}})
        (problem,) = conflicts({"weather": _settings(namespace="team-b")}, {"reviews": route})
        assert problem.key == "egress.weather"

    def test_another_namespace_has_names_of_its_own(self) -> None:
        assert not list(conflicts({"reviews": _settings(namespace="team-a")}, {"any": post_route("shop")}, BROUGHT))
