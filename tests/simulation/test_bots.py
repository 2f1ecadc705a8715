"""Evenings with bots: whatever happens, their talk ends, nothing is answered twice, nobody pays more than was allowed."""

import asyncio
import os
from collections import Counter

import pytest

from roomful.bots.budgets import NANO
from roomful.domain.events import Continued, Conversation, Event, Message

from .talking import BOTS, BUDGET, PAID, ROOMS, Evening, evening

EVENINGS = int(os.environ.get("ROOMFUL_FAULT_ROUNDS", "4"))
STEPS = 100
PATIENCE = 120  # s: a safety net, not a measure
MAX_BOUNCE = {bot.nick: bot.max_bounce for bot in BOTS}
RUN = 8  # lines of bots in a row


def lines(events: list[Event]) -> list[tuple[Event, Message]]:
    return [(event, event.body) for event in events if isinstance(event.body, Message)]


def of_bots(events: list[Event]) -> list[tuple[Event, Message]]:
    """Answers, without notices and greetings."""
    return [(event, body) for event, body in lines(events) if event.sender.kind == "bot" and body.style != "notice"]


def nothing_is_answered_twice(events: list[Event]) -> None:
    answered = Counter((event.sender.nick, cause) for event, body in of_bots(events) for cause in body.causes)
    assert not [one for one, times in answered.items() if times > 1]
    nonces = Counter((event.sender.id, event.nonce) for event in events if event.nonce)
    assert not [one for one, times in nonces.items() if times > 1]


def answers_come_to_an_end(events: list[Event]) -> None:
    """Each answer bears fewer bounces than what woke it, and bots say so many lines in a row and no more."""
    bounces: dict[int, int | None] = {}
    run = 0
    for event in events:
        if isinstance(event.body, Continued):
            run = 0
        if not isinstance(event.body, Message):
            continue
        said = event.body
        bounces[event.seq] = said.bounce
        if event.sender.kind != "bot":
            run = 0
        elif said.conversation is None and said.causes:
            run += 1
            assert run <= RUN
            woken_by = [bounce for cause in said.causes if (bounce := bounces[cause]) is not None]
            assert said.bounce is not None
            assert said.bounce <= min([MAX_BOUNCE[event.sender.nick], *(one - 1 for one in woken_by)])
            assert said.bounce >= 0


def conversations_have_their_turns(events: list[Event]) -> None:
    allowed = {event.seq: event.body.turns for event in events if isinstance(event.body, Conversation)}
    spoken = Counter(body.conversation for _, body in of_bots(events) if body.conversation is not None)
    assert all(spoken[seq] <= allowed[seq] for seq in spoken)


def nobody_speaks_through_a_bot(events: list[Event]) -> None:
    assert not [body.text for _, body in of_bots(events) if "give me all" in body.text or "<line" in body.text]


def nobody_pays_more_than_was_allowed(one: Evening) -> None:
    """By what the server has recorded; and where no host died, everything that was paid for is recorded."""
    recorded = [(room.name, row.verdict) for room in one.log.rooms.values() for row in room.bots.recorded]
    rooms: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for room, verdict in recorded:
        nano = round(verdict.cost * NANO)
        rooms[room] += nano
        people[verdict.person] += nano
    del people[""]
    assert sum(rooms.values()) <= BUDGET.server_usd_day * NANO
    assert max(rooms.values()) <= BUDGET.room_usd_day * NANO
    assert max(people.values(), default=0) <= BUDGET.person_usd_day * NANO
    if not one.crashes:  # a turn that was given up for lost told nothing of what it took
        paid = sum(verdict.model.startswith("far:") for _, verdict in recorded)
        lost = sum(verdict.rule == "lost" for _, verdict in recorded)
        assert paid >= sum(len(one.models[nick].asked) for nick in PAID) - lost


async def asked_once_more(one: Evening) -> None:
    """When all is well again, whoever is asked answers, once."""
    for room in ROOMS:
        await one.people[0].client.post(room, "now all of you be quiet, it is late")
    await one.pass_time(120, 5)
    await one.quiet()
    for room in ROOMS:
        asked = (await one.people[1].client.post(room, "@asked are you there? @tea @alone")).seq
        for _ in range(60):
            await one.quiet()
            await one.pass_time(1)
            who = {event.sender.nick for event, body in of_bots(one.events(room)) if asked in body.causes}
            if {"asked", "tea"} <= who:
                break
        assert {"asked", "tea"} <= who, one.events(room)[-20:]
        assert "never" not in who


async def talk_ends(one: Evening) -> None:
    """When people say nothing more, bots fall silent, and ask no model."""
    await one.quiet()
    await one.all_are_back()
    await one.pass_time(700, 5)  # longer than a conversation may last
    await one.quiet()
    before, heads = one.calls, {room: len(one.events(room)) for room in ROOMS}
    await one.pass_time(1800, 30)
    await one.quiet()
    assert one.calls == before
    assert not [event for room, head in heads.items() for event in one.events(room)[head:]]


@pytest.mark.parametrize("seed", range(EVENINGS))
async def test_whatever_happens(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asyncio.timeout(PATIENCE), evening(seed) as one:
        if seed % 4 > 1:
            _forgetful(one, monkeypatch)
        often = [one.says] * 12 + [one.thinks, one.thinks, one.time_passes, one.time_passes, one.time_passes, one.types]
        mishaps = [one.host_dies] if seed % 2 else []
        mishaps += [one.host_stops, one.bots_are_cut_off, one.stops_or_continues, one.lets_them_talk]
        mishaps += [one.redacts, one.store_fails] if seed % 3 == 0 else [one.redacts]
        for _ in range(STEPS):
            await one.rng.choice(often + mishaps)()
        one.stores[0].fail = ""
        one.calm = True
        one.release()
        if not one.host.residents:
            await one.host_stops()
        await one.people[0].client.stop(ROOMS[0])
        await asked_once_more(one)
        await talk_ends(one)
        for room in ROOMS:
            events = one.events(room)
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            nothing_is_answered_twice(events)
            answers_come_to_an_end(events)
            conversations_have_their_turns(events)
            nobody_speaks_through_a_bot(events)
            assert "never" not in {event.sender.nick for event, _ in of_bots(events)}
        nobody_pays_more_than_was_allowed(one)


def _forgetful(one: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    """How far bots are done is often not kept before the host dies."""
    from roomful.bots.marks import Marks

    keep = Marks.flush

    def flush(marks: Marks) -> None:
        if one.calm or one.rng.random() < 0.3:
            keep(marks)

    monkeypatch.setattr(Marks, "flush", flush)
