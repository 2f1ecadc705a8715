"""What the doors that speak the native protocol share: payloads in, requests out; the order of reading."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from roomful.domain.answers import Answer
from roomful.domain.commands import Request
from roomful.domain.events import Event, Sender
from roomful.domain.signals import Signal
from roomful.errors import Ended, NotJson, RoomfulError
from roomful.hub.session import Session
from roomful.protocol import native
from roomful.protocol.frames import frame


class NativeWire:
    """The native protocol's JSON payloads (docs/protocol.md), over TCP behind a 4-byte length."""

    framed: Callable[[bytes], bytes] = staticmethod(frame)

    def events(self, room: str, events: Sequence[Event]) -> list[bytes]:
        """See `Wire`."""
        return [self.framed(payload) for payload in native.encode_events(room, events)]

    def receipt(self, re: int, room: str, seq: int) -> bytes:
        """See `Wire`."""
        return self.framed(native.encode_receipt(re, room, seq))

    def answer(self, re: int, answer: Answer) -> bytes:
        """See `Wire`."""
        return self.framed(native.encode_answer(re, answer))

    def error(self, re: int | None, error: RoomfulError) -> bytes:
        """See `Wire`."""
        return self.framed(native.encode_error(re, error))

    def signal(self, room: str, sender: Sender | None, signal: Signal) -> bytes:
        """See `Wire`."""
        return self.framed(native.encode_signal(room, sender, signal))

    def goodbye(self, ended: Ended) -> bytes:
        """See `Wire`."""
        return self.framed(native.encode_goodbye(ended))


class Backlog:
    """Payloads that were read and not yet submitted, because the session must first be given its answers."""

    __slots__ = ("_completed", "_ended", "_payloads", "_session")

    def __init__(self, session: Session, completed: Callable[[Request], Request] | None = None) -> None:
        self._session = session
        self._completed = completed  # what a request becomes by what the gateway knows besides
        self._payloads: deque[bytes] | None = None  # made when first needed: idle connections are many
        self._ended: Ended | None = None

    def feed(self, payloads: Iterable[bytes], ended: Ended | None = None) -> bool:
        """Submit payloads in order as far as the session takes them; `ended`: what comes after them ends the connection.

        Returns whether the gateway may go on reading.
        """
        if self._payloads:
            self._payloads.extend(payloads)
        else:
            for payload in payloads:
                if self._payloads or self._session.full:
                    if self._payloads is None:
                        self._payloads = deque()
                    self._payloads.append(payload)
                else:
                    self._submit(payload)
        if ended is not None:
            self._ended = ended
        return self.drain()

    def drain(self) -> bool:
        """Submit what waits, as far as the session takes it. Returns whether the gateway may go on reading."""
        session = self._session
        while self._payloads and not session.full:
            self._submit(self._payloads.popleft())
        if self._payloads:
            return False
        if self._ended is not None:
            session.end(self._ended)
            return False
        return not session.full

    def _submit(self, payload: bytes) -> None:
        session = self._session
        try:
            request = native.decode_request(payload)
        except native.Unreadable as unreadable:
            session.reject(unreadable.re, unreadable.error)
        except NotJson as ended:
            session.end(ended)
        else:
            session.submit(request if self._completed is None else self._completed(request))
