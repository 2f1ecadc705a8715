"""Commands about bots: which there are, letting them come and talk, and saying yes or no to what they want to do."""

import json
import re
from contextlib import suppress

from roomful.client import Line
from roomful.client.bots import Do
from roomful.domain.verdicts import BotInfo
from roomful.errors import NoSuchNick, NotAllowed
from roomful.terminal.bots import manner, whereabouts
from roomful.terminal.commands import reasons
from roomful.terminal.commands.table import Command, Misused, Topic, current, cut, line_number
from roomful.terminal.conversation import Conversation
from roomful.terminal.rooms import BOT, Room

LIBRARIAN = "librarian"  # the bot that searches where there is no other: it needs no model
SEARCHES = reasons.SEARCHES
YES, NO = "✅", "❌"  # reactions to what a bot asks for
_BOT = "/bot add NAME PROVIDER:MODEL | /bot set NAME KEY VALUE | /bot remove NAME"
_ONE_WORD = ("mode", "host", "budget")  # settings behind whose value another may follow
_DUET = "/duet ELIZA PARRY [TOPIC] [--turns 12]"


async def bots(conversation: Conversation, _: str) -> None:
    """Which bots are here, and which may be fetched."""
    room = current(conversation)
    here = await conversation.list_bots(room)
    elsewhere = [bot for bot in await conversation.list_bots() if bot.bot not in {one.bot for one in here}]
    if here:
        rows = [(bot.nick, f"{whereabouts(bot)} · {_manner(bot, room)}") for bot in here]
        conversation.show(*conversation.view.pairs(rows))
    else:
        conversation.note(f"No bot is in {room.title}.")
    if elsewhere:
        known = ", ".join(f"{bot.nick} ({whereabouts(bot)})" for bot in elsewhere)
        conversation.note(f"To be fetched by /bot add NAME: {known}.")
    conversation.note("Another: /bot add NAME PROVIDER:MODEL. Why they speak or keep silent: /why")


def _manner(bot: BotInfo, room: Room) -> str:
    return manner(bot, room.name) if bot.online else f"{manner(bot, room.name)} · not connected"


# -- letting them come --------------------------------------------------------------------------------


async def bot(conversation: Conversation, text: str) -> None:
    """Let a bot come, be otherwise, or go."""
    what, rest = cut(text)
    nick, rest = cut(rest)
    nick = nick.removeprefix("@")
    if not nick:
        raise Misused(f"Which bot? {_BOT}")
    match what.lower():
        case "add":
            await _add(conversation, nick, rest)
        case "set":
            key, value = cut(rest)
            if not value:
                raise Misused(f"Set what? /bot set {nick} mode lines:5, or persona, model, budget and their value")
            await _ask(conversation, "set", nick, {key.lower(): value})
        case "remove" if not rest:
            await _ask(conversation, "remove", nick, {})
        case _:
            raise Misused(f"Do what? {_BOT}")


async def _add(conversation: Conversation, nick: str, rest: str) -> None:
    model, more = cut(rest)
    settings = _settings(more)
    if model and ":" not in model:
        raise Misused(f"{model} names no provider: /bot add {nick} PROVIDER:{model}")
    if model:  # else it is one that there is
        settings["model"] = model
    await _ask(conversation, "add", nick, settings)


def _settings(text: str) -> dict[str, str]:
    """What follows a model: `mode lines:5`, and one setting more at most, whose value is the rest. Raises Misused."""
    found: dict[str, str] = {}
    while text:
        key, rest = cut(text)
        one_word = key in _ONE_WORD and not rest.startswith("schedule:")
        value, text = cut(rest) if one_word else (rest, "")
        if not value:
            raise Misused(f"What is its {key}? {_BOT}")
        found[key] = value
    return found


async def _ask(conversation: Conversation, do: Do, nick: str, settings: dict[str, str]) -> None:
    room = current(conversation)
    try:
        said = await conversation.client.bot(room.name, do, nick, settings)
    except NoSuchNick as why:  # a bot's, which /users need not list
        raise Misused(why.message) from None
    for line in said.splitlines():
        conversation.note(line)
    conversation.bot_names.add(nick)


# -- letting them talk ----------------------------------------------------------------------------------


async def duet(conversation: Conversation, text: str) -> None:
    """Let two bots talk with each other; or more, named with commas between."""
    turns, text = _turns(text)
    first, rest = cut(text)
    names = tuple(name for name in first.split(",") if name)
    if len(names) == 1:
        second, rest = cut(rest)
        names = (*names, second)
    if len(names) < 2 or not all(names):
        raise Misused(f"Who talks with whom? {_DUET}")
    room = current(conversation)
    bots = tuple(name.removeprefix("@") for name in names)
    await conversation.act(room, conversation.client.duet(room.name, bots, rest, turns))


def _turns(text: str) -> tuple[int, str]:
    """How many lines, and the text without that. Raises Misused."""
    words = text.split()
    if "--turns" not in words:
        return 12, text
    at = words.index("--turns")
    turns = words[at + 1] if at + 1 < len(words) else ""
    if not (turns.isdecimal() and len(turns) < 4 and 2 <= int(turns) <= 500):
        raise Misused(f"How many turns, from 2 to 500? {_DUET}")
    return int(turns), " ".join(words[:at] + words[at + 2 :])


async def stop(conversation: Conversation, _: str) -> None:
    """Let the bots be quiet."""
    room = current(conversation)
    await conversation.act(room, conversation.client.stop(room.name))


async def go_on(conversation: Conversation, _: str) -> None:
    """Let the bots go on."""
    room = current(conversation)
    await conversation.act(room, conversation.client.go_on(room.name))


async def search(conversation: Conversation, text: str) -> None:
    """Ask the room's search bot, which answers everybody. If there is none, the librarian comes."""
    if not text:
        raise Misused(
            "What do you want to know? /search QUESTION asks the room's search bot; /find only looks up words."
        )
    room = current(conversation)
    here = await conversation.list_bots(room)
    found = next((bot for bot in here if _searches(bot, room)), None)
    found = found or next((bot for bot in here if bot.model == SEARCHES), None)
    if found is None:
        await _fetch_librarian(conversation, room)
    elif not found.online:
        conversation.note(f"{found.nick} is not connected just now: it answers when it is back.")
    await conversation.post(room, f"@{found.nick if found else LIBRARIAN} {text}")


async def _fetch_librarian(conversation: Conversation, room: Room) -> None:
    """Raises Misused: somebody else must."""
    known = any(bot.nick == LIBRARIAN and bot.model == SEARCHES for bot in await conversation.list_bots())
    try:
        # Whoever is there for everybody may be fetched by anybody.
        await _ask(conversation, "add", LIBRARIAN, {} if known else {"model": SEARCHES})
    except NotAllowed:
        raise Misused(
            f"No bot searches {room.title}. An owner or a moderator fetches one: /bot add {LIBRARIAN} {SEARCHES}"
        ) from None


def _searches(bot: BotInfo, room: Room) -> bool:
    """Whether the room's settings make it the one that searches."""
    for place in bot.places:
        with suppress(ValueError):
            if place.room == room.name and json.loads(place.settings).get("search") is True:
                return True
    return False


# -- what they ask for ------------------------------------------------------------------------------------


async def approve(conversation: Conversation, text: str) -> None:
    """Let a bot do what it asks for."""
    await _decide(conversation, text, YES)


async def deny(conversation: Conversation, text: str) -> None:
    """Do not let it."""
    await _decide(conversation, text, NO)


async def _decide(conversation: Conversation, text: str, emoji: str) -> None:
    room = current(conversation)
    number = line_number(text)
    if text and number is None:
        raise Misused(
            "Which one? /approve or /deny is about the last thing that was asked for; /approve NUMBER says which."
        )
    asked = _asked_for(room, number, conversation.client.me.id)
    if asked is None:
        raise Misused(f"Nothing waits for your word {f'at {number}' if number else f'in {room.title}'}.")
    await conversation.act(room, conversation.client.react(room.name, asked.seq, emoji))


def _asked_for(room: Room, number: int | None, me: str) -> Line | None:
    """The notice in which a bot asks for something: of this number, or that names it; without one, the last that is open."""
    notices = [
        line
        for line in reversed(room.timeline.lines())
        if line.sender.kind == BOT and line.style == "notice" and "/approve" in line.text
    ]
    if number is None:
        return next((line for line in notices if not _is_decided(line, me)), None)
    exact = next((line for line in notices if line.seq == number), None)
    return exact or next((line for line in notices if re.search(rf"/approve {number}\b", line.text)), None)


def _is_decided(line: Line, me: str) -> bool:
    return any(emoji in (YES, NO) and me in (one.id for one in senders) for emoji, senders in line.reactions)


TOPIC = Topic(
    "bots",
    "models in the room: who they are, why they speak, what they cost",
    (
        Command("bots", "", "which are here, where your lines go, which may be fetched", bots),
        Command(
            "bot", "add|set|remove NAME …", "let one come (PROVIDER:MODEL), change it (KEY VALUE), send it away", bot
        ),
        *reasons.WHY,
        Command("search", "QUESTION", "ask the room's search bot, which answers everybody", search),
        Command("duet", "BOT BOT [TOPIC] [--turns N]", "let two talk with each other", duet),
        Command("stop", "", "let the bots be quiet, at once", stop),
        Command("continue", "", "let them go on", go_on),
        Command("approve", "[NUMBER]", "let a bot do what it asks for", approve),
        Command("deny", "[NUMBER]", "do not let it", deny),
        *reasons.MEMORY,
    ),
)
