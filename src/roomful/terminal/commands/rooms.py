"""Commands about rooms: which there are, entering and leaving them, and what their owners do with them."""

from typing import Any

from roomful.terminal.commands.table import Command, Misused, Topic, current, cut, named_room
from roomful.terminal.conversation import Conversation
from roomful.terminal.durations import DAY, parse_duration

_OFF = ("off", "0", "none")
_SETTINGS = "/set slow 30s | history joined | retention 90d | models local | private | public"


async def rooms(conversation: Conversation, _: str) -> None:
    """List the rooms."""
    for info in await conversation.list_rooms():
        room = conversation.rooms.get(info.room)
        mark = "" if room is None else "you are here" if room is conversation.current else "joined"
        conversation.show(conversation.view.room(info, mark))


async def join(conversation: Conversation, text: str) -> None:
    """Enter a room."""
    if not text or " " in text:
        raise Misused("Which room? /join #NAME enters one, and opens it if it is new.")
    before = conversation.current
    room = await conversation.enter(named_room(text))
    if room is before:
        conversation.note(f"You are in {room.title} already.")


async def leave(conversation: Conversation, text: str) -> None:
    """Leave a room."""
    room = conversation.find(named_room(text)) if text else current(conversation)
    if room is None:
        raise Misused(f"You are not in {text}. /rooms lists the rooms.")
    await conversation.leave(room)


async def create(conversation: Conversation, text: str) -> None:
    """Begin a room, and enter it."""
    name, description = cut(text)
    private = name.lower() in ("private", "--private")
    if private:
        name, description = cut(description)
    elif description.split(" ", 1)[0] == "--private":  # so it stands on command lines
        private, description = True, cut(description)[1]
    if not name:
        raise Misused("What is it called? /create #NAME, or /create private #NAME for those you invite")
    name = named_room(name)
    await conversation.client.create(name, "private" if private else "public", description=description)
    await conversation.enter(name)


async def topic(conversation: Conversation, text: str) -> None:
    """Show or set the topic."""
    room = current(conversation)
    if text:
        await conversation.act(room, conversation.client.topic(room.name, text))
    else:
        conversation.note(
            f"Topic of {room.title}: {room.topic}" if room.topic else f"{room.title} has no topic. Set one: /topic TEXT"
        )


async def describe(conversation: Conversation, text: str) -> None:
    """Show or set what the room is for."""
    room = current(conversation)
    if text:
        await conversation.act(room, conversation.client.set(room.name, description=text))
    elif room.settings.description:
        conversation.note(f"{room.title} is for: {room.settings.description}")
    else:
        conversation.note(f"Nobody has said what {room.title} is for. Say it: /describe TEXT")


async def rename(conversation: Conversation, text: str) -> None:
    """Give the room another name."""
    if not text or " " in text:
        raise Misused("What shall it be called? /rename #NAME")
    room = current(conversation)
    await conversation.act(room, conversation.client.rename(room.name, named_room(text)))


async def invite(conversation: Conversation, text: str) -> None:
    """Let somebody in."""
    if not text or " " in text:
        raise Misused("Whom? /invite NICK")
    room = current(conversation)
    await conversation.act(room, conversation.client.invite(room.name, text.removeprefix("@")))


async def change(conversation: Conversation, text: str) -> None:
    """Change a setting."""
    room = current(conversation)
    name, value = cut(text.lower())
    await conversation.act(room, conversation.client.set(room.name, **_setting(name, value)))


def _setting(name: str, value: str) -> dict[str, Any]:
    """What /set is to set. Raises Misused."""
    match name, value:
        case (("private" | "public"), ""):
            return {"kind": name}
        case ("history", ("joined" | "all")) | ("models", ("local" | "any")):
            return {name: value}
        case (("slow" | "retention"), _) if value in _OFF:
            return {name: 0}
        case "slow", _ if (seconds := _seconds(value, "s")) is not None:
            return {"slow": seconds}
        case "retention", _ if (seconds := _seconds(value, "d")) is not None and seconds % DAY == 0:
            return {"retention": seconds // DAY}
    raise Misused(f"Set what? {_SETTINGS}. 'off' ends slow and retention; history all and models any lift those.")


def _seconds(text: str, unit: str) -> int | None:
    """A length of time, in this unit where none is written."""
    return parse_duration(text + unit if text.isdecimal() else text)


async def archive(conversation: Conversation, _: str) -> None:
    """Let nobody write any more."""
    room = current(conversation)
    await conversation.act(room, conversation.client.set(room.name, archived=True))


async def unarchive(conversation: Conversation, _: str) -> None:
    """Let members write again."""
    room = current(conversation)
    await conversation.act(room, conversation.client.set(room.name, archived=False))


async def delete(conversation: Conversation, text: str) -> None:
    """Delete the room, once its name was typed again."""
    room = current(conversation)
    if text.casefold() != room.title.casefold():
        conversation.refuse(
            f"This deletes {room.title} and all that was said in it, for ever.", f"To do so, type /delete {room.title}"
        )
        return
    await conversation.client.delete(room.name)


TOPIC = Topic(
    "rooms",
    "which there are, and what owners do with theirs",
    (
        Command("rooms", "", "all rooms", rooms),
        Command("join", "#ROOM", "enter a room, or turn to one you are in", join),
        Command("leave", "[#ROOM]", "leave this room, or another", leave),
        Command("topic", "[TEXT]", "show or set the room's topic", topic),
        Command("create", "[private] #ROOM [TEXT]", "begin a room, and say what it is for", create),
        Command("invite", "NICK", "let somebody into a private room", invite),
        Command("describe", "[TEXT]", "show or say what the room is for", describe),
        Command("rename", "#ROOM", "give the room another name", rename),
        Command("set", "SETTING", f"{_SETTINGS.removeprefix('/set ')}; also /room", change, ("room",)),
        Command("archive", "", "let nobody write any more", archive),
        Command("unarchive", "", "let members write again", unarchive),
        Command("delete", "#ROOM", "delete the room and all that was said in it", delete),
    ),
)
