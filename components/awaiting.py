"""What ``pulumi up`` waits for, said as annotations on the objects.

The Kubernetes provider waits some ten seconds for the endpoints of each Service to
settle, although the Deployment behind it is awaited anyway (measured: 34 s against
24 s for the whole stack), so Services are not awaited here.
https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/#pulumi-kubernetes-annotations
"""

from collections.abc import Mapping

NOT_AWAITED: Mapping[str, str] = {"pulumi.com/skipAwait": "true"}
UNTIL_LOAD_BALANCER_HAS_ADDRESS: Mapping[str, str] = {
    "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}"
}
