"""Signals: told to whoever is there, never logged. A lost one is no loss: the next `state` tells how things are."""

from typing import Annotated

from msgspec import Meta, Struct

from roomful.domain.events import Sender
from roomful.domain.verdicts import Verdict


class Signal(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type", tag=str.lower):
    """What a signal says. One subclass per type."""


class Typing(Signal, frozen=True):
    """The sender types, or stopped typing. Forget it after 6 seconds, or at the sender's next event."""

    on: Annotated[bool, Meta(description="False: stopped without sending.")] = True
    speaking: Annotated[bool, Meta(description="It speaks: a clip of its is being made text of.")] = False


class Status(Struct, frozen=True, gc=False, omit_defaults=True):
    """How somebody is there."""

    id: Annotated[str, Meta(description="The participant's id.")]
    state: Annotated[str, Meta(description="`online`, `idle` or `away`.")] = "online"
    text: Annotated[str, Meta(description="What it says of that.")] = ""


class Presence(Signal, frozen=True):
    """Who came, who lost the connection, who went: all changes of the last second. Told without a sender."""

    online: Annotated[tuple[Sender, ...], Meta(description="Connected now, and were not before.")] = ()
    reconnecting: Annotated[tuple[str, ...], Meta(description="Ids: connection lost less than 15 s ago.")] = ()
    gone: Annotated[tuple[str, ...], Meta(description="Ids: not connected any more.")] = ()
    status: Annotated[tuple[Status, ...], Meta(description="Those who are there in another way than before.")] = ()
    count: Annotated[int, Meta(description="How many are connected now.")] = 0
    more: Annotated[bool, Meta(description="There were more changes than fit; ask `members`.")] = False


class Draft(Signal, frozen=True):
    """A part of an answer that is still being written."""

    draft: Annotated[str, Meta(description="The draft's id.")]
    at: Annotated[int, Meta(description="Where the part goes, in code points from the start.")]
    append: Annotated[str, Meta(description="The part.")] = ""
    dropped: Annotated[bool, Meta(description="Nothing comes of it: forget what was shown.")] = False


class Decision(Signal, frozen=True):
    """A bot spoke, or was silent, where some would have expected an answer. Told without a sender."""

    verdict: Annotated[Verdict, Meta(description="What it made of which lines, and why.")]
    nick: Annotated[str, Meta(description="What the bot is called.")] = ""
    tell: Annotated[tuple[str, ...], Meta(description="Ids of those who would have expected it.")] = ()


class Asked(Signal, frozen=True):
    """To a bot host: the sender wants a bot to come, to be otherwise, or to go. Answer with `reply`."""

    ask: Annotated[int, Meta(description="Its number, for the `reply`.")]
    do: Annotated[str, Meta(description="`add`, `set`, `remove`, or `fetch` for a conversation.")]
    nick: Annotated[str, Meta(description="The bot's nick.")]
    settings: Annotated[dict[str, str], Meta(description="As in `bot`.")] = {}


class OpenDraft(Struct, frozen=True, gc=False):
    """A draft as far as it has grown."""

    draft: Annotated[str, Meta(description="The draft's id.")]
    sender: Annotated[Sender, Meta(description="Who writes it.")]
    text: Annotated[str, Meta(description="All of it so far.")]


class State(Signal, frozen=True):
    """How things are in the room: told once, when a reader has caught up."""

    here: Annotated[tuple[Sender, ...], Meta(description="Who is connected; at most 100.")] = ()
    count: Annotated[int, Meta(description="How many are connected.")] = 0
    typing: Annotated[tuple[str, ...], Meta(description="Ids of those who type.")] = ()
    drafts: Annotated[tuple[OpenDraft, ...], Meta(description="Answers that are still being written.")] = ()
    status: Annotated[tuple[Status, ...], Meta(description="Of those here, who is not plainly `online`.")] = ()


class Direct(Signal, frozen=True):
    """A direct room of yours, which this connection has not joined, has news. Join it `after` what you have."""

    head: Annotated[int, Meta(description="The room's newest event.")]
    peer: Annotated[Sender, Meta(description="The other participant.")]


class Marked(Signal, frozen=True):
    """On another device of yours, the room was read up to here. Told without a sender."""

    seq: Annotated[int, Meta(description="The newest event read.")]
    thread: Annotated[int | None, Meta(description="In this thread; absent: in the room.")] = None


class Invited(Signal, frozen=True):
    """The sender lets you enter this private room: `join` it."""


class Removed(Signal, frozen=True):
    """You do not follow this room any more. Told without a sender."""

    reason: Annotated[
        str,
        Meta(description="`left` (on another device), `kicked`, `banned` or `deleted`; take another word for `left`."),
    ] = "left"


KnownSignal = Typing | Presence | Draft | State | Direct | Marked | Invited | Removed | Decision | Asked
