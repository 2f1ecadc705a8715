"""Commands about people: who is here, who somebody is, and how one is there oneself."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from roomful.domain.answers import MemberInfo, Person
from roomful.domain.events import parse_timestamp
from roomful.domain.verdicts import BotInfo
from roomful.errors import Refused
from roomful.terminal.bots import whereabouts
from roomful.terminal.commands.table import Command, Misused, Topic, current, cut
from roomful.terminal.conversation import Conversation
from roomful.terminal.rooms import BOT


async def users(conversation: Conversation, _: str) -> None:
    """Who is in the room."""
    room = current(conversation)
    members = await conversation.client.members(room.name)
    known = {bot.bot: bot for bot in await _bots(conversation, members)}
    conversation.show(conversation.view.members(room.title, members, known))


async def _bots(conversation: Conversation, members: Sequence[MemberInfo]) -> tuple[BotInfo, ...]:
    """What is known of the bots among them; nothing, where nobody can tell."""
    if any(member.kind == BOT for member in members):
        with suppress(Refused):
            return await conversation.list_bots(current(conversation))
    return ()


async def whois(conversation: Conversation, text: str) -> None:
    """Who somebody is."""
    if not text or " " in text:
        raise Misused("Who is whom? /whois NICK")
    person = await conversation.client.whois(text.removeprefix("@"))
    about = _about(conversation, person)
    if person.kind == BOT:
        about[0:1] = [whereabouts(bot) for bot in await conversation.list_bots() if bot.bot == person.id] or about[0:1]
    conversation.note(f"{person.nick}: {', '.join(about)}.")


def _about(conversation: Conversation, person: Person) -> list[str]:
    parts = [person.kind if person.account is None or person.kind == "bot" else f"account {person.account}"]
    if person.id == conversation.client.me.id:
        parts.insert(0, "you")
    if person.online:
        parts.append("here" if person.state == "online" else conversation.view.status(person.state, person.text))
    elif person.seen:
        parts.append(f"last seen {_when(conversation, person.seen)}")
    if person.rooms:
        parts.append(f"with you in {' '.join(person.rooms)}")
    return parts


def _when(conversation: Conversation, timestamp: str) -> str:
    at = parse_timestamp(timestamp)
    local: datetime = conversation.view.local(at)
    return f"{local:%Y-%m-%d %H:%M}"


async def nick(conversation: Conversation, text: str) -> None:
    """Take another nick."""
    if not text:
        raise Misused(f"You are {conversation.client.me.nick}. To change it: /nick NAME")
    new = await conversation.client.nick(text)
    conversation.nick = new
    conversation.note(f"You are now called {new}.")


async def msg(conversation: Conversation, text: str) -> None:
    """Talk with one person."""
    nick, said = cut(text)
    if not nick:
        raise Misused("Tell whom what? /msg NICK TEXT")
    room = await conversation.enter("@" + nick.removeprefix("@"), turn=not said)
    if said:
        await conversation.post(room, said)


async def away(conversation: Conversation, text: str) -> None:
    """Say that one is away."""
    await conversation.being.away(text)
    conversation.note(f"You are away{f': {text}' if text else ''}. When you are back: /back")


async def back(conversation: Conversation, _: str) -> None:
    """Say that one is back."""
    await conversation.being.back()
    conversation.note("You are back.")


TOPIC = Topic(
    "people",
    "who is here, and how you are there",
    (
        Command("users", "", "who is in the room; also /who", users, ("who",)),
        Command("whois", "NICK", "who somebody is, and when last seen", whois),
        Command("msg", "NICK [TEXT]", "talk with one person; only you two read it", msg),
        Command("nick", "NAME", "change your nick", nick),
        Command("away", "[TEXT]", "say that you are away, and why", away),
        Command("back", "", "say that you are back", back),
    ),
)
