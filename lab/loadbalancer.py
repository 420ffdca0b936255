"""A load balancer for one node: gives each Service of that type the node's address.

Owns the `status.loadBalancer` of such Services. The packets are kube-proxy's business:
it accepts the address from there and forwards to the pods. Two Services that want the
same port are both served by whichever kube-proxy programs first.
"""

import sys
from typing import Any, Final

from kubernetes import client, config, watch  # type: ignore[attr-defined] # the package is untyped

WATCH_SECONDS: Final = 300


def serve(kubeconfig: str, address: str) -> None:
    """Watch Services for ever and publish `address` for those that ask for a load balancer."""
    config.load_kube_config(kubeconfig)
    api = client.CoreV1Api()
    while True:
        for event in watch.Watch().stream(api.list_service_for_all_namespaces, timeout_seconds=WATCH_SECONDS):
            if event["type"] in {"ADDED", "MODIFIED"}:
                _publish(api, event["object"], address)


def wants_address(service: Any, address: str) -> bool:
    """Tell whether a Service asks for a load balancer and has not got `address` yet."""
    given = service.status.load_balancer.ingress or []
    return service.spec.type == "LoadBalancer" and [ingress.ip for ingress in given] != [address]


def _publish(api: Any, service: Any, address: str) -> None:
    if not wants_address(service, address):
        return
    status = {"status": {"loadBalancer": {"ingress": [{"ip": address, "ipMode": "VIP"}]}}}
    try:
        api.patch_namespaced_service_status(service.metadata.name, service.metadata.namespace, status)
    except client.ApiException as error:
        if error.status != 404:  # noqa: PLR2004 - deleted in the meantime
            raise


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
