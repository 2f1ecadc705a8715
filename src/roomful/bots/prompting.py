"""What a model is given in a turn: the room's newest lines, what the bot remembers, and what it is reminded of."""

from typing import TYPE_CHECKING

from msgspec import Struct

from roomful.domain.events import parse_timestamp
from roomful.domain.verdicts import Verdict
from roomful.errors import Refused
from roomful.models import Message, Usage

from .context import ContextLine, Job, Situation, Summary, after_redaction, build, choose, next_job, queries, window
from .context.memory import Shelved, for_turn, summary_for
from .context.window import COUNT
from .engine.actions import StartTurn
from .spending import Call

if TYPE_CHECKING:
    from .resident import Resident
    from .room import Room

HITS = 8  # of a search for what to recall
SUMMARY_TOKENS = 500


class Prompt(Struct, frozen=True):
    """What a model is given in a turn."""

    messages: list[Message]
    lines: tuple[ContextLine, ...]  # that it reads, or that the summary it reads may come from


async def prompt(room: "Room", resident: "Resident", start: StartTurn) -> Prompt:
    """What the model is given in a turn. Raises Refused, ConnectionLost, ModelError."""
    lines = room.remembered.lines
    shown = window(lines, start.causes)
    summary, notes, recalled = None, [], []
    if not resident.scripted:  # a script reads what was said to it, and no more
        shelf = await _shelf(room, resident)
        kept = summary_for(room.id, shelf)
        summary = Summary(kept.text, kept.seq) if kept is not None else None
        notes = for_turn(resident.id, room.id, shelf)
        recalled = await _recall(room, resident, lines, shown)
    situation = Situation(
        resident.id,
        resident.nick,
        room.name,
        await resident.persona(),
        summary,
        tuple(notes),
        tuple(recalled),
        tuple(shown),
        start.causes,
        start.rule,
        room.topics.get(start.conversation or 0, ""),
        start.conversation is not None,
        start.last_turn,
        start.fresh,
        start.may_pass,
    )
    return Prompt(build(situation), (*recalled, *(shown if summary is None else lines)))


async def _shelf(room: "Room", resident: "Resident") -> list[Shelved]:
    """What the bot remembers of this room: asked for anew each time, so that what was forgotten or redacted is gone."""
    found = await resident.voice.memories(room.name, resident.id)
    return [Shelved(room.id, one) for one in found.memories]


async def _recall(
    room: "Room", resident: "Resident", lines: list[ContextLine], shown: list[ContextLine]
) -> list[ContextLine]:
    """Older lines of this room that have to do with its newest ones."""
    if not shown or len(lines) == len(shown) < COUNT:
        return []  # the window holds all there is
    found: list[ContextLine] = []
    for query in queries(shown, [one.nick for one in room.bots.values()]):
        try:
            hits = await resident.voice.search(query, room=room.name, limit=HITS)
        except Refused:  # the server does not search, or not now: whoever asked is answered all the same
            break
        found += [
            ContextLine(hit.seq, parse_timestamp(hit.at), hit.sender, hit.snippet)
            for hit in hits.hits
            if hit.sender.id != resident.id
        ]
        if len(found) >= HITS:
            break
    return choose(found, lines, [line.seq for line in shown])


# -- the summary ----------------------------------------------------------------------------------------


async def summarise(room: "Room", resident: "Resident") -> None:
    """Make the bot's summary of the room go on, if that is due. Raises RoomfulError, ConnectionLost."""
    if resident.id in room.summarising or resident.kept_out(room):
        return
    room.summarising.add(resident.id)
    try:
        kept = summary_for(room.id, await _shelf(room, resident))
        job = next_job(Summary(kept.text, kept.seq) if kept is not None else None, room.remembered.lines)
        if job is not None:
            await _write(room, resident, job, kept.memory if kept is not None else "")
    finally:
        room.summarising.discard(resident.id)


async def _write(room: "Room", resident: "Resident", job: Job, memory: str) -> None:
    model = await resident.model()
    messages = job.messages()
    begun = room.spending.begin(Call(room.name, resident, addressed=False), messages)
    text = ""
    answer = model.stream(messages, max_tokens=SUMMARY_TOKENS)
    try:
        async with answer:
            async for piece in answer:
                text += piece
    finally:
        usage = answer.usage
        _report(room, resident, usage, room.spending.end(begun, usage))
    done = job.done(text)
    if done.text:
        await resident.voice.remember(room.name, done.text, kind="summary", seq=done.up_to, memory=memory)


def _report(room: "Room", resident: "Resident", usage: Usage, cost: float) -> None:
    """Record what a summary took: it was nobody's turn, and is paid all the same."""
    words = f"{resident.nick} summed up what was said ({usage.tokens_in + usage.tokens_out:,} tokens)"
    verdict = Verdict(
        resident.id,
        0,
        0,
        "passed",
        "summary",
        words,
        model=usage.model,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        cost=cost,
        first_token=usage.first or 0.0,
        took=usage.took,
    )
    resident.reports.add(room.name, verdict)


async def redacted(room: "Room", resident: "Resident", target: int, seq: int) -> None:
    """A line is gone, by event `seq`: so is a summary that may speak of it. Raises Refused, ConnectionLost."""
    if resident.scripted:
        return
    kept = summary_for(room.id, await _shelf(room, resident))
    if kept is None or kept.seq >= seq:  # one that goes beyond the redaction was made without the line
        return
    if after_redaction(Summary(kept.text, kept.seq), target) is None:
        await resident.voice.forget(room.name, kept.memory)
