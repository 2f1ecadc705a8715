"""Commands that say something, or change what was said."""

from roomful.client import Line, Timeline
from roomful.terminal.commands import files
from roomful.terminal.commands.table import Command, Misused, Topic, current, cut, line_number, number_and_rest
from roomful.terminal.conversation import Conversation
from roomful.terminal.rooms import Room

_THREAD = 100  # replies shown


async def me(conversation: Conversation, text: str) -> None:
    """Say what one does."""
    if not text:
        raise Misused("What do you do? /me waves")
    await conversation.post(current(conversation), text, "action")


async def notice(conversation: Conversation, text: str) -> None:
    """Say something that no program should answer."""
    if not text:
        raise Misused("What is the notice? /notice TEXT")
    await conversation.post(current(conversation), text, "notice")


async def reply(conversation: Conversation, text: str) -> None:
    """Answer a line."""
    room = current(conversation)
    first, rest = cut(text)
    if (number := line_number(first)) is not None:
        if not rest:
            raise Misused(f"What is your answer? /reply {number} TEXT")
        await conversation.post(room, rest, reply_to=number)
        return
    last = room.last_line(conversation.client.me.id)
    if not text:
        raise Misused("What is your answer? /reply TEXT answers the last line, /reply NUMBER TEXT an earlier one.")
    if last is None:
        raise Misused("There is no line of somebody else to answer yet.")
    await conversation.post(room, text, reply_to=last.seq)


async def edit(conversation: Conversation, text: str) -> None:
    """Give a line of one's own another text: the newest, unless a number says which."""
    room = current(conversation)
    first, rest = cut(text)
    number = line_number(first)
    if number is None:
        last, rest = room.last_line(conversation.client.me.id, mine=True), text
        if last is None:
            raise Misused("You have said nothing here yet that could be edited.")
        number = last.seq
    if not rest:
        raise Misused("What is the new text? /edit TEXT changes your last line, /edit NUMBER TEXT an earlier one.")
    await conversation.act(room, conversation.client.edit(room.name, number, rest))


async def redact(conversation: Conversation, text: str) -> None:
    """Erase a line."""
    number, reason = number_and_rest(text, "/redact NUMBER [REASON]")
    room = current(conversation)
    await conversation.act(room, conversation.client.redact(room.name, number, reason))


async def react(conversation: Conversation, text: str) -> None:
    """React to a line."""
    await _react(conversation, text, on=True)


async def unreact(conversation: Conversation, text: str) -> None:
    """Take a reaction back."""
    await _react(conversation, text, on=False)


async def _react(conversation: Conversation, text: str, *, on: bool) -> None:
    usage = f"/{'react' if on else 'unreact'} NUMBER EMOJI"
    number, emoji = number_and_rest(text, usage)
    if not emoji:
        raise Misused(f"With what? {usage}, such as 👍")
    room = current(conversation)
    await conversation.act(room, conversation.client.react(room.name, number, emoji, on))


async def thread(conversation: Conversation, text: str) -> None:
    """Read a thread, or say something in it."""
    number, said = number_and_rest(text, "/thread NUMBER reads it, /thread NUMBER TEXT says something in it")
    room = current(conversation)
    if said:
        await conversation.post(room, said, thread=number)
        return
    root = await conversation.client.history(room.name, around=number, limit=1)
    page = await conversation.client.thread(room.name, number, limit=_THREAD)
    known = Timeline([*root.events, *root.changes, *page.events, *page.changes])
    lines = [line for line in (known.line(number), *known.lines(thread=number)) if line is not None]
    if not page.events:
        conversation.note(f"Nobody has answered in the thread of line {number} yet. To begin: /thread {number} TEXT")
        return
    _show(conversation, room, f"thread of line {number}", lines)
    await conversation.client.mark(room.name, page.events[-1].seq, thread=number)


async def pin(conversation: Conversation, text: str) -> None:
    """Pin a line."""
    number, _ = number_and_rest(text, "/pin NUMBER")
    room = current(conversation)
    await conversation.act(room, conversation.client.pin(room.name, number))


async def unpin(conversation: Conversation, text: str) -> None:
    """Unpin a line."""
    number, _ = number_and_rest(text, "/unpin NUMBER")
    room = current(conversation)
    await conversation.act(room, conversation.client.pin(room.name, number, on=False))


async def pins(conversation: Conversation, _: str) -> None:
    """The pinned lines, the newest pin last."""
    room = current(conversation)
    page = await conversation.client.pins(room.name)
    found = page.events
    if not found:
        conversation.note(f"Nothing is pinned in {room.title}. To pin a line: /pin NUMBER")
        return
    known = Timeline([*found, *page.changes])
    lines = [line for told in reversed(found) if (line := known.line(told.seq)) is not None]
    _show(conversation, room, f"pinned in {room.title}", lines)


def _show(conversation: Conversation, room: Room, title: str, lines: list[Line]) -> None:
    """Lines from elsewhere in the log, as they are now where that is known."""
    conversation.show(conversation.view.rule(title))
    for line in lines:
        conversation.show_message(room, room.timeline.line(line.seq) or line, numbered=True)
    conversation.show(conversation.view.rule(f"end: {title}"))


TOPIC = Topic(
    "messages",
    "answer, edit, react, pin; NUMBER is a line's, as /history shows it",
    (
        Command("reply", "[NUMBER] TEXT", "answer the last line, or line NUMBER", reply),
        Command("me", "TEXT", "say what you do", me),
        Command("edit", "[NUMBER] TEXT", "change your last line, or line NUMBER", edit),
        Command("redact", "NUMBER [REASON]", "erase a line's text for ever", redact),
        Command("react", "NUMBER EMOJI", "react to a line", react),
        Command("unreact", "NUMBER EMOJI", "take it back", unreact),
        Command("thread", "NUMBER [TEXT]", "read a line's thread, or say something in it", thread),
        Command("pin", "NUMBER", "pin a line", pin),
        Command("unpin", "NUMBER", "unpin it", unpin),
        Command("pins", "", "the pinned lines", pins),
        Command("send", "FILE [TEXT]", "send a file, with a text or without", files.send),
        Command("save", "NUMBER [FOLDER]", "save the files of line NUMBER", files.save),
        Command("notice", "TEXT", "say something that no program should answer", notice),
    ),
)
