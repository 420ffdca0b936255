"""Addresses by slot."""

import ipaddress
import itertools

import pytest

from lab.network import SLOTS, Addresses

EVERY_SLOT = [Addresses(slot) for slot in range(SLOTS)]


def networks(addresses: Addresses) -> list[ipaddress.IPv4Network]:
    pair = ipaddress.ip_network(f"{addresses.host}/30", strict=False)
    found = [pair, ipaddress.ip_network(addresses.pods), ipaddress.ip_network(addresses.services)]
    return [network for network in found if isinstance(network, ipaddress.IPv4Network)]


def test_no_two_networks_of_any_slots_overlap() -> None:
    everything = [network for addresses in EVERY_SLOT for network in networks(addresses)]
    assert not [pair for pair in itertools.combinations(everything, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize("addresses", EVERY_SLOT)
def test_all_networks_are_private(addresses: Addresses) -> None:
    assert all(network.is_private for network in networks(addresses))


@pytest.mark.parametrize("addresses", EVERY_SLOT)
def test_both_ends_of_the_pair_are_in_its_network(addresses: Addresses) -> None:
    pair = ipaddress.ip_network(f"{addresses.host}/30", strict=False)
    assert [str(host) for host in pair.hosts()] == [addresses.host, addresses.node]


@pytest.mark.parametrize("addresses", EVERY_SLOT)
def test_dns_is_a_service_address(addresses: Addresses) -> None:
    assert ipaddress.ip_address(addresses.dns) in ipaddress.ip_network(addresses.services)


def test_kubernetes_has_the_first_service_address(addresses: Addresses) -> None:
    assert addresses.kubernetes_service == str(next(ipaddress.ip_network(addresses.services).hosts()))


def test_the_links_name_fits_the_kernel() -> None:
    assert max(len(addresses.link) for addresses in EVERY_SLOT) <= 15
