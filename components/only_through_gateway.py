"""The NetworkPolicy by which a service's pods take requests from the ingress gateway's pods only.

Owns that one object. It does not make the cluster enforce it: that is the network plugin's business (GKE's
Dataplane V2, Calico, Cilium), and without one the object is there and does nothing.
"""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

from settings.route import RouteSettings


def admit_only_the_gateway(
    name: str,
    route: RouteSettings,
    gateway_selector: Mapping[str, str],
    gateway_namespace: str,
    opts: pulumi.ResourceOptions,
) -> None:
    """Declare the policy of a route.

    The kubelet's probes need no rule: Kubernetes always lets the pod's own node through.
    https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """
    kubernetes.networking.v1.NetworkPolicy(
        f"{name}-only-through-gateway",
        metadata={"name": f"{route.service}-only-through-gateway", "namespace": route.namespace},
        spec={
            "pod_selector": {"match_labels": dict(route.pod_labels) or {"app": route.service}},
            "policy_types": ["Ingress"],
            "ingress": [
                {
                    # Both selectors in one entry: that namespace's pods with that label, not either of the two.
                    "from_": [
                        {
                            "namespace_selector": {
                                "match_labels": {"kubernetes.io/metadata.name": gateway_namespace},
                            },
                            "pod_selector": {"match_labels": dict(gateway_selector)},
                        }
                    ]
                }
            ],
        },
        opts=opts,
    )
