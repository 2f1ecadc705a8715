"""Commands about what was said before: older lines, what one has missed, and finding something again."""

from roomful.client import Line, Timeline, Told
from roomful.domain import events
from roomful.terminal.commands.table import Command, Misused, Topic, current, cut, line_number
from roomful.terminal.conversation import Conversation, unread
from roomful.terminal.rooms import Room

HISTORY = 20  # messages shown by /history
MAX_HISTORY = 500
AROUND = 20  # events shown around one
PAGE = 100  # events asked for at once
PAGES = 10  # a page may hold nothing but arrivals and departures
HITS = 20


async def history(conversation: Conversation, text: str) -> None:
    """Older lines, or those around one."""
    room = current(conversation)
    first, rest = cut(text)
    if first.lower() == "around" and (number := line_number(rest)) is not None:
        await _around(conversation, room, number)
        return
    if text and not (text.isdecimal() and 1 <= int(text) <= MAX_HISTORY):
        raise Misused(f"How many older lines? /history N, N from 1 to {MAX_HISTORY}; or /history around NUMBER")
    found = await _older(conversation, room, int(text or HISTORY))
    if not found:
        conversation.note(f"There is nothing older: {room.title} begins here.")
        return
    await _show(conversation, room, found, f"older lines of {room.title}", "end of older lines")


async def _around(conversation: Conversation, room: Room, number: int) -> None:
    page = await conversation.client.history(room.name, around=number, limit=AROUND)
    known = Timeline([*page.events, *page.changes])
    lines = [room.timeline.line(line.seq) or line for line in known.lines()]
    if not lines:
        raise Misused(f"Nobody has said anything in {room.title} around line {number}.")
    await _show(conversation, room, lines, f"around line {number} of {room.title}", "end")


async def _show(conversation: Conversation, room: Room, lines: list[Line], begin: str, end: str) -> None:
    silences = await conversation.silences(room.name, lines[0].seq, lines[-1].seq)
    conversation.show(conversation.view.rule(begin))
    day = None
    for line in lines:
        if (that := conversation.view.local(line.at).date()) != day:
            day = that
            conversation.show(conversation.view.day(line.at))
        conversation.show_message(room, line, numbered=True)
        conversation.show_silences(room, silences, line.seq)
    conversation.show(conversation.view.rule(end))


async def _older(conversation: Conversation, room: Room, wanted: int) -> list[Line]:
    """The messages before what is shown, oldest first; their room has them at hand from here on."""
    found: list[Told] = []
    for _ in range(PAGES):
        if len(found) >= wanted or room.oldest == 1:
            break
        page = await conversation.client.history(room.name, before=room.oldest, limit=PAGE)
        for told in (*page.events, *page.changes):
            room.timeline.take(told)  # edits of lines that are older still, too
        messages = [told for told in page.events if isinstance(told.body, events.Message)]
        taken = messages[-(wanted - len(found)) :]
        found[:0] = taken
        whole = len(taken) == len(messages)
        room.oldest = 1 if whole and not page.more else (page.events if whole else taken)[0].seq
    return [line for told in found if (line := room.timeline.line(told.seq)) is not None]


async def missed(conversation: Conversation, _: str) -> None:
    """What is unread, by room."""
    rows = [
        (f"@{info.peer.nick}" if info.peer else info.room, said)
        for info in await conversation.client.unread()
        if (said := unread(info))
    ]
    if rows:
        conversation.show(*conversation.view.pairs(rows))
    else:
        conversation.note("You have read everything.")


async def find(conversation: Conversation, text: str) -> None:
    """Find messages."""
    if not text:
        raise Misused('Find what? /find tea, /find "two words", /find from:alice room:#lobby after:2026-11-01 tea')
    hits = await conversation.client.search(text, limit=HITS)
    if not hits.hits:
        conversation.note("Nothing was found in the rooms that you may read.")
    for hit in hits.hits:
        room = conversation.rooms.get(hit.room)
        conversation.show(conversation.view.hit(hit, room.title if room else hit.room))
    if hits.more:
        conversation.note("There are more. To see fewer and better ones, add a word, from:NICK or room:#ROOM.")
    elif hits.hits:
        conversation.note("To read on around one of them, in its room: /history around NUMBER")
    if hits.behind:
        conversation.note("The search index is being made just now: not everything is found yet.")


TOPIC = Topic(
    "missed",
    "what you have not read, and what was said before",
    (
        Command("history", "[N] | around NUMBER", "older lines, with their numbers; or those around one", history),
        Command("unread", "", "what is unread, by room", missed),
        Command("find", "QUERY", 'search: words, "a phrase", begin*, from:NICK, room:#ROOM, before: after: DATE', find),
    ),
)
