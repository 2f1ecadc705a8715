"""Commands that ask why bots speak or keep silent, what they have used, and what they remember."""

from collections.abc import Sequence

from roomful.domain.answers import MemoryList, UsageList
from roomful.domain.verdicts import Memory, Total, Used, Verdict
from roomful.terminal.bots import days, total
from roomful.terminal.commands.table import Command, Misused, current, cut, line_number
from roomful.terminal.conversation import Conversation
from roomful.terminal.rooms import Room
from roomful.terminal.view import counted, listed

WEEK, MONTH = 7, 30  # days
MOST_DAYS = 400
SHORT = 4  # characters of an id, at least
_TO_BOTS = ("said_by_bot", "conversation_line", "notice")  # rules: a program said it
SEARCHES = "offline:librarian"
SPEECH = {"listen": "listening", "speak": "reading out"}


# -- why ------------------------------------------------------------------------------------------


async def why(conversation: Conversation, text: str) -> None:
    """Why bots spoke, or were silent: at a line, or of late."""
    room = current(conversation)
    if text.lower() in ("totals", "total"):
        await _totals(conversation, room)
        return
    number = line_number(text)
    if text and number is None:
        raise Misused(
            "Why what? /why tells each bot's last decision, /why NUMBER those about a line, /why totals the sum."
        )
    found = await conversation.client.why(room.name, number)
    if not found.verdicts:
        about = f"about line {number}" if number else f"in {room.title}"
        conversation.note(f"No bot has decided anything {about} yet.")
    told = found.verdicts if number else await _wondered_about(conversation, room, found.verdicts)
    for verdict in reversed(told):
        conversation.show(*conversation.view.verdict(verdict, found.nicks.get(verdict.bot, "")))


async def _wondered_about(conversation: Conversation, room: Room, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """Without silences that nobody wonders about, unless there is nothing else to tell."""
    librarians = {bot.bot for bot in await conversation.list_bots(room) if bot.model == SEARCHES}
    told = [
        verdict
        for verdict in verdicts
        if verdict.rule not in _TO_BOTS and not (verdict.bot in librarians and verdict.verdict == "not_addressed")
    ]
    return told or verdicts


async def _totals(conversation: Conversation, room: Room) -> None:
    """What all decisions came to: what was said, what was left unsaid and by which rule, and what that used."""
    decided = await conversation.client.why(room.name, totals=True)
    for bot in dict.fromkeys(one.bot for one in decided.totals):
        conversation.note(
            f"{decided.nicks.get(bot, 'a bot')} {_counted([one for one in decided.totals if one.bot == bot])}"
        )
    today = await conversation.client.usage(room.name)
    month = await conversation.client.usage(room.name, days=MONTH)
    for bot in dict.fromkeys(one.bot for one in month.used if not one.speech):
        sums = _sums(*([one for one in used if one.bot == bot] for used in (today.used, month.used)))
        conversation.note(f"{month.nicks.get(bot, 'a bot')}: {sums}")
    conversation.note(f"{room.title}: {_sums(today.used, month.used)}. Silence costs nothing.")


def _counted(totals: Sequence[Total]) -> str:
    """'answered 12 lines and kept silent at 240 in 7 days: two_people 198, named_only_people 42.'"""
    answered = sum(one.lines for one in totals if one.verdict == "answered")
    silent = sorted((one for one in totals if one.verdict != "answered" and one.lines), key=lambda one: -one.lines)
    rules = ", ".join(f"{one.rule} {one.lines:,}" for one in silent)
    kept = f"kept silent at {sum(one.lines for one in silent):,} {days(WEEK)}"
    return f"answered {counted(answered, 'line')} and {kept}{f': {rules}' if rules else ''}."


def _sums(today: Sequence[Used], month: Sequence[Used]) -> str:
    """'3 answers, 535 tokens today; 51 answers, 9,814 tokens in 30 days'."""
    lately = total(month)
    return f"{lately} today" if lately == total(today) else f"{total(today)} today; {lately} {days(MONTH)}"


# -- for how much -----------------------------------------------------------------------------------


async def usage(conversation: Conversation, text: str) -> None:
    """What the room's bots have used: by model, and for whom."""
    room = current(conversation)
    if text and not (text.isdecimal() and len(text) < 4 and 1 <= int(text) <= MOST_DAYS):
        raise Misused(f"Of how many days? /usage N, N from 1 to {MOST_DAYS}")
    count = int(text or 1)
    found = await conversation.client.usage(room.name, days=count)
    if found.used:
        conversation.show(*conversation.view.pairs(_rows(found)))
    conversation.note(f"{room.title} {days(count)}: {total(found.used)}.")
    if found.more:
        conversation.note("There is more than fits: ask for fewer days.")


def _rows(found: UsageList) -> list[tuple[str, str]]:
    """By bot and model, then by person."""
    by_model: dict[tuple[str, str, str], list[Used]] = {}
    by_person: dict[str, list[Used]] = {}
    for one in found.used:
        by_model.setdefault((one.speech, one.bot, one.model), []).append(one)
        by_person.setdefault(one.person, []).append(one)
    rows = [
        (SPEECH.get(speech) or found.nicks.get(bot, "a bot"), f"{total(used)}{f' · {model}' if model else ''}")
        for (speech, bot, model), used in by_model.items()
    ]
    if any(by_person):
        rows += [
            (f"for {found.nicks.get(person, 'somebody')}" if person else "unasked", total(used))
            for person, used in by_person.items()
        ]
    return rows


# -- what they remember -------------------------------------------------------------------------------


async def memory(conversation: Conversation, text: str) -> None:
    """What bots remember of the room, or only one; or give something another text."""
    room = current(conversation)
    first, rest = cut(text)
    if first.lower() == "edit":
        id, words = cut(rest)
        if not words:
            raise Misused("What shall it remember? /memory edit ID TEXT. /memory lists ids.")
        kept = await _one(conversation, room, id)
        await conversation.client.remember(room.name, words, memory=kept.memory)
        conversation.note(f"It remembers now: {words}")
        return
    found = await conversation.client.memories(room.name, await _bot(conversation, room, first))
    if not found.memories:
        said = f"{first} remembers nothing" if first else "No bot remembers anything"
        conversation.note(f"{said} of {room.title} beyond its last lines.")
        return
    conversation.show(*conversation.view.pairs(_remembered(found)))
    conversation.note("To change one: /memory edit ID TEXT. To delete one: /forget ID")
    if found.more:
        conversation.note("There is more than fits: /memory BOT lists one bot's.")


async def _bot(conversation: Conversation, room: Room, nick: str) -> str:
    """A bot's id; empty: none is named. Raises Misused."""
    if not nick:
        return ""
    wanted = nick.removeprefix("@").casefold()
    here = await conversation.list_bots(room)
    found = next((bot.bot for bot in here if bot.nick.casefold() == wanted), "")
    if not found:
        there = f"Here: {listed([bot.nick for bot in here])}." if here else "None is here."
        raise Misused(f"There is no bot {nick} in {room.title}. {there}")
    return found


def _remembered(found: MemoryList) -> list[tuple[str, str]]:
    """Ids, as short as they can be told apart, and what is remembered: from which line, by whom."""
    ids = [one.memory for one in found.memories]
    length = next((n for n in range(SHORT, 65) if len({id[:n] for id in ids}) == len(ids)), 65)
    return [
        (one.memory[:length], f"{found.nicks.get(one.bot, 'a bot')}: {_described(found, one)}")
        for one in found.memories
    ]


def _described(found: MemoryList, one: Memory) -> str:
    if one.kind == "summary":
        return f"summary up to line {one.seq}: {one.text}"
    author = found.nicks.get(one.author)
    source = f"line {one.seq}{f' by {author}' if author else ''}" if one.seq else ""
    return f"{one.text} ({source})" if source else one.text


async def forget(conversation: Conversation, text: str) -> None:
    """Let a bot forget something."""
    if not text or " " in text:
        raise Misused("Forget what? /forget ID. /memory lists ids.")
    room = current(conversation)
    kept = await _one(conversation, room, text)
    await conversation.client.forget(room.name, kept.memory)
    conversation.note(f"Forgotten: {kept.text}")


async def _one(conversation: Conversation, room: Room, id: str) -> Memory:
    """What bears an id, or the beginning of one. Raises Misused."""
    found = [one for one in (await conversation.client.memories(room.name)).memories if one.memory.startswith(id)]
    exact = [one for one in found if one.memory == id]
    if len(exact or found) != 1:
        said = f"Several ids begin with {id}" if found else f"No bot remembers {id} here"
        raise Misused(f"{said}: /memory lists what they do.")
    return (exact or found)[0]


WHY = (
    Command("why", "[NUMBER] | totals", "why bots spoke or kept silent, of late or at a line; rule, tokens, cost", why),
    Command("usage", "[DAYS]", "what the bots have used today, or in so many days", usage),
)
MEMORY = (
    Command("memory", "[BOT] | edit ID TEXT", "what bots remember of the room, and from whom", memory),
    Command("forget", "ID", "let a bot forget something", forget),
)
