"""Commands about webhooks: programs that post here, and addresses that are told what is said here."""

from roomful.domain.answers import WebhookMade
from roomful.domain.events import parse_timestamp
from roomful.domain.webhooks import WebhookInfo
from roomful.terminal.commands.table import Command, Misused, Topic, current, cut
from roomful.terminal.conversation import Conversation

_USAGE = "/webhook in NAME | out URL [message edit …] | renew N | off N | on N | remove N"
_ONCE = "Keep it secret; it is shown only now. /webhooks lists what there is, /webhook renew makes another."


async def webhook(conversation: Conversation, text: str) -> None:
    """Make a webhook, or change or remove one."""
    what, rest = cut(text)
    match what.lower():
        case "in" if rest:
            await _incoming(conversation, rest)
        case "out" if rest:
            await _outgoing(conversation, rest)
        case "renew":
            await _renew(conversation, rest)
        case "on" | "off" as how:
            await _switch(conversation, rest, on=how == "on")
        case "remove":
            await _remove(conversation, rest)
        case _:
            raise Misused(f"Do what? {_USAGE}")


async def _incoming(conversation: Conversation, name: str) -> None:
    if " " in name:
        raise Misused("A webhook's name is one word, as nicks are: /webhook in deploys")
    _show_address(conversation, await conversation.client.webhook_in(current(conversation).name, name))


def _show_address(conversation: Conversation, made: WebhookMade) -> None:
    conversation.note(f"Programs post here by: {made.url}")
    if not made.address.startswith("http"):
        conversation.note("In front of that stands the address at which the server's HTTP port is reached.")
    conversation.note(
        f'curl --json \'{{"text": "hello"}}\' {made.url if made.address.startswith("http") else "ADDRESS"}'
    )
    conversation.note(_ONCE)


async def _outgoing(conversation: Conversation, rest: str) -> None:
    url, events = cut(rest)
    made = await conversation.client.webhook_out(current(conversation).name, url, events.split())
    conversation.note(f"What is sent there is signed with: {made.secret}")
    conversation.note(_ONCE)


async def _renew(conversation: Conversation, rest: str) -> None:
    one = await _numbered(conversation, rest)
    made = await conversation.client.webhook_renew(current(conversation).name, one.webhook)
    if one.way == "in":
        _show_address(conversation, made)
    else:
        conversation.note(f"What is sent to {one.url} is signed from now on with: {made.secret}")
        conversation.note(_ONCE)


async def _switch(conversation: Conversation, rest: str, *, on: bool) -> None:
    number, more = cut(rest)
    if more not in ("", "skip"):
        raise Misused("/webhook on N goes on where it stopped; /webhook on N skip leaves out what was said meanwhile")
    one = await _numbered(conversation, number)
    if one.way == "in":
        raise Misused("One that posts here is not switched off: /webhook renew N, or /webhook remove N")
    await conversation.client.webhook_switch(current(conversation).name, one.webhook, on=on, skip=more == "skip")
    conversation.note(f"{one.url} is told {'what is said here' if on else 'nothing'} from now on.")


async def _remove(conversation: Conversation, rest: str) -> None:
    one = await _numbered(conversation, rest)
    await conversation.client.webhook_drop(current(conversation).name, one.webhook)
    conversation.note(f"{one.name or one.url} is removed.")


async def webhooks(conversation: Conversation, _: str) -> None:
    """Which there are."""
    room = current(conversation)
    found = await conversation.client.webhooks(room.name)
    if not found:
        conversation.note(f"{room.title} has no webhook. Programs post here by one: /webhook in NAME")
    for number, one in enumerate(found, 1):
        conversation.note(f"{number} {_described(conversation, one)}")


async def _numbered(conversation: Conversation, text: str) -> WebhookInfo:
    """The webhook with this number in the list. Raises Misused."""
    found = await conversation.client.webhooks(current(conversation).name)
    if not text.isdecimal() or not 0 < int(text[:9]) <= len(found):
        raise Misused("Which one? /webhooks lists them with their numbers.")
    return found[int(text) - 1]


def _described(conversation: Conversation, one: WebhookInfo) -> str:
    """'in deploys, by ann' or 'out https://example.org (message), by ann: it answers 500 since 12:10, 3 events wait'."""
    if one.way == "in":
        return f"in: programs post as {one.name}, by {one.by.nick}"
    what = f" ({', '.join(one.events)})" if one.events else ""
    return f"out: {one.url}{what}, by {one.by.nick}{_trouble(conversation, one)}"


def _trouble(conversation: Conversation, one: WebhookInfo) -> str:
    if one.state == "on":
        return ""
    if one.state != "failing":
        return f": off ({one.reason})"
    since = f" since {conversation.view.local(parse_timestamp(one.since)):%Y-%m-%d %H:%M}" if one.since else ""
    return f": {one.reason}{since}; {one.behind} event{'' if one.behind == 1 else 's'} wait"


TOPIC = Topic(
    "webhooks",
    "programs that post here, and addresses that are told what is said here",
    (
        Command(
            "webhook", "in|out|renew|off|on|remove …", "in NAME: a secret address; out URL: tell what is said", webhook
        ),
        Command("webhooks", "", "which there are, and whether they work", webhooks),
    ),
)
