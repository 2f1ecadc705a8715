"""`--lan`: which addresses count as this machine's own network, and the code."""

import pytest

from roomful.starting import lan
from roomful.starting.failures import StartError


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.178.20", "169.254.7.7", "fd00::2", "fc12::1"],
)
def test_addresses_of_ones_own_network(address: str) -> None:
    assert lan.is_private(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "172.32.0.1",
        "192.169.0.1",
        "100.64.0.1",
        "8.8.8.8",
        "fe80::1",
        "fe80::1%eth0",
        "2001:db8::1",
        "",
        "x",
    ],
)
def test_others_are_not_listened_on(address: str) -> None:
    assert not lan.is_private(address)


def test_this_machines_own_ones_are_found_and_private() -> None:
    assert all(lan.is_private(address) for address in lan.own_addresses())


def test_the_likeliest_comes_first_then_ipv4() -> None:
    found = ["fd00::2", "172.17.0.1", "192.168.1.5", "172.17.0.1"]
    assert lan.ranked(found, ["192.168.1.5"]) == ["192.168.1.5", "172.17.0.1", "fd00::2"]
    assert lan.ranked(found, []) == ["172.17.0.1", "192.168.1.5", "fd00::2"]


def test_here_is_always_listened_on_and_no_network_is_said() -> None:
    assert lan.listening_hosts(["192.168.1.5"]) == ("127.0.0.1", "192.168.1.5")
    with pytest.raises(StartError, match="no private address"):
        lan.listening_hosts([])


def test_codes_have_six_digits_and_differ() -> None:
    codes = {lan.new_code() for _ in range(50)}
    assert len(codes) > 40
    assert all(len(code) == 6 and code.isdigit() for code in codes)
