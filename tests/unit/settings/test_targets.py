"""Whether what routes lead to is there."""

from typing import Any

import pytest

from components.bookinfo import VERSIONS
from settings import targets
from settings.brought import OF_BOOKINFO
from settings.route import RouteSettings
from settings.routes import contents
from tests.unit.settings.fake_api import DENIED, FakeApi

PATH = targets.SERVICE.format("shop", "cart")
THERE = {PATH: {"spec": {"ports": [{"port": 80}, {"port": 443}]}}}


def _routes(**given: Any) -> dict[str, RouteSettings]:
    return {
        name: RouteSettings.model_validate(content) for name, content in contents(given, "shop", bookinfo=False).items()
    }


def _warnings(objects: dict[str, Any], declared: str | None = None, **given: Any) -> list[str]:
    given = given or {"cart": {"port": 80}}
    return list(targets.service_warnings(FakeApi(objects), _routes(**given), declared))


class TestServices:
    """A route's Service."""

    def test_that_is_there_is_no_matter(self) -> None:
        assert not _warnings(THERE)

    def test_that_is_not_there_is_a_warning(self) -> None:
        (warning,) = _warnings({})
        where = "routes.cart: the Service cart of namespace shop"
        assert warning == f"{where} is not there; its share is answered with 503 until it is there"

    def test_that_has_another_port_is_a_warning(self) -> None:
        (warning,) = _warnings(THERE, cart={"port": 8080})
        assert "has no port 8080 (it has 80, 443)" in warning

    def test_is_taken_for_there_where_nobody_may_ask(self) -> None:
        assert not _warnings({PATH: DENIED})

    def test_of_bookinfo_is_the_stacks_own(self) -> None:
        assert not _warnings({}, "shop", ratings={"port": 9080})

    def test_of_bookinfos_name_elsewhere_is_not(self) -> None:
        assert _warnings({}, "default", ratings={"port": 9080})

    def test_of_bookinfos_name_is_not_without_bookinfo(self) -> None:
        assert _warnings({}, None, ratings={"port": 9080})

    def test_is_known_for_every_one_that_the_stack_declares(self) -> None:
        assert {*VERSIONS, "sleep"} == OF_BOOKINFO


class TestGateways:
    """A Gateway that a route names."""

    def _keys(self, objects: dict[str, Any], **given: Any) -> set[str]:
        return {problem.key for problem in targets.gateway_problems(FakeApi(objects), _routes(**given))}

    def test_that_is_not_there_is_refused(self) -> None:
        given = {"cart": {"port": 80, "gateway": "istio-system/shared"}}
        assert self._keys({}, **given) == {"routes.cart.gateway"}, "the route would be programmed nowhere"

    @pytest.mark.parametrize("found", [{"spec": {}}, DENIED])
    def test_that_is_there_or_cannot_be_known_is_no_matter(self, found: Any) -> None:
        path = targets.GATEWAY.format("istio-system", "shared")
        assert not self._keys({path: found}, cart={"port": 80, "gateway": "istio-system/shared"})

    def test_of_another_route_comes_with_the_stack(self) -> None:
        given = {"cart": {"port": 80, "gateway": "shop/till-gateway"}, "till": {"port": 80}}
        assert not self._keys({}, **given)

    def test_says_which_pods_serve_it(self) -> None:
        path = targets.GATEWAY.format("istio-system", "shared")
        api = FakeApi({path: {"spec": {"selector": {"istio": "shared"}}}})
        route = _routes(cart={"port": 80, "gateway": "istio-system/shared"})["cart"]
        assert targets.selector(api, route) == {"istio": "shared"}

    def test_of_the_routes_own_says_nothing(self) -> None:
        assert targets.selector(FakeApi(), _routes(cart={"port": 80})["cart"]) is None
