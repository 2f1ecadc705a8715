"""Where web_fetch may go."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.domain.addresses import Forbidden, check, is_open, networks

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # where clouds keep their keys
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_behind_the_walls_is_not_reached(address: str) -> None:
    with pytest.raises(Forbidden):
        check("host", [address])
    with pytest.raises(Forbidden):
        check("host", ["93.184.215.14", address])


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_the_open_internet_is(address: str) -> None:
    assert check("host", [address]) == str(ipaddress.ip_address(address))


def test_what_the_configuration_allows_is_reached_and_no_more() -> None:
    allowed = networks(["10.1.0.0/16"])
    assert check("wiki", ["10.1.2.3"], allowed) == "10.1.2.3"
    with pytest.raises(Forbidden):
        check("wiki", ["10.1.2.3", "10.2.0.1"], allowed)


def test_a_name_without_addresses_is_nowhere() -> None:
    with pytest.raises(Forbidden):
        check("host", [])


@given(st.ip_addresses(v=4))
def test_an_address_hidden_in_another_is_as_open_as_itself(address: ipaddress.IPv4Address) -> None:
    nat64 = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | int(address))
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_open(nat64) == is_open(address)
    assert is_open(mapped) == is_open(address)
