"""Endpoints, TLS, hosts and the way out, with traffic: what docs/traffic.md shows is what runs here."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.network import Addresses
from tests.lab import outside
from tests.lab import site as sites
from tests.lab.conftest import SLOT, Stack
from tests.lab.site import FOLLOWS_SECONDS, Site, kubectl
from tests.lab.traffic import Load, Reply, tally, until

EJECTION_SECONDS = 5


@pytest.fixture(name="site", scope="module")
def _site(project: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sites.up(project, tmp_path_factory.mktemp("site")) as site:
        yield site


# Circuit breaking


@pytest.fixture(name="rush", scope="module")
def _rush(site: Site) -> list[Reply]:
    """Eight requests of a second each, at once, where one connection and one waiting request are allowed."""
    return site.ask_at_once(8, "/inventory", headers={"x-delay": "1"})


def test_what_is_over_the_limits_is_answered_with_503_and_the_flag_UO(rush: list[Reply]) -> None:  # noqa: N802 - Envoy's
    seen = Counter((reply.status, reply.headers.get("x-flags")) for reply in rush)
    assert set(seen) == {(200, "-"), (503, "UO")}, seen


def test_what_is_over_the_limits_does_not_wait_for_the_service(rush: list[Reply]) -> None:
    slowest = max(reply.seconds for reply in rush if reply.status == 503)
    assert slowest < 0.9, "the service takes a second"


def test_within_the_limits_nothing_is_refused(site: Site) -> None:
    assert not tally(site.ask_often(30, "/inventory")).errors


# Outlier detection


@pytest.fixture(name="ejected")
def _ejected(site: Site) -> Iterator[str]:
    """A pod of four that failed until it was ejected, and would answer now."""
    pod = site.backend.pods("v1")[0]
    site.backend.set(pod, status="503")
    until(
        lambda: Counter(reply.status for reply in site.ask_often(40, "/quotes")),
        lambda seen: seen == {200: 40}, FOLLOWS_SECONDS, "a pod that fails gets nothing more",
    )  # fmt: skip
    site.backend.set(pod)
    yield pod
    until(lambda: site.ask("/quotes").pod, lambda seen: seen == pod, FOLLOWS_SECONDS, "the pod is back")


def test_a_pod_that_fails_in_a_row_is_ejected(site: Site, ejected: str) -> None:
    answered = {reply.pod for reply in site.ask_often(80, "/quotes")}
    assert answered == set(site.backend.pods()) - {ejected}, "the other three, by chance each"


def test_an_ejected_pod_comes_back(site: Site, ejected: str) -> None:
    began = time.monotonic()
    until(lambda: site.ask("/quotes").pod, lambda seen: seen == ejected, FOLLOWS_SECONDS, "the pod is back")
    assert time.monotonic() - began > EJECTION_SECONDS / 2, "and not at once"


# Failure recovery


@pytest.fixture(name="slow")
def _slow(site: Site) -> Iterator[None]:
    """Answers that take a while, so that requests are in flight whenever something happens."""
    site.set_everywhere("v1", delay="0.2")
    yield
    site.backend.lab.run("kubectl", "--namespace=shop", "rollout", "status", "deployment/echo-v1", "--timeout=60s")
    until(lambda: len(site.backend.pods("v1")), lambda pods: pods == 2, FOLLOWS_SECONDS, "two pods")
    site.set_everywhere("v1")


def _load(site: Site, path: str) -> Load:
    return Load(site.address, path, threads=12)


def _kill(pod: str) -> None:
    """End a pod's process with SIGKILL, as the kernel does when memory runs out."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = ((process / file).read_bytes().split(b"\0") for file in ("cmdline", "environ"))
        except OSError:  # ended meanwhile
            continue
        if b"/echo/echo.py" in command and f"POD_NAME={pod}".encode() in environment:
            os.kill(int(process.name), signal.SIGKILL)
            return
    pytest.fail(f"no process of {pod}")


@pytest.fixture(name="killed", scope="module")
def _killed(site: Site) -> dict[str, list[Reply]]:
    """Replies by path while the process of one of two pods was killed under load."""
    site.set_everywhere("v1", delay="0.2")
    with _load(site, "/tickets") as recipe, _load(site, "/fragile") as default:
        time.sleep(1)
        _kill(site.backend.pods("v1")[0])
        time.sleep(4)
    site.set_everywhere("v1")
    return {"/tickets": recipe.replies, "/fragile": default.replies}


def test_no_request_is_lost_when_a_pods_process_is_killed(killed: dict[str, list[Reply]]) -> None:
    assert not tally(killed["/tickets"]).errors


def test_istios_default_loses_the_requests_in_flight(killed: dict[str, list[Reply]]) -> None:
    assert tally(killed["/fragile"]).errors.keys() == {"HTTP 503"}


@pytest.mark.usefixtures("slow")
def test_no_request_is_lost_when_a_pod_is_deleted_by_force(site: Site) -> None:
    with _load(site, "/tickets") as load:
        time.sleep(1)
        pod = site.backend.pods("v1")[0]
        site.backend.lab.run("kubectl", "--namespace=shop", "delete", "pod", pod, "--force", "--grace-period=0")
        time.sleep(3)
    assert not tally(load.replies).errors


# Session affinity


def _pods(site: Site, path: str, **headers: str) -> set[str]:
    return {reply.pod for reply in site.ask_often(30, path, headers=headers)}


def test_a_header_leads_to_one_pod(site: Site) -> None:
    assert len(_pods(site, "/profiles", **{"x-user": "jason"})) == 1


def test_different_values_of_the_header_use_more_than_one_pod(site: Site) -> None:
    pods = {site.ask("/profiles", headers={"x-user": f"user-{number}"}).pod for number in range(40)}
    assert len(pods) > 1


def test_the_gateway_sets_a_cookie_that_leads_back_to_the_pod(site: Site) -> None:
    first = site.ask("/sessions")
    cookie = first.headers["set-cookie"]
    assert cookie.startswith("session=") and "Max-Age=3600" in cookie
    assert _pods(site, "/sessions", cookie=cookie.partition(";")[0]) == {first.pod}


def test_a_weighted_split_comes_before_affinity(site: Site) -> None:
    replies = site.ask_often(60, "/offers", headers={"x-user": "jason"})
    pods = {version: {reply.pod for reply in replies if reply.version == version} for version in ("v1", "v2")}
    assert {version: len(found) for version, found in pods.items()} == {"v1": 1, "v2": 1}


# Load balancing policy


def test_round_robin_takes_turns(site: Site) -> None:
    turns = Counter(reply.pod for reply in site.ask_often(40, "/numbers"))
    assert turns == dict.fromkeys(site.backend.pods(), 10)


# TLS at the gateway


def test_https_is_served_with_the_certificate_of_the_secret(site: Site) -> None:
    assert site.ask_over_tls("portal.example.com", "/portal").status == 200


def test_plain_http_is_redirected_to_https(site: Site) -> None:
    reply = site.ask("/portal?page=1", headers={"Host": "portal.example.com"})
    assert (reply.status, reply.headers["location"]) == (301, "https://portal.example.com/portal?page=1")


def test_a_renewed_certificate_is_served_without_a_restart(site: Site, tmp_path: Path) -> None:
    gateways = _gateways(site)
    site.certify("portal.example.com", tmp_path)
    until(
        lambda: site.ask_over_tls("portal.example.com", "/portal"),
        lambda reply: reply.status == 200, FOLLOWS_SECONDS, "the new certificate, the only one that is believed",
    )  # fmt: skip
    assert _gateways(site) == gateways


def _gateways(site: Site) -> list[str]:
    return kubectl(site.stack, "get", "pods", "--selector=istio=ingressgateway", "--output=name").split()


# Several teams on one gateway


@pytest.mark.parametrize("team", ["billing", "support"])
def test_the_same_path_is_each_teams_own(site: Site, team: str) -> None:
    assert site.ask("/accounts", headers={"Host": f"{team}.example.com"}).received("x-team") == [team]


@pytest.mark.parametrize(("team", "other"), [("billing", "support"), ("support", "billing")])
def test_each_host_has_its_own_certificate(site: Site, team: str, other: str) -> None:
    host = f"{team}.example.com"
    assert site.ask_over_tls(host, "/accounts").received("x-team") == [team]
    assert "CERTIFICATE_VERIFY_FAILED" in site.ask_over_tls(host, "/accounts", f"{other}.example.com").error


def test_a_host_of_nobody_is_not_found(site: Site) -> None:
    assert site.ask("/accounts", headers={"Host": "nobody.example.com"}).status == 404


def test_a_name_of_nobody_gets_no_certificate(site: Site) -> None:
    reply = site.ask_over_tls("nobody.example.com", "/accounts", "billing.example.com")
    assert reply.status == 0 and "CERTIFICATE" not in reply.error, "there was none to verify"


# Egress


def _said(answer: tuple[int, str]) -> dict[str, Any]:
    status, body = answer
    assert status == 200, answer
    said: dict[str, Any] = json.loads(body)
    return said


def test_a_caller_without_a_sidecar_reaches_a_service_outside_by_its_name(site: Site) -> None:
    said = _said(site.ask_from_inside("http://weather/today"))
    assert (said["version"], said["path"], said["headers"]["host"]) == (
        "encrypted",
        "/today",
        ["weather.example.com"],
    )


@pytest.mark.parametrize("name", ["weather", "weather:80", "weather.default", "weather.default.svc.cluster.local"])
def test_every_name_of_the_service_leads_out(site: Site, name: str) -> None:
    assert _said(site.ask_from_inside(f"http://{name}/"))["pod"] == "outside"


def test_what_goes_out_went_through_the_egress_gateway(site: Site) -> None:
    through = _said(site.ask_from_inside("http://rates/"))["headers"]
    past = _said(site.ask_from_inside(f"http://{outside.ADDRESS}/"))["headers"]
    assert "x-forwarded-proto" in through and "x-forwarded-proto" not in past, "Envoy adds it"


def test_the_outside_learns_no_address_of_the_cluster(site: Site) -> None:
    pods = Addresses(SLOT).pods.rpartition(".")[0]
    assert f"{pods}." not in json.dumps(_said(site.ask_from_inside("http://rates/")))


def test_a_plain_http_service_is_reached_without_tls(site: Site) -> None:
    said = _said(site.ask_from_inside("http://rates/today"))
    assert (said["version"], said["headers"]["host"]) == ("plain", ["rates.example.com"])


def test_a_service_outside_is_found_by_dns(site: Site) -> None:
    assert _said(site.ask_from_inside("http://station/"))["pod"] == "outside"


def test_a_certificate_that_no_known_ca_signed_is_refused(site: Site) -> None:
    status, body = site.ask_from_inside("http://stranger/")
    assert (status, "connection failure" in body) == (503, True), body


def test_a_certificate_for_another_name_is_refused(site: Site) -> None:
    status, body = site.ask_from_inside("http://impostor/")
    assert (status, "connection failure" in body) == (503, True), body


def test_a_host_that_is_not_declared_is_not_let_out(site: Site) -> None:
    way = ("--connect-to", "::istio-egressgateway.istio-system:80")
    assert site.ask_from_inside("http://nobody.example.com/", *way)[0] == 404


def test_nothing_drifts_while_traffic_flows(site: Site) -> None:
    site.stack.pulumi("preview", "--refresh", "--expect-no-changes")
