"""Passwords: what is accepted as one, and hashing and checking them beside the event loop.

Hashing is meant to be slow (20 ms and 19 MiB each). It happens in threads of its own, which get only what nobody else wants
of the processors: a storm of logins makes logins slow, not messages. docs/decisions/0009-passwords.md says why so.
"""

import asyncio
import base64
import os
import string
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from roomful.errors import BadPassword, TryLater

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

SHORTEST = 8  # code points
LONGEST = 256  # code points: PRECIS looks at each
MAX_WAITING = 64  # passwords

MEMORY = 19 * 1024  # KiB: OWASP's first choice for argon2id (RFC 9106) where memory is not plenty
ROUNDS = 2
LANES = 1
SALT = 16  # bytes
DIGEST = 32  # bytes

_FILLING = string.digits + string.punctuation
_COMMON = frozenset(
    """password passwort passw0rd password1 motdepasse contraseña пароль iloveyou sunshine princess football baseball
    superman trustno1 letmein1 welcome1 whatever computer qwertyui qwertyuiop qwertzui qwertzuiop azertyui azertyuiop
    asdfghjk asdfghjkl zxcvbnm1 1q2w3e4r 1q2w3e4r5t 1qaz2wsx qazwsxedc qwerty123 qwerty12 qwertz123 abcd1234 abc12345
    1234abcd a1b2c3d4 aa123456 changeme changeit michelle jennifer starwars pokemon1 dragon123 monkey123 admin123
    administrator 123qweasd q1w2e3r4 hallo123 schatz123 roomful1 hellohello charlie1 corvette mercedes bigdaddy 987654321
    87654321 123123123 12341234 11223344 112233445566 1234567a 12345678a 123456789a""".split()  # noqa: SIM905
)


def check_password(password: str, name: str) -> None:
    """Whether this may become the password of the account `name`.

    Raises:
        BadPassword: under 8 or over 256 characters, not a password by RFC 8265, or among those that are guessed first.
    """
    prepared = prepare(password)
    if len(prepared) < SHORTEST:
        raise BadPassword(f"A password has at least {SHORTEST} characters.", field="password")
    folded = prepared.casefold()
    own = {folded, folded.strip(_FILLING), folded[: len(folded) // 2] if len(folded) % 2 == 0 else ""}
    if name.casefold() in own:
        raise BadPassword(
            "The password is nearly the account's name: it is the first that is guessed.", field="password"
        )
    if folded in _COMMON or folded.strip(_FILLING) in _COMMON or _is_run(folded):
        raise BadPassword("The password is among those that are guessed first: take several words.", field="password")


def prepare(password: str) -> str:
    """The form of a password that is hashed: the OpaqueString profile (RFC 8265, section 4.2). Raises BadPassword."""
    if len(password) > LONGEST:
        raise BadPassword(f"A password has at most {LONGEST} characters.", field="password")
    if password.isascii() and password.isprintable() and password:
        return password
    from precis_i18n import get_profile  # only for passwords that are not plain ASCII: 20 ms

    try:
        return str(get_profile("OpaqueString").enforce(password))
    except UnicodeEncodeError as why:
        raise BadPassword(f"A password is made of what can be typed ({why.reason}).", field="password") from None


def _is_run(text: str) -> bool:
    """Whether each character is as far from the one before it: 'aaaaaaaa', '12345678', 'hgfedcba'."""
    return len({ord(after) - ord(before) for before, after in pairwise(text)}) == 1


def _dummy() -> str:
    """A hash that no password has, and that takes as long to check as any: for accounts that are not there."""
    salt, digest = (base64.b64encode(bytes(size)).rstrip(b"=").decode() for size in (SALT, DIGEST))
    return f"$argon2id$v=19$m={MEMORY},t={ROUNDS},p={LANES}${salt}${digest}"


class Passwords:
    """Hashes and checks passwords. Its threads begin at the first use: most servers never need them."""

    def __init__(self, threads: int = max(1, (os.cpu_count() or 1) // 2), max_waiting: int = MAX_WAITING) -> None:
        self._threads = threads
        self._max_waiting = max_waiting
        self._waiting = 0  # asked for and not finished
        self._took = 0.02  # s that one takes, as of late
        self._executor: ThreadPoolExecutor | None = None
        self._hasher: PasswordHasher | None = None

    async def hash(self, password: str) -> str:
        """The hash to keep of a password. Raises BadPassword if it is none, TryLater if too many wait."""
        prepared = prepare(password)
        return await self._run(lambda hasher: hasher.hash(prepared))

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether this is the password of the hash `kept`. None: there is no account; it takes as long, and is false.

        Raises:
            TryLater: too many wait already.
        """
        try:
            prepared = prepare(password)
        except BadPassword:
            kept, prepared = None, ""
        matches = await self._run(lambda hasher: _matches(hasher, kept or _dummy(), prepared))
        return matches and bool(kept)

    def needs_rehash(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than those of today."""
        return self._known_hasher().check_needs_rehash(kept)

    def close(self) -> None:
        """Let go of the threads; what waits is dropped."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: "Callable[[PasswordHasher], T]") -> T:
        if self._waiting >= self._max_waiting:
            wait = self._waiting * self._took / self._threads
            raise TryLater(f"Too many log in at once: try again in {wait:.2g} s.", retry_after=round(wait, 3))
        if self._executor is None:
            self._executor = ThreadPoolExecutor(self._threads, "roomful-passwords", _yield_to_others)
        self._waiting += 1
        # Counted when it has left the thread, not when its asker has gone: a lost connection does not make room.
        done = asyncio.get_running_loop().run_in_executor(self._executor, self._timed, work)
        done.add_done_callback(self._finished)
        result, took = await asyncio.shield(done)
        self._took += 0.2 * (took - self._took)
        return result

    def _finished(self, done: "asyncio.Future[tuple[T, float]]") -> None:
        self._waiting -= 1

    def _timed(self, work: "Callable[[PasswordHasher], T]") -> tuple[T, float]:
        began = time.perf_counter()
        return work(self._known_hasher()), time.perf_counter() - began

    def _known_hasher(self) -> "PasswordHasher":
        if self._hasher is None:
            from argon2 import PasswordHasher  # 15 ms, for those who have accounts

            self._hasher = PasswordHasher(ROUNDS, MEMORY, LANES, DIGEST, SALT)
        return self._hasher


def _matches(hasher: "PasswordHasher", kept: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerifyMismatchError

    try:
        return hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _yield_to_others() -> None:
    """Take the processor only when nobody else wants it. On Linux each thread has a niceness of its own (sched(7))."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
