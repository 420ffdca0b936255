"""What `up` waits for; the annotations are the Kubernetes provider's own words."""

from components.awaiting import NOT_AWAITED, UNTIL_LOAD_BALANCER_HAS_ADDRESS


def test_what_is_not_awaited_says_so_in_the_providers_words() -> None:
    assert NOT_AWAITED == {"pulumi.com/skipAwait": "true"}, "any other text would be ignored without a word"


def test_a_load_balancer_is_awaited_until_it_has_an_address() -> None:
    assert UNTIL_LOAD_BALANCER_HAS_ADDRESS == {"pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}"}, (
        "the outputs have the address in them"
    )
