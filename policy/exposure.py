"""The rule of who may come in from outside."""

from collections.abc import Iterator, Sequence
from typing import Final

from policy.objects import Declared, at, items, mapping
from policy.violation import Violation
from settings.paths import set_command

# What keeps a load balancer inside its network, by cloud; another value leaves it public.
INTERNAL: Final = {
    "networking.gke.io/load-balancer-type": "internal",
    "cloud.google.com/load-balancer-type": "internal",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
    "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
}
RANGES: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"
EVERYBODY: Final = "0.0.0.0/0"


def load_balancers(declared: Sequence[Declared]) -> Iterator[Violation]:
    """Yield Services that are open to everybody without a word that they should be."""
    key = "gateway.sourceRanges[0]"
    for one in declared:
        if one.kind != "Service" or one.group or at(one.body, "spec", "type") != "LoadBalancer":
            continue
        annotations = mapping(one.body, "metadata", "annotations")
        internal = any(str(annotations.get(name)).lower() == value for name, value in INTERNAL.items())
        if internal or items(one.body, "spec", "loadBalancerSourceRanges") or annotations.get(RANGES):
            continue
        yield Violation(
            rule="public-only-if-asked-for",
            declared=one,
            fact="it is a LoadBalancer without source ranges, so everybody may come in, and nothing says they should",
            fix=f"{set_command(key, '203.0.113.0/24')}; to mean everybody, say so: {set_command(key, EVERYBODY)}",
        )
