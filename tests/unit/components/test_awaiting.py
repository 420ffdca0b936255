"""What `up` and `destroy` wait for; the annotations are the Kubernetes provider's own words."""

from components.awaiting import DELETED_WITHOUT_COLLECTOR, NOT_AWAITED, UNTIL_LOAD_BALANCER_HAS_ADDRESS


def test_what_is_not_awaited_says_so_in_the_providers_words() -> None:
    assert NOT_AWAITED == {"pulumi.com/skipAwait": "true"}, "any other text would be ignored without a word"


def test_a_load_balancer_is_awaited_until_it_has_an_address() -> None:
    assert UNTIL_LOAD_BALANCER_HAS_ADDRESS == {"pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}"}, (
        "the outputs have the address in them"
    )


def test_what_owns_nothing_is_deleted_without_the_garbage_collector() -> None:
    assert DELETED_WITHOUT_COLLECTOR == {"pulumi.com/deletionPropagationPolicy": "background"}, (
        "the provider deletes in the foreground, and the collector learns of a new kind after up to 30 s"
    )
