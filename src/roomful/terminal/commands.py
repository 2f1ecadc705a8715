"""What may be typed: one table. A row is a command's name, how it is used, what it does, and its handler.

`obey` takes one message as typed. What does not work is shown with what to type instead; it never raises for that.
"""

from collections.abc import Awaitable, Callable
from difflib import get_close_matches
from typing import NamedTuple

from roomful.client import ConnectionLost
from roomful.domain import events
from roomful.errors import RoomfulError
from roomful.protocol.native import Told
from roomful.terminal import own
from roomful.terminal.conversation import Conversation
from roomful.terminal.rooms import Room
from roomful.terminal.tracing import LEVELS

HISTORY = 20  # messages shown by /history
MAX_HISTORY = 500
PAGE = 100  # events asked for at once
PAGES = 10  # a page may hold nothing but arrivals and departures

HINTS = {
    "nick_taken": "Choose another: /nick NAME",
    "no_such_nick": "/users lists who is here.",
    "no_such_room": "/rooms lists the rooms, /join #NAME opens one.",
    "not_member": "Enter it first: /join #NAME",
    "no_such_event": "/history shows lines with their numbers.",
    "rate_limited": "Wait a moment and type it again.",
    "store_unavailable": "Wait a moment and type it again.",
}


class Misused(Exception):
    """A command was typed in a way it cannot be. The message is the sentence to show."""


class Command(NamedTuple):
    """One row."""

    name: str
    usage: str  # what follows the name
    help: str
    run: Callable[[Conversation, str], Awaitable[None]]
    aliases: tuple[str, ...] = ()
    local: bool = False  # needs no server: done at once, whatever else waits for one


async def obey(conversation: Conversation, text: str) -> None:
    """Do what was typed: post a line, or run a command."""
    try:
        if not text.startswith("/"):
            await _say(conversation, text)
        elif text.startswith("//"):
            await _say(conversation, text[1:])
        else:
            name, rest = _cut(text[1:])
            await _named(name, text).run(conversation, rest)
    except Misused as why:
        conversation.refuse(str(why))
    except ConnectionLost as why:
        conversation.refuse(why.message, "Type it again when the connection is back.")
    except RoomfulError as why:
        conversation.refuse(why.message, HINTS.get(why.code, ""))


def is_local(text: str) -> bool:
    """Whether this is a command that needs no server."""
    command = BY_NAME.get(_cut(text[1:])[0].lower()) if text.startswith("/") else None
    return command is not None and command.local


def _named(name: str, text: str) -> Command:
    command = BY_NAME.get(name.lower())
    if command is not None:
        return command
    near = get_close_matches(name.lower(), BY_NAME, n=1)
    guess = f"Did you mean /{near[0]}?" if near else "/help lists what there is."
    raise Misused(f"There is no /{name}. {guess} To send the line as it is, type /{text.splitlines()[0]}")


def _cut(text: str) -> tuple[str, str]:
    """The first word, and what follows it."""
    name, *rest = text.split(maxsplit=1)[:2] if text.strip() else [""]
    return name, rest[0].strip() if rest else ""


# -- the handlers -----------------------------------------------------------------------------------


async def _help(conversation: Conversation, _: str) -> None:
    rows = [(f"/{c.name} {c.usage}".rstrip(), c.help) for c in COMMANDS]
    conversation.show(*conversation.view.pairs(rows))
    conversation.note("Anything else is sent to the room. //text sends /text.")
    if conversation.front.live:
        conversation.note("Tab completes; ↑ and ↓ recall; Alt-Enter starts a new line; Ctrl-D leaves.")


async def _users(conversation: Conversation, _: str) -> None:
    room = _current(conversation)
    members = await conversation.client.members(room.name)
    conversation.show(conversation.view.members(room.title, members))


async def _rooms(conversation: Conversation, _: str) -> None:
    for info in await conversation.list_rooms():
        room = conversation.rooms.get(info.room)
        mark = "" if room is None else "you are here" if room is conversation.current else "joined"
        conversation.show(conversation.view.room(info, mark))


async def _join(conversation: Conversation, text: str) -> None:
    if not text or " " in text:
        raise Misused("Which room? /join #NAME enters one, and opens it if it is new.")
    before = conversation.current
    room = await conversation.enter(text if text[0] in "#@!" else f"#{text}")
    if room is before:
        conversation.note(f"You are in {room.title} already.")


async def _leave(conversation: Conversation, text: str) -> None:
    room = conversation.find(text if text[:1] in "#@!" else f"#{text}") if text else _current(conversation)
    if room is None:
        raise Misused(f"You are not in {text}. /rooms lists the rooms.")
    await conversation.leave(room)


async def _nick(conversation: Conversation, text: str) -> None:
    if not text:
        raise Misused(f"You are {conversation.client.me.nick}. To change it: /nick NAME")
    nick = await conversation.client.nick(text)
    conversation.nick = nick
    conversation.note(f"You are now called {nick}.")


async def _me(conversation: Conversation, text: str) -> None:
    if not text:
        raise Misused("What do you do? /me waves")
    await conversation.post(_current(conversation), text, "action")


async def _msg(conversation: Conversation, text: str) -> None:
    nick, said = _cut(text)
    if not nick:
        raise Misused("Tell whom what? /msg NICK TEXT")
    room = await conversation.enter("@" + nick.removeprefix("@"), turn=not said)
    if said:
        await conversation.post(room, said)


async def _topic(conversation: Conversation, text: str) -> None:
    room = _current(conversation)
    if text:
        receipt = await conversation.client.topic(room.name, text)
        await conversation.until_shown(room, receipt.seq)
    else:
        conversation.note(
            f"Topic of {room.title}: {room.topic}" if room.topic else f"{room.title} has no topic. Set one: /topic TEXT"
        )


async def _history(conversation: Conversation, text: str) -> None:
    if text and not (text.isdecimal() and 1 <= int(text) <= MAX_HISTORY):
        raise Misused(f"How many older lines? /history N, N from 1 to {MAX_HISTORY}")
    room = _current(conversation)
    found = await _older(conversation, room, int(text or HISTORY))
    if not found:
        conversation.note(f"There is nothing older: {room.title} begins here.")
        return
    conversation.show(conversation.view.rule(f"older lines of {room.title}"))
    day = None
    for told in found:
        if (that := conversation.view.local(told.at).date()) != day:
            day = that
            conversation.show(conversation.view.day(told.at))
        assert isinstance(told.body, events.Message)
        conversation.show_message(room, told, told.body, numbered=True)
    conversation.show(conversation.view.rule("end of older lines"))


async def _older(conversation: Conversation, room: Room, wanted: int) -> list[Told]:
    """The messages before what is shown, oldest first; their room has them at hand from here on."""
    found: list[Told] = []
    for _ in range(PAGES):
        if len(found) >= wanted or room.oldest == 1:
            break
        page = await conversation.client.history(room.name, before=room.oldest, limit=PAGE)
        messages = [told for told in page.events if isinstance(told.body, events.Message)]
        taken = messages[-(wanted - len(found)) :]
        found[:0] = taken
        whole = len(taken) == len(messages)
        room.oldest = 1 if whole and not page.more else (page.events if whole else taken)[0].seq
    for told in found:
        room.recent[told.seq] = told
    return found


async def _reply(conversation: Conversation, text: str) -> None:
    room = _current(conversation)
    first, rest = _cut(text)
    number = first.removeprefix("#")
    if number.isdecimal() and int(number) > 0:
        if not rest:
            raise Misused(f"What is your answer? /reply {number} TEXT")
        await conversation.post(room, rest, reply_to=int(number))
        return
    last = room.last_line(conversation.client.me.id)
    if not text:
        raise Misused("What is your answer? /reply TEXT answers the last line, /reply NUMBER TEXT an earlier one.")
    if last is None:
        raise Misused("There is no line of somebody else to answer yet.")
    await conversation.post(room, text, reply_to=last.seq)


async def _trace(conversation: Conversation, text: str) -> None:
    switch, wanted = conversation.trace, text.lower()
    if wanted == "off":
        switch.level = None
    elif wanted in LEVELS:
        switch.level = wanted
    elif wanted:
        raise Misused("Trace what? /trace status, /trace frames, /trace bytes, or /trace off")
    conversation.note(
        f"The trace shows: {switch.level}." if switch.level else "The trace is off. /trace frames switches it on."
    )


async def _exit(conversation: Conversation, _: str) -> None:
    conversation.leaving.set()


async def _say(conversation: Conversation, text: str) -> None:
    if text.strip():
        await conversation.post(_current(conversation), text)


def _current(conversation: Conversation) -> Room:
    if conversation.current is None:
        raise Misused("You are in no room. Enter one: /join #lobby")
    return conversation.current


COMMANDS = (
    Command("help", "", "this list", _help, local=True),
    Command("users", "", "who is in the room; also /who", _users, ("who",)),
    Command("rooms", "", "all rooms", _rooms),
    Command("join", "#ROOM", "enter a room, or turn to one you are in", _join),
    Command("leave", "[#ROOM]", "leave this room, or another", _leave),
    Command("nick", "NAME", "change your nick", _nick),
    Command("me", "TEXT", "say what you do", _me),
    Command("msg", "NICK [TEXT]", "talk with one person; only you two read it", _msg),
    Command("topic", "[TEXT]", "show or set the room's topic", _topic),
    Command("history", "[N]", "older lines, with their numbers", _history),
    Command("reply", "[NUMBER] TEXT", "answer the last line, or line NUMBER", _reply),
    Command("trace", "[LEVEL]", "show the protocol: status, frames, bytes, off", _trace, local=True),
    Command("devices", "", "the devices that are logged in to your account", own.devices),
    Command("revoke", "DEVICE", "log one of them out", own.revoke),
    Command("logout", "", "log this device out of your account, and leave", own.logout),
    Command("exit", "", "leave; also /quit", _exit, ("quit",), local=True),
)

BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}
