"""A load balancer for one node: gives each Service of that type the node's address.

Owns the `status.loadBalancer` of such Services. The packets are kube-proxy's business:
it accepts the address from there and forwards to the pods. Two Services that want the
same port are both served by whichever kube-proxy programs first.
"""

import sys
from typing import Final

from kubernetes import client, config, watch

WATCH_SECONDS: Final = 300
NOT_FOUND: Final = 404


def serve(kubeconfig: str, address: str) -> None:
    """Watch Services for ever and publish `address` for those that ask for a load balancer."""
    config.load_kube_config(kubeconfig)  # type: ignore[no-untyped-call] # the client's config is untyped
    api = client.CoreV1Api()
    while True:
        events = watch.Watch().stream(  # type: ignore[no-untyped-call] # the client's watch is untyped
            api.list_service_for_all_namespaces, timeout_seconds=WATCH_SECONDS
        )
        for event in events:
            if event["type"] in {"ADDED", "MODIFIED"}:
                publish(api, event["object"], address)


def wants_address(service: client.V1Service, address: str) -> bool:
    """Tell whether a Service asks for a load balancer and has not got `address` yet."""
    if service.spec is None or service.spec.type != "LoadBalancer":
        return False
    given = service.status.load_balancer if service.status else None
    return [ingress.ip for ingress in (given.ingress if given else None) or []] != [address]


def publish(api: client.CoreV1Api, service: client.V1Service, address: str) -> None:
    """Give a Service the address if it wants it; one that was deleted in the meantime does not count."""
    named = service.metadata
    if not wants_address(service, address) or named is None or named.name is None or named.namespace is None:
        return
    status = {"status": {"loadBalancer": {"ingress": [{"ip": address, "ipMode": "VIP"}]}}}
    try:
        api.patch_namespaced_service_status(named.name, named.namespace, status)
    except client.ApiException as error:
        if error.status != NOT_FOUND:
            raise


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
