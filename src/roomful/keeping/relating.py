"""The rows that a recorded event brings with it, as far as they are about its room's log: derived again at an import."""

from collections.abc import Iterator
from typing import Literal

from roomful.domain import events as e
from roomful.store import LogAct, Mention, Relate, Row, Unpin

What = Literal["edit", "reaction", "redaction", "thread", "pin", "unpin"]


def rows_of(room: str, seq: int, body: e.KnownBody | e.Unknown) -> Iterator[Row]:
    """What finds the event by the line it is about, by whom it mentions, and as an act."""
    if isinstance(body, e.Message | e.Edit) and body.redacted is None:
        everybody = ("*",) if isinstance(body, e.Message) and body.everybody else ()
        if named := (*body.mentions, *everybody):
            yield Mention(room, seq, named)
    if (found := _about(body)) is not None and found[0] < seq:
        target, what = found
        yield Relate(room, target, seq, what) if what != "unpin" else Unpin(room, target)
        if what == "redaction":
            yield Unpin(room, target)
    if isinstance(body, e.ACTS):
        yield LogAct(room, seq)


def _about(body: e.KnownBody | e.Unknown) -> tuple[int, What] | None:
    """Which line the event is about, and in which way."""
    match body:
        case e.Message(thread=int(thread)):
            return thread, "thread"
        case e.Edit(target=target):
            return target, "edit"
        case e.Reaction(target=target):
            return target, "reaction"
        case e.Redaction(target=target):
            return target, "redaction"
        case e.Pin(target=target, on=on):
            return target, "pin" if on else "unpin"
    return None
