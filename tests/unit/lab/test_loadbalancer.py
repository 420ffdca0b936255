"""Which Services get the node's address."""

from typing import Any

import pytest
from kubernetes import client

from lab.loadbalancer import publish, wants_address

ADDRESS = "10.88.3.2"


def service(kind: str, *given: str) -> client.V1Service:
    ingress = [client.V1LoadBalancerIngress(ip=ip) for ip in given]
    return client.V1Service(
        metadata=client.V1ObjectMeta(name="gateway", namespace="istio-ingress"),
        spec=client.V1ServiceSpec(type=kind),
        status=client.V1ServiceStatus(load_balancer=client.V1LoadBalancerStatus(ingress=ingress or None)),
    )


@pytest.mark.parametrize(
    ("found", "wants"),
    [
        (service("LoadBalancer"), True),
        (service("LoadBalancer", "192.0.2.1"), True),
        (service("LoadBalancer", ADDRESS), False),
        (service("ClusterIP"), False),
        (client.V1Service(), False),
    ],
)
def test_a_service_wants_the_address_when_it_asks_and_has_not_got_it(found: client.V1Service, *, wants: bool) -> None:
    assert wants_address(found, ADDRESS) is wants


class Recorder:
    """Notes what it is asked to patch, or refuses."""

    def __init__(self, refusal: int | None = None) -> None:
        self.patched: list[tuple[str, str, Any]] = []
        self._refusal = refusal

    def patch_namespaced_service_status(self, name: str, namespace: str, body: Any) -> None:
        if self._refusal:
            raise client.ApiException(status=self._refusal)
        self.patched.append((name, namespace, body))


def given(recorder: Recorder, found: client.V1Service) -> None:
    publish(recorder, found, ADDRESS)  # type: ignore[arg-type] # a fake that has the one method that is called


def test_the_address_is_published_as_one_that_the_proxy_answers_for() -> None:
    recorder = Recorder()
    given(recorder, service("LoadBalancer"))
    assert recorder.patched[0][2] == {"status": {"loadBalancer": {"ingress": [{"ip": ADDRESS, "ipMode": "VIP"}]}}}


def test_a_service_deleted_in_the_meantime_does_not_count() -> None:
    given(Recorder(refusal=404), service("LoadBalancer"))


def test_any_other_refusal_is_an_error() -> None:
    with pytest.raises(client.ApiException):
        given(Recorder(refusal=403), service("LoadBalancer"))
