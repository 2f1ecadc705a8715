"""One conversation: bots are put on a stage, talk until they have had their turns, and all of it is noted."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from roomful.bots.host import Host
from roomful.bots.launch import Launch
from roomful.bots.settings import BotSettings, BudgetSettings
from roomful.client import Client, ConnectionLost, Told
from roomful.domain import events
from roomful.domain.events import timestamp
from roomful.domain.verdicts import Verdict
from roomful.errors import RoomfulError
from roomful.log import Log
from roomful.models import ModelsSettings

from .leaping import LeapingClock
from .recording import Call, Parameters, RecordingDesk

ROOM = "#duet"


class NoConversation(RoomfulError):
    """It could not begin."""


class Wanted(Struct, frozen=True):
    """A conversation, as it is to be."""

    bots: tuple[BotSettings, ...]
    topic: str = ""
    turns: int = 12
    policy: str = "round_robin"
    parameters: Parameters = Parameters()
    tokens: int = 0  # 0: as many as the budgets allow
    seconds: float = 3600.0  # of real time
    budget: BudgetSettings = BudgetSettings()
    number: int = 1  # of the run


class Line(Struct, frozen=True, tag_field="type", tag="turn"):
    """One turn, with all that is known of it. A turn without a line has a verdict that says why."""

    run: int
    turn: int  # from 1
    at: str  # when it was over: RFC 3339, UTC
    bot: str
    text: str
    verdict: str  # answered, passed, failed, over_budget …
    rule: str
    words: str  # the same for people
    cut: str  # `stopped`, `failed`: the line is not whole
    asked_model: str  # as it was named
    model: str  # as the provider reports it
    seed: int
    temperature: float | None
    max_tokens: int | None
    prompt_sha256: str  # empty: no model was asked
    tokens_in: int
    tokens_out: int
    cost_usd: float | None  # None: nobody knows the price
    charged_usd: float  # what counted against the budgets: an unknown price counts as the dearest
    first_token_s: float | None
    took_s: float
    finish: str


class Ended(Struct, frozen=True, tag_field="type", tag="end"):
    """How a conversation ended: the last line of its record, and its summary."""

    run: int
    seed: int
    how: str  # settled, turns, time, tokens, failed
    lines: int
    turns: int  # models asked for a line
    tokens_in: int
    tokens_out: int
    cost_usd: float | None  # None: of some calls nobody knows it
    charged_usd: float
    first_token_s: float | None  # the median
    models_s: float  # that models took, all together
    real_s: float


class Run(Struct, frozen=True):
    """A conversation that is over."""

    wanted: Wanted
    turns: tuple[Line, ...]
    ended: Ended


class Stage(Protocol):
    """A server that has nobody in it."""

    @property
    def address(self) -> str: ...
    @property
    def host_token(self) -> str: ...
    @property
    def watcher_token(self) -> str: ...


class Rehearsal:
    """One conversation under way."""

    def __init__(self, wanted: Wanted, desk: RecordingDesk, said: Callable[[Line], None]) -> None:
        self._wanted, self._desk, self._said = wanted, desk, said
        self._texts: dict[int, tuple[str, str]] = {}  # by number: what was said, and how it was cut
        self._verdicts: list[tuple[str, Verdict]] = []  # of which no line is noted yet
        self.turns: list[Line] = []
        self.beside: list[Call] = []  # summaries, and what was broken off

    def heard(self, nick: str, room: str, verdict: Verdict) -> None:
        """A bot of the host decided something."""
        if verdict.rule == "summary":
            self.beside += [call] if (call := self._desk.take(verdict)) is not None else []
        elif room == ROOM and verdict.verdict != "not_addressed":
            self._verdicts.append((nick, verdict))
            self.note()

    def told(self, seq: int, said: events.Message) -> None:
        """A line was recorded."""
        self._texts[seq] = (said.text, said.cut)
        self.note()

    def note(self) -> None:
        """Note the turns of which both are known: what was said, and what the bot says of it."""
        while self._verdicts:
            nick, verdict = self._verdicts[0]
            if verdict.answer and verdict.answer not in self._texts:
                return
            del self._verdicts[0]
            line = self._line(nick, verdict, *self._texts.get(verdict.answer, ("", "")))
            self.turns.append(line)
            self._said(line)

    def _line(self, nick: str, verdict: Verdict, text: str, cut: str) -> Line:
        call = self._desk.take(verdict)
        used = call.usage if call is not None else None
        return Line(
            self._wanted.number,
            len(self.turns) + 1,
            timestamp(time.time_ns() // 1_000_000),
            nick,
            text,
            verdict.verdict,
            verdict.rule,
            verdict.words,
            cut,
            call.asked if call is not None else "",
            verdict.model,
            self._wanted.parameters.seed,
            self._wanted.parameters.temperature,
            call.max_tokens if call is not None else None,
            call.prompt_sha256 if call is not None else "",
            verdict.tokens_in,
            verdict.tokens_out,
            used.cost if used is not None else 0.0,
            verdict.cost,
            used.first if used is not None else None,
            verdict.took,
            used.finish if used is not None else "",
        )

    def ended(self, how: str, real: float) -> Ended:
        """The summary."""
        self.beside += self._desk.given_up()
        used = [call.usage for call in self.beside]
        costs = [*(line.cost_usd for line in self.turns), *(one.cost for one in used)]
        firsts = sorted(line.first_token_s for line in self.turns if line.first_token_s is not None)
        return Ended(
            self._wanted.number,
            self._wanted.parameters.seed,
            how,
            sum(bool(line.text) for line in self.turns),
            len(self.turns),
            sum(line.tokens_in for line in self.turns) + sum(one.tokens_in for one in used),
            sum(line.tokens_out for line in self.turns) + sum(one.tokens_out for one in used),
            None if None in costs else sum(cost for cost in costs if cost is not None),
            sum(line.charged_usd for line in self.turns) + sum(one.cost or 0.0 for one in used),
            firsts[len(firsts) // 2] if firsts else None,
            sum(line.took_s for line in self.turns) + sum(one.took for one in used),
            real,
        )


async def converse(
    stage: Stage,
    clock: LeapingClock,
    wanted: Wanted,
    models: ModelsSettings,
    desk: RecordingDesk,
    log: Log,
    said: Callable[[Line], None],
) -> Run:
    """Let them talk, and note all of it.

    Args:
        stage: a server of its own, which goes by `clock`.
        said: told each turn as it is over.

    Raises:
        NoConversation: it could not begin.
        RoomfulError, ConnectionLost, ConnectFailed: the stage failed.
    """
    began = time.monotonic()
    desk.parameters = wanted.parameters
    rehearsal = Rehearsal(wanted, desk, said)
    async with AsyncExitStack() as stack:
        watcher = Client(stage.address, token=stage.watcher_token)
        await watcher.connect()
        stack.push_async_callback(watcher.close)
        await watcher.join(ROOM)
        bots = tuple(replace(bot, rooms=(ROOM,), mode="mention", host=False) for bot in wanted.bots)
        launch = Launch(
            stage.address, stage.host_token, None, bots, budget=wanted.budget, next_speaker=wanted.policy, greet=False
        )
        host = Host(launch, log, clock=clock, models=models, desk=desk, watch=rehearsal.heard)
        stack.push_async_callback(host.close)
        await host.start()
        _check(host, wanted)
        leaping = asyncio.create_task(clock.run(lambda: _busy(host), lambda: _settled(host, watcher)))
        stack.callback(leaping.cancel)
        how = await _watch(watcher, wanted, rehearsal)
    rehearsal.note()
    return Run(wanted, tuple(rehearsal.turns), rehearsal.ended(how, time.monotonic() - began))


async def _watch(watcher: Client, wanted: Wanted, rehearsal: Rehearsal) -> str:
    """Begin the conversation, and follow it to its end: how it ended."""
    nicks = tuple(bot.nick for bot in wanted.bots)
    await watcher.duet(ROOM, nicks, wanted.topic, wanted.turns, 86_400, wanted.tokens)
    try:
        async with asyncio.timeout(wanted.seconds):
            async for item in watcher.events():
                match item:
                    case Told(body=events.Message(style="text", conversation=int()) as said):
                        rehearsal.told(item.seq, said)
                    case Told(body=events.Concluded(how=how)):
                        return how
    except TimeoutError:
        await watcher.stop(ROOM)
        return "time"
    raise ConnectionLost("The stage has ended.")


def _check(host: Host, wanted: Wanted) -> None:
    """Whether all who are to talk are there. Raises NoConversation."""
    room = host.rooms.get(ROOM)
    there = {one.nick for one in room.bots.values()} if room is not None else set()
    for bot in wanted.bots:
        if bot.nick not in there:
            raise NoConversation(f"{bot.nick} could not come in: the lines above say why.")


def _busy(host: Host) -> bool:
    return any(room.busy for room in host.rooms.values())


async def _settled(host: Host, watcher: Client) -> None:
    """Wait until everybody has heard what the server has told so far: replies come behind it."""
    await asyncio.gather(*(voice.ping() for voice in _voices(host, watcher)))
    for _ in range(3):  # until what was read has been taken up
        await asyncio.sleep(0)


def _voices(host: Host, watcher: Client) -> Iterator[Client]:
    yield host.voice
    yield watcher
    for resident in host.residents.values():
        yield resident.voice
