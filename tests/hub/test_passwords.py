"""Passwords: which are taken, that checking one says nothing but yes or no, and that nobody waits for it who does not ask."""

import asyncio
import os
import re
import sys
import threading
import time

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from roomful.errors import BadPassword, TryLater
from roomful.hub.passwords import Passwords, check_password, prepare

GOOD = "four lamps for a cellar"


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "xK9#mmw2",
        "Надёжный пароль 7",
        "密码密码密码长一点",
        "пишу что хочу",
        "with spaces  inside ",
        "a" + "é" * 255,
        "alice in wonderland",
    ],
)
def test_what_people_may_take(password: str) -> None:
    check_password(password, "alice")


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("seven77", "at least 8"),
        ("a" + "é" * 256, "at most 256"),
        ("Passw0rd", "guessed first"),
        ("Password123!", "guessed first"),
        ("12345678", "guessed first"),
        ("zzzzzzzzzzzz", "guessed first"),
        ("abcdefghij", "guessed first"),
        ("hgfedcba", "guessed first"),
        ("ALICEmaria", "account's name"),
        ("alicemaria2009", "account's name"),
        ("alicemariaalicemaria", "account's name"),
        ("tab\there is bad", "what can be typed"),
        ("nul\0 is bad too", "what can be typed"),
    ],
)
def test_what_people_may_not_take(password: str, says: str) -> None:
    with pytest.raises(BadPassword, match=says) as refused:
        check_password(password, "AliceMaria")
    assert refused.value.code == "bad_password"
    assert password not in refused.value.message


async def test_a_hash_is_right_for_its_password_only() -> None:
    passwords = Passwords()
    kept = await passwords.hash(GOOD)
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$", kept)
    assert kept != await passwords.hash(GOOD)
    assert await passwords.verify(kept, GOOD)
    assert not await passwords.verify(kept, GOOD + " ")
    assert not await passwords.verify(kept, "a\0b")
    assert not await passwords.verify(kept, "x" * 1000)
    assert not await passwords.verify("no hash at all", GOOD)
    passwords.close()


async def test_the_same_password_typed_on_another_keyboard_is_right() -> None:
    passwords = Passwords()
    kept = await passwords.hash("cafe\u0301 noir\u3000\u00e0 deux")  # decomposed, and a wide space
    assert await passwords.verify(kept, "caf\u00e9 noir a\u0300 deux")
    passwords.close()


async def test_hashes_of_other_parameters_are_noticed() -> None:
    passwords = Passwords()
    assert passwords.needs_rehash(PasswordHasher(1, 8192, 1).hash(GOOD))
    assert not passwords.needs_rehash(await passwords.hash(GOOD))
    passwords.close()


async def test_an_account_that_is_not_there_takes_as_long() -> None:
    """Median of pairs taken in turn, so that a busy machine slows both alike."""
    passwords = Passwords(threads=1)
    kept = await passwords.hash(GOOD)
    took: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(15):
        for known in (True, False):
            began = time.perf_counter()
            assert not await passwords.verify(kept if known else None, "wrong horse battery")
            took[known].append(time.perf_counter() - began)
    there, missing = (sorted(took[one])[7] for one in (True, False))
    assert missing > there / 2
    assert there > missing / 2
    passwords.close()


async def test_too_many_at_once_are_told_when_to_come_back() -> None:
    passwords = Passwords(threads=1, max_waiting=4)
    kept = await passwords.hash(GOOD)
    asked = [asyncio.create_task(passwords.verify(kept, GOOD)) for _ in range(6)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert results[:4] == [True] * 4
    for refused in results[4:]:
        assert isinstance(refused, TryLater)
        assert refused.code == "try_later"
        assert refused.retry_after is not None
        assert 0 < refused.retry_after < 60
    assert await passwords.verify(kept, GOOD)  # and then there is room again
    passwords.close()


async def test_who_goes_away_makes_no_room_before_the_work_is_done() -> None:
    passwords = Passwords(threads=1, max_waiting=2)
    kept = await passwords.hash(GOOD)
    asked = [asyncio.create_task(passwords.verify(kept, GOOD)) for _ in range(2)]
    await asyncio.sleep(0)
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    with pytest.raises(TryLater):
        await passwords.verify(kept, GOOD)
    passwords.close()


@pytest.mark.skipif(sys.platform != "linux", reason="niceness of a thread is Linux's")
async def test_hashing_yields_to_everything_else() -> None:
    passwords = Passwords(threads=1)
    await passwords.hash(GOOD)
    (thread,) = [one for one in threading.enumerate() if one.name.startswith("roomful-passwords")]
    assert thread.native_id is not None
    assert os.getpriority(os.PRIO_PROCESS, thread.native_id) == 19
    assert os.getpriority(os.PRIO_PROCESS, 0) == 0
    passwords.close()


@given(st.text(st.characters(exclude_categories=[]), max_size=300), st.text(max_size=32))
def test_whatever_is_sent_as_a_password_is_taken_or_refused(password: str, name: str) -> None:
    try:
        check_password(password, name)
    except BadPassword as refused:
        assert refused.field == "password"
        return
    prepared = prepare(password)
    assert 8 <= len(prepared) <= 256
    assert prepare(prepared) == prepared, "a password that is typed as it was stored must be the same"
