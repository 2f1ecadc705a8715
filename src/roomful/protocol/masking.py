"""Secrets, hidden from people who look on: in decoded objects, and in bytes of which the rest has not come yet.

A trace is shown to a class, pasted into a mail and kept in a file. It must not hold a password or a `resume`, however the
bytes were cut and however broken they are. What is well formed is masked exactly; what is not is masked from the
first word on that could announce a secret.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

SECRETS = frozenset(("password", "token", "resume", "secret"))  # fields whose values are masked, at any depth
CODES = frozenset(("code", "invite"))  # so are these, if they are called just so …
FAULTS = frozenset(("error", "goodbye"))  # … but in these objects `code` says what was wrong
MASK = "***"

# In bytes that are not JSON, everything after one of these is hidden: a secret could follow it. `\u` is there because a
# field's name can be written with escapes.
_GIVEAWAYS = (*(name.encode() for name in sorted(SECRETS)), b"authorization", b"cookie", b'"code', b'"invite', b"\\u")
_GIVEAWAY = re.compile(b"|".join(map(re.escape, _GIVEAWAYS)))
_LONGEST = max(map(len, _GIVEAWAYS))

_END_OF_LETTERS = re.compile(rb'["\\]')

_SPACE = frozenset(b" \t\r\n")
_SCALAR = frozenset(b"+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_QUOTE, _BACKSLASH, _COLON, _COMMA = b'"\\:,'
_CLOSING = {ord("{"): ord("}"), ord("["): ord("]")}
_END_OF_OBJECT = ord("}")


def masked(value: Any) -> Any:
    """A decoded payload with `***` for every secret in it."""
    fault = isinstance(value, dict) and value.get("type") in tuple(FAULTS)
    return _masked(value, fault=fault)


def _masked(value: Any, *, fault: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: MASK if is_secret(key, fault=fault) else _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value


def is_secret(name: str, *, fault: bool = False) -> bool:
    """Whether a field of this name holds a secret: one of the words is in it, so that a damaged name still counts.

    `fault`: it is a field of an `error` or a `goodbye`.
    """
    lower = name.lower()
    if lower in CODES:
        return not (fault and lower == "code")
    return any(word in lower for word in SECRETS)


class Veil:
    """Says of each byte of a stream of JSON texts, as it comes, whether it must be hidden.

    A field's name stands before its value, so no byte has to wait for those after it. `restart` begins the next text.
    """

    __slots__ = (
        "_broken",
        "_escaped",
        "_expect",
        "_fault",
        "_hidden_from",
        "_key",
        "_named",
        "_open",
        "_tail",
        "_type",
    )

    def __init__(self) -> None:
        self._tail = b""  # the last bytes in small letters, to find giveaways across the cuts
        self.restart()

    def restart(self) -> None:
        """A new JSON text begins with the next byte."""
        self._expect: Callable[[int], None] = self._value
        self._open: list[int] = []  # the closing brackets to come, outermost first
        self._hidden_from: int | None = None  # the depth at which a secret's value stands; None outside of one
        self._key: bytearray | None = None  # the field's name while it is read, and until its colon
        self._type: bytearray | None = None  # the payload's type, while it is read
        self._fault = False  # it is an error or a goodbye
        self._escaped = False
        self._named = False  # a giveaway was among the bytes
        self._broken = False

    @property
    def complete(self) -> bool:
        """Whether the bytes so far are one whole JSON text."""
        return not self._broken and not self._open and self._expect in (self._end, self._scalar)

    @property
    def named(self) -> bool:
        """Whether something that could announce a secret was among the bytes."""
        return self._named

    def give_up(self) -> None:
        """What comes is no JSON: hide everything after a giveaway."""
        self._broken = True

    def feed(self, data: bytes) -> bytes:
        """One byte for each byte of `data`: 1 where it must be hidden, else 0."""
        hidden = bytearray()
        while len(hidden) < len(data):
            at = len(hidden)
            stop = self._end_of_run(data, at)
            if stop > at:  # nothing changes within a string's letters: they are dealt with together
                self._notice(data[at:stop])
                hidden += (b"\0" if self._hidden_from is None else b"\1") * (stop - at)
            else:
                hidden.append(self._step(data[at]))
        return bytes(hidden)

    def _end_of_run(self, data: bytes, at: int) -> int:
        reading = self._key is not None or self._type is not None
        if self._broken or self._escaped or reading or self._expect != self._string:
            return at
        found = _END_OF_LETTERS.search(data, at)
        return found.start() if found else len(data)

    def _notice(self, data: bytes) -> None:
        seen = self._tail + data.lower()
        self._named = self._named or _GIVEAWAY.search(seen) is not None
        self._tail = seen[-_LONGEST:]

    def _step(self, byte: int) -> bool:
        self._notice(bytes((byte,)))
        if self._broken:
            return self._named
        before, opening = self._hidden_from, byte == _QUOTE and self._expect == self._value
        self._expect(byte)
        if self._broken:
            return self._named
        return before is not None and self._hidden_from is not None and not opening

    # -- the states: each takes the byte that came and says which state takes the next ----------

    def _value(self, byte: int) -> None:
        if byte == _QUOTE:
            self._expect = self._string
            return
        if byte not in _SPACE:
            self._type = None  # a type is a word
        if byte in _CLOSING:
            self._open.append(_CLOSING[byte])
            self._expect = self._first_key if self._open[-1] == _END_OF_OBJECT else self._first_item
        elif byte in _SCALAR:
            self._expect = self._scalar
        elif byte not in _SPACE:
            self._broken = True

    def _first_key(self, byte: int) -> None:
        if byte == _END_OF_OBJECT:
            self._close()
        else:
            self._next_key(byte)

    def _next_key(self, byte: int) -> None:
        if byte == _QUOTE:
            self._key = bytearray()
            self._expect = self._string
        elif byte not in _SPACE:
            self._broken = True

    def _first_item(self, byte: int) -> None:
        if byte == self._open[-1]:
            self._close()
        elif byte not in _SPACE:
            self._value(byte)

    def _string(self, byte: int) -> None:
        if self._escaped:
            self._escaped = False
        elif byte == _BACKSLASH:
            self._escaped = True
        elif byte == _QUOTE:
            if self._key is None:
                self._ended()
            else:
                self._expect = self._colon
            return
        read = self._type if self._key is None else self._key
        if read is not None:
            read.append(byte)

    def _colon(self, byte: int) -> None:
        if byte == _COLON:
            name, depth = bytes(self._key or b""), len(self._open)
            if self._hidden_from is None and _names_secret(name, fault=self._fault and depth == 1):
                self._hidden_from = depth
            self._type = bytearray() if name == b"type" and depth == 1 else None
            self._key = None
            self._expect = self._value
        elif byte not in _SPACE:
            self._broken = True

    def _scalar(self, byte: int) -> None:
        if byte not in _SCALAR:
            self._ended()
            self._expect(byte)

    def _ended(self) -> None:
        """A value has ended; where it was a secret's, the veil lifts."""
        if self._hidden_from == len(self._open):
            self._hidden_from = None
        if self._type is not None:
            self._fault = self._type.decode("ascii", "replace") in FAULTS
            self._type = None
        self._expect = self._comma if self._open else self._end

    def _close(self) -> None:
        self._open.pop()
        self._ended()

    def _comma(self, byte: int) -> None:
        if byte == _COMMA:
            self._expect = self._next_key if self._open[-1] == _END_OF_OBJECT else self._value
        elif byte == self._open[-1]:
            self._close()
        elif byte not in _SPACE:
            self._broken = True

    def _end(self, byte: int) -> None:
        if byte not in _SPACE:
            self._broken = True


def _names_secret(raw: bytes, *, fault: bool) -> bool:
    """Whether the bytes between the quotes of a field's name spell a secret's; what cannot be read may be one."""
    try:
        return is_secret(msgspec.json.decode(b'"' + raw + b'"', type=str), fault=fault)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return True
