"""Bans and mutes: whom they fit."""

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.domain.events import Sender
from roomful.domain.sanctions import Arriving, Sanction, network

BY = Sender("p0", "olga", "person")


def ban(**fields: object) -> Sanction:
    return Sanction(7, "ban", BY, 1000, **fields)  # type: ignore[arg-type]


def guest(folded: str = "eve", address: str = "192.0.2.7") -> Arriving:
    return Arriving("p9", folded, guest=True, address=address)


def account(folded: str = "eve", address: str = "192.0.2.7") -> Arriving:
    return Arriving("p9", folded, guest=False, address=address)


def test_a_ban_of_a_participant_goes_by_its_id() -> None:
    eve = ban(participant="p9", nick="eve")
    assert eve.fits(account("renamed"))
    assert not eve.fits(Arriving("p8", "eve", guest=False, address="192.0.2.7")), "a nick is nobody's identity"


def test_it_covers_guests_from_the_addresses_it_came_from_but_no_accounts() -> None:
    eve = ban(participant="p1", covers=("192.0.2.7", "2001:db8:0:1::/64"))
    assert eve.fits(guest())
    assert eve.fits(guest(address="2001:db8:0:1::5"))
    assert not eve.fits(account())
    assert not eve.fits(guest(address="192.0.2.8"))
    assert not eve.fits(guest(address="")), "whoever cannot be told apart by an address is not banned by one"


@pytest.mark.parametrize(("address", "other"), [("192.0.2.7", "192.0.2.8"), ("192.0.2.0/24", "192.0.3.1")])
def test_a_ban_of_an_address_is_for_guests(address: str, other: str) -> None:
    assert ban(address=address).fits(guest())
    assert not ban(address=address).fits(account())
    assert not ban(address=address).fits(guest(address=other))
    assert not ban(address=address).fits(guest(address="2001:db8::1"))


@pytest.mark.parametrize(
    ("mask", "fitting", "others"),
    [
        ("eve", ["eve"], ["eve2", "seve", ""]),
        ("eve*", ["eve", "eve2", "everybody"], ["seve", "ev"]),
        ("*eve", ["eve", "seve"], ["eve2"]),
        ("*eve*", ["eve", "seventy-eve", "eves"], ["e-v-e"]),
        ("e?e", ["eve", "ewe", "e\ne"], ["ee", "evve"]),
        ("*a*b", ["ab", "aab", "abab", "xaxb"], ["ba", "abc"]),
        ("a**b", ["ab", "axxb"], ["a", "b"]),
        ("[a-z]*", ["[a-z]", "[a-z]x"], ["a", "b"]),
        ("e.e", ["e.e"], ["eve"]),
    ],
)
def test_masks(mask: str, fitting: list[str], others: list[str]) -> None:
    assert [nick for nick in fitting if not ban(mask=mask).fits(account(nick))] == []
    assert [nick for nick in others if ban(mask=mask).fits(account(nick))] == []


@given(st.text("ab*?", min_size=1, max_size=7), st.text("ab", max_size=7))
def test_a_mask_means_what_it_means_in_a_shell(mask: str, nick: str) -> None:
    assert ban(mask=mask).fits(account(nick)) == fnmatchcase(nick, mask)


@pytest.mark.parametrize("mask", ["*a" * 31 + "*b", "*" * 63 + "b", "*?" * 31 + "b", "*a?" * 20 + "*b*c"])
def test_no_mask_takes_long(mask: str) -> None:
    """As a plain regular expression the first would try some 10^8 ways."""
    began = time.process_time()
    assert not ban(mask=mask).fits(account("a" * 32))
    assert time.process_time() - began < 1


def test_a_later_ban_of_the_same_replaces_one() -> None:
    assert ban(participant="p1", nick="eve").subject == ban(participant="p1", nick="renamed").subject
    subjects = {ban(participant="eve").subject, ban(mask="eve").subject, ban(address="eve").subject}
    assert len(subjects) == 3


@pytest.mark.parametrize(
    ("said", "normal"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8::1/64", "2001:db8::/64"),
    ],
)
def test_networks_have_one_form(said: str, normal: str) -> None:
    assert network(said) == normal


@pytest.mark.parametrize("said", ["", "eve", "192.0.2", "192.0.2.256", "192.0.2.0/33", "::/129", "1.2.3.4/x", "½"])
def test_what_is_no_network(said: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        network(said)
