"""Services on port 80, as most are: the port of the gateway's own Service too, which istiod must not mix up."""

from collections.abc import Iterator

import pytest
import yaml

from tests.lab.backend import Backend
from tests.lab.conftest import Stack
from tests.lab.shop import FOLLOWS_SECONDS, Shop, up
from tests.lab.traffic import Reply, until

ROUTES = yaml.safe_load("""
incremental-istio:routes:
  web:
    namespace: shop
    port: 80
    subsets: [v1, v2]
    split: {v1: 0, v2: 100}
    aliases: {default/storefront: gateway}
  users:
    namespace: shop
    port: 80
    hosts: [users.example.com]
    prefix: /
    rewrite: {uri: /users}
    subsets: [v1]
    split: {v1: 100}
""")


@pytest.fixture(name="shop", scope="module")
def _shop(project: Stack) -> Iterator[Shop]:
    backend = Backend(project.lab)
    backend.deploy(services=())
    for service in ("web", "users"):
        backend.listen(service, 80)
    with up(project, backend, ROUTES) as shop:
        shop.is_there("web")
        until(lambda: _of_users(shop).status, lambda status: status == 200, FOLLOWS_SECONDS, "users")
        yield shop


def _of_users(shop: Shop, path: str = "/") -> Reply:
    return shop.ask(path, headers={"Host": "users.example.com"})


def test_callers_by_an_alias_get_the_split(shop: Shop) -> None:
    often = "for _ in $(seq 30); do curl -sS -m 5 -o /dev/null -w '%header{x-echo-version} ' http://storefront/a; done"
    seen = shop.stack.lab.run("kubectl", "exec", "deployment/sleep", "--", "sh", "-c", often).stdout.split()
    assert seen == ["v2"] * 30, "straight to the Service a third of them would come from each version"


def test_a_route_to_such_a_service_is_answered_by_its_split(shop: Shop) -> None:
    assert {reply.version for reply in shop.ask_often("/web", 30)} == {"v2"}


def test_a_route_beside_keeps_its_way(shop: Shop) -> None:
    assert shop.ask("/reviews/0").status == 200, "the listener of an alias has no other routes"


def test_a_root_that_is_rewritten_to_a_folder_leaves_one_slash(shop: Shop) -> None:
    assert _of_users(shop, "/7?full=yes").said["path"] == "/users/7?full=yes"
