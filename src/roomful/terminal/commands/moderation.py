"""Commands of moderators. Each is in the room's log, with its reason, for all to read."""

import ipaddress
from typing import Literal, cast

from roomful.domain.answers import SanctionInfo
from roomful.domain.events import parse_timestamp
from roomful.terminal.commands.table import (
    Command,
    Misused,
    Topic,
    current,
    cut,
    line_number,
    nick_and_rest,
    seconds_and_reason,
)
from roomful.terminal.conversation import Conversation

_BAN = "/ban NICK 2h too loud. Also a pattern of nicks, spam*, or an address, 192.0.2.7"
_ROLES = ("owner", "moderator", "member")
_LOG = 30  # acts shown


async def kick(conversation: Conversation, text: str) -> None:
    """End somebody's membership."""
    nick, reason = nick_and_rest(text, "/kick NICK [REASON]")
    room = current(conversation)
    await conversation.act(room, conversation.client.kick(room.name, nick, reason))


async def ban(conversation: Conversation, text: str) -> None:
    """Let somebody in no more."""
    whom, rest = nick_and_rest(text, _BAN)
    seconds, reason = seconds_and_reason(rest)
    room, client = current(conversation), conversation.client
    if "*" in whom or "?" in whom:
        asked = client.ban(room.name, mask=whom, seconds=seconds, reason=reason)
    elif _is_address(whom):
        asked = client.ban(room.name, address=whom, seconds=seconds, reason=reason)
    else:
        asked = client.ban(room.name, whom, seconds=seconds, reason=reason)
    await conversation.act(room, asked)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


async def bans(conversation: Conversation, _: str) -> None:
    """Who is banned, and who is muted."""
    room = current(conversation)
    found = await conversation.client.bans(room.name)
    if not found:
        conversation.note(f"Nobody is banned from {room.title}, or muted in it.")
        return
    for one in found:
        conversation.note(f"{one.seq} {_described(conversation, one)}")
    conversation.note("To lift one: /unban NUMBER, or /unmute NICK")


def _described(conversation: Conversation, one: SanctionInfo) -> str:
    """'ban of bob by ann until 2026-11-20 10:00: too loud'."""
    until = ""
    if one.until is not None:
        until = f" until {conversation.view.local(parse_timestamp(one.until)):%Y-%m-%d %H:%M}"
    return f"{one.what} of {_whom(one)} by {one.by.nick}{until}{f': {one.reason}' if one.reason else ''}"


def _whom(one: SanctionInfo) -> str:
    return one.nick or one.mask or one.address


async def unban(conversation: Conversation, text: str) -> None:
    """Lift a ban, by its number or by whom it is about."""
    if not text or " " in text:
        raise Misused("Which ban? /unban NUMBER, or /unban NICK. /bans lists them.")
    room = current(conversation)
    number = line_number(text)
    if number is None:
        wanted = text.removeprefix("@").casefold()
        found = (
            one
            for one in await conversation.client.bans(room.name)
            if one.what == "ban" and _whom(one).casefold() == wanted
        )
        if (first := next(found, None)) is None:
            raise Misused(f"{text} is not banned from {room.title}. /bans lists who is.")
        number = first.seq
    await conversation.act(room, conversation.client.unban(room.name, number))


async def mute(conversation: Conversation, text: str) -> None:
    """Let somebody read, and say nothing."""
    nick, rest = nick_and_rest(text, "/mute NICK [10m] [REASON]")
    seconds, reason = seconds_and_reason(rest)
    room = current(conversation)
    await conversation.act(room, conversation.client.mute(room.name, nick, seconds=seconds, reason=reason))


async def unmute(conversation: Conversation, text: str) -> None:
    """Let somebody speak again."""
    nick, _ = nick_and_rest(text, "/unmute NICK")
    room = current(conversation)
    await conversation.act(room, conversation.client.unmute(room.name, nick))


async def role(conversation: Conversation, text: str) -> None:
    """Give a member another role."""
    nick, rest = nick_and_rest(text, "/role NICK moderator")
    wanted = cut(rest)[0].lower()
    if wanted not in _ROLES:
        raise Misused(f"Which role? /role {nick} owner, /role {nick} moderator or /role {nick} member")
    room = current(conversation)
    new = cast("Literal['owner', 'moderator', 'member']", wanted)
    await conversation.act(room, conversation.client.role(room.name, nick, new))


async def log(conversation: Conversation, text: str) -> None:
    """Who did what, the newest last."""
    if text and line_number(text) is None:
        raise Misused("How many acts? /log N")
    room = current(conversation)
    page = await conversation.client.acts(room.name, limit=min(500, line_number(text) or _LOG))
    if not page.events:
        conversation.note(f"Nothing was done in {room.title} yet that stands in its moderation log.")
        return
    conversation.show(conversation.view.rule(f"moderation log of {room.title}"))
    day = None
    for told in reversed(page.events):
        if (that := conversation.view.local(told.at).date()) != day:
            day = that
            conversation.show(conversation.view.day(told.at))
        conversation.show(conversation.view.fact(told))
    conversation.show(conversation.view.rule("end of the log"))


TOPIC = Topic(
    "moderation",
    "what moderators do; /log shows it to everybody",
    (
        Command("kick", "NICK [REASON]", "put somebody out, who may come back", kick),
        Command("ban", "NICK|NICK*|ADDRESS [2h] [REASON]", "put out and let in no more, for a time or for good", ban),
        Command("unban", "NUMBER|NICK", "lift a ban", unban),
        Command("bans", "", "who is banned or muted, and until when", bans),
        Command("mute", "NICK [10m] [REASON]", "let somebody read, and say nothing", mute),
        Command("unmute", "NICK", "let somebody speak again", unmute),
        Command("role", "NICK ROLE", "make somebody owner, moderator or member", role),
        Command("log", "[N]", "the moderation log: who did what", log),
    ),
)
