"""What may be typed: tables by topic. A row is a command's name, how it is used, what it does, and its handler.

`obey` takes one message as typed. What does not work is shown with what to type instead; it never raises for that.
"""

from difflib import get_close_matches

from roomful.client import ConnectionLost
from roomful.errors import RoomfulError, SlowMode
from roomful.terminal.commands import (
    account,
    bots,
    general,
    messages,
    missed,
    moderation,
    people,
    rooms,
    server,
    voice,
    webhooks,
)
from roomful.terminal.commands.table import Command, Misused, Topic, current, cut
from roomful.terminal.conversation import Conversation
from roomful.terminal.durations import spoken

_LATER = "Wait a moment and type it again."
HINTS = {
    "nick_taken": "Choose another: /nick NAME",
    "no_such_nick": "/users lists who is here.",
    "no_such_room": "/rooms lists the rooms, /join #NAME opens one.",
    "not_member": "Enter it first: /join #NAME",
    "no_such_event": "/history shows lines with their numbers.",
    "invite_only": "Ask somebody who is in it for /invite.",
    "account_required": "/register makes one, /login NAME enters one.",
    "account_taken": "Choose another: /register NAME",
    "no_such_device": "/devices lists them.",
    "no_such_webhook": "/webhooks lists them.",
    "registration_closed": "Ask the server's owner for a code: /code makes one.",
    "conversation_over": "/duet BOT BOT begins another.",
    "let_people_speak": "Say something, or type /continue.",
    "key_missing": "Then start the server again: it reads keys when it starts.",
    "key_refused": "With another key, start the server again: it reads keys when it starts.",
    "no_such_provider": "On the server's machine, roomful models lists them.",
    "model_rate_limited": _LATER,
    "model_failed": _LATER,
    "rate_limited": _LATER,
    "store_unavailable": _LATER,
}
ENDING = ("banned", "muted")  # refusals that end by themselves: how long it lasts is the hint


async def obey(conversation: Conversation, text: str) -> None:
    """Do what was typed: post a line, or run a command."""
    try:
        if not text.startswith("/"):
            await _say(conversation, text)
        elif text.startswith("//"):
            await _say(conversation, text[1:])
        else:
            name, rest = cut(text[1:])
            await _named(name, text).run(conversation, rest)
    except Misused as why:
        conversation.refuse(str(why))
    except ConnectionLost as why:
        conversation.refuse(why.message, "Type it again when the connection is back.")
    except SlowMode as why:
        conversation.refuse(why.message, f"Your line waits in the input. The next one may go out in {_rest(why)}.")
        conversation.front.give_back(text)
    except RoomfulError as why:
        conversation.refuse(why.message, _hint(why))


def is_local(text: str) -> bool:
    """Whether this is a command that needs no server."""
    command = BY_NAME.get(cut(text[1:])[0].lower()) if text.startswith("/") else None
    return command is not None and command.local


def _hint(why: RoomfulError) -> str:
    if why.code in ENDING and why.retry_after:
        return f"It ends in {_rest(why)}."
    if why.code == "not_allowed" and why.message.startswith("As a guest"):
        return "Owners and moderators may: whoever started the server becomes its owner by /register."
    if why.code == "no_such_nick" and why.field == "bots":
        return "/bots lists those that there are."
    # Whoever is named is not the one who reads this.
    return "" if why.code == "account_required" and why.field == "who" else HINTS.get(why.code, "")


def _rest(why: RoomfulError) -> str:
    return spoken(max(1.0, why.retry_after or 0.0))


def _named(name: str, text: str) -> Command:
    command = BY_NAME.get(name.lower())
    if command is not None:
        return command
    near = get_close_matches(name.lower(), BY_NAME, n=1)
    guess = f"Did you mean /{near[0]}?" if near else "/help lists what there is."
    raise Misused(f"There is no /{name}. {guess} To send the line as it is, type /{text.splitlines()[0]}")


async def _say(conversation: Conversation, text: str) -> None:
    if text.strip():
        await conversation.post(current(conversation), text)


async def _help(conversation: Conversation, text: str) -> None:
    general.help_about(conversation, text, TOPICS)


TOPICS = (
    people.TOPIC,
    rooms.TOPIC,
    messages.TOPIC,
    missed.TOPIC,
    bots.TOPIC,
    voice.TOPIC,
    moderation.TOPIC,
    webhooks.TOPIC,
    account.TOPIC,
    server.TOPIC,
    Topic(
        "general",
        "the program itself",
        (Command("help", "[TOPIC]", "the topics, or what a topic's commands do", _help, local=True), *general.COMMANDS),
    ),
)
COMMANDS = tuple(command for topic in TOPICS for command in topic.commands)
BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}
