"""What ``pulumi up`` and ``pulumi destroy`` wait for, said as annotations on the objects.

The Kubernetes provider waits some ten seconds for the endpoints of each Service to
settle, although the Deployment behind it is awaited anyway (measured: 34 s against
24 s for the whole stack), so Services are not awaited here.

It deletes in the foreground: an object is gone once Kubernetes' garbage collector has looked for
what it owns. The collector looks for new kinds every 30 s only, so the objects of a CRD that the
same stack brought stay for up to that long. They own nothing, and are deleted without it.
https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/#pulumi-kubernetes-annotations
"""

from collections.abc import Mapping

NOT_AWAITED: Mapping[str, str] = {"pulumi.com/skipAwait": "true"}
UNTIL_LOAD_BALANCER_HAS_ADDRESS: Mapping[str, str] = {
    "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}"
}
DELETED_WITHOUT_COLLECTOR: Mapping[str, str] = {"pulumi.com/deletionPropagationPolicy": "background"}
