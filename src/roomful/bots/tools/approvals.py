"""A person's word for one call of a tool: pure, with the clock passed in.

waiting ── ✅ by the requester or a moderator ──> granted ── taken, once ──> used
   ├── ❌ by one of them ──> refused
   ├── 15 minutes ──> expired            (so does what was granted and not taken)
   └── /stop, the notice redacted, the turn cancelled ──> withdrawn

The word is bound to a tool and a digest of its arguments: what is done is what was shown. There is no way back from an end,
and nothing outlives the process: what is not known is not granted.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

YES, NO = "✅", "❌"
LASTS = 15 * 60.0  # s
KEPT = 500  # requests that have ended, to say so to whoever comes too late

State = Literal["waiting", "granted", "used", "refused", "expired", "withdrawn"]
Outcome = Literal["granted", "refused", "not_yours", "too_late", "nothing"]


class Request(Struct, frozen=True):
    """What a bot wants to do."""

    room: str  # id
    notice: int  # the number of the line that asks
    bot: str  # id
    tool: str
    digest: str  # of the arguments
    requester: str  # id; empty: nobody asked, and only a moderator can approve
    until: float  # s
    state: State = "waiting"


class Approvals:
    """All requests of a host."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, int], Request] = {}  # by room and notice, oldest first

    def ask(self, now: float, room: str, notice: int, bot: str, tool: str, digest: str, requester: str) -> Request:
        """A notice asks for somebody's word."""
        request = Request(room, notice, bot, tool, digest, requester, now + LASTS)
        self._requests[room, notice] = request
        while len(self._requests) > KEPT and (old := self._oldest_ended()) is not None:
            del self._requests[old]
        return request

    def state(self, now: float, room: str, notice: int) -> State | None:
        """How a request stands; None: there is none, or it is long over."""
        request = self._current(now, room, notice)
        return request.state if request is not None else None

    def react(self, now: float, room: str, notice: int, who: str, emoji: str, *, moderator: bool) -> Outcome:
        """Somebody reacted to a line."""
        request = self._current(now, room, notice)
        if request is None or emoji not in (YES, NO):
            return "nothing"
        if request.state != "waiting":
            return "too_late"
        if not moderator and (who != request.requester or not who):
            return "not_yours"
        outcome: Literal["granted", "refused"] = "granted" if emoji == YES else "refused"
        self._become(request, outcome)
        return outcome

    def take(self, now: float, room: str, notice: int, tool: str, digest: str) -> bool:
        """Whether this may be done now. True only once, and only for the tool and the arguments that were shown."""
        request = self._current(now, room, notice)
        if request is None or request.state != "granted" or (request.tool, request.digest) != (tool, digest):
            return False
        self._become(request, "used")
        return True

    def withdraw(self, now: float, room: str, notice: int) -> bool:
        """Nobody wants it any more. Whether it was open still."""
        request = self._current(now, room, notice)
        if request is None or request.state not in ("waiting", "granted"):
            return False
        self._become(request, "withdrawn")
        return True

    def open_in(self, now: float, room: str) -> list[int]:
        """The notices in a room that wait for somebody's word."""
        found = [one.notice for one in self._requests.values() if one.room == room]
        return [notice for notice in found if self.state(now, room, notice) == "waiting"]

    def _current(self, now: float, room: str, notice: int) -> Request | None:
        request = self._requests.get((room, notice))
        if request is not None and request.state in ("waiting", "granted") and now >= request.until:
            request = self._become(request, "expired")
        return request

    def _become(self, request: Request, state: State) -> Request:
        request = self._requests[request.room, request.notice] = replace(request, state=state)
        return request

    def _oldest_ended(self) -> tuple[str, int] | None:
        return next((key for key, one in self._requests.items() if one.state not in ("waiting", "granted")), None)


def canonical(arguments: Mapping[str, Any]) -> str:
    """Arguments as one text, however they were written: JSON with its keys in order and no spaces (after RFC 8785).

    Raises ValueError: they hold what JSON cannot.
    """
    return json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(arguments: str) -> str:
    """The SHA-256 of canonical arguments."""
    return hashlib.sha256(arguments.encode("utf-8", "surrogatepass")).hexdigest()
