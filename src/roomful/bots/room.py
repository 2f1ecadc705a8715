"""A room with bots in it: one engine, fed by whichever of their connections is first, and what it wants done."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import partial
from typing import Protocol

from roomful.client import History
from roomful.client.acting import How
from roomful.domain import events, signals
from roomful.domain.answers import Joined
from roomful.domain.events import Sender
from roomful.errors import TryLater
from roomful.log import Log
from roomful.models import Model
from roomful.protocol.native import Signalled, Told

from . import prompting
from .budgets import Warned
from .context import ContextLine
from .engine import actions, inputs
from .engine.actions import Action, StartTurn
from .engine.engine import Engine
from .engine.inputs import BotHere, Input, Moment
from .engine.rules import BUDGETS
from .hearing import heard
from .remembered import Remembered
from .resident import Resident
from .spending import Call, Spending
from .tasks import Tasks
from .tools.hands import Hands
from .tools.toolbox import Toolbox
from .turn import Turn

BACK = 120  # events that a room is taken up with at least, 100 of them being lines in most rooms
MOST_BACK = 1_000  # events read again after a time away; what is older is answered by nobody
PAGE = 200
PROGRAMS = ("bot", "service", "webhook")
HINT = "two_people"  # the rule of the notice that is said once in a room
NOTICE_TRIES, LONGEST_WAIT = 3, 60.0  # s


class Clock(Protocol):
    """Time, as a host has it; a test holds another one."""

    def now(self) -> Moment:
        """The present moment."""

    def at(self, s: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Call something at a time of `Moment.s`."""


class Room:
    """One room."""

    def __init__(
        self,
        joined: Joined,
        spending: Spending,
        clock: Clock,
        tasks: Tasks,
        log: Log,
        known: Mapping[str, Resident],
        toolbox: Toolbox,
        zone: tzinfo = UTC,
    ) -> None:
        """`known`: all bots of the host, by id. `zone`: of schedules and active hours."""
        self.id, self.name = joined.id, joined.room
        self.direct = joined.kind == "direct"
        self.models = joined.settings.models
        self.bots: dict[str, Resident] = {}
        self.spending, self.clock, self.tasks, self.log = spending, clock, tasks, log
        self._known, self.toolbox, self._zone = known, toolbox, zone
        self.remembered = Remembered()
        self.engine = Engine(self.id, clock.now(), direct=self.direct)
        self.topics: dict[int, str] = {}  # of conversations
        self._head = joined.head
        self._reading = False  # in the log, after a gap
        self._here: dict[str, Sender] = {}
        self._turns: dict[int, Turn] = {}
        self.summarising: set[str] = set()  # bots that are at it
        self.next_speaker = "round_robin"
        self._over: set[str] = set()  # bots without budget
        self._early: list[Told] | None = []  # what came before the room was taken up
        self._wake: asyncio.TimerHandle | None = None

    # -- who is here ----------------------------------------------------------------------------------

    async def take_up(self, residents: Sequence[Resident], since: int | None = None) -> None:
        """Begin, or go on where a host before this one left off. Raises Refused, ConnectionLost.

        `since`: where bots begin that are new here; None: where the room was when they joined.
        """
        self.bots = {one.id: one for one in residents}
        if since is None:
            since = 0 if self.direct else self._head  # in private, all that is said is said to the bot
        marks = {one.id: _or(one.marks.mark(self.id), since) for one in residents}
        told = await self._back(residents[0], min(marks.values()))
        for one in told:
            self._note(one)
        self.remembered.follow_all(told)
        now = self.clock.now()
        self.engine = Engine(
            self.id,
            now,
            self._seats(),
            direct=self.direct,
            head=self._head,
            zone=self._zone,
            next_speaker=self.next_speaker,
            hinted=any(one.marks.value(f"{HINT}:{self.id}") for one in residents),
        )
        self.engine.see(now, inputs.Here(tuple(self._here.values())))
        done = self.engine.restore(now, marks, [heard(one, self.remembered.whose) for one in told])
        early, self._early = self._early or [], None
        for resident in residents:
            if resident.marks.mark(self.id) is None:
                resident.marks.keep_mark(self.id, marks[resident.id])
        self._do(done)
        for one in early:
            self.told(one)

    async def _back(self, resident: Resident, mark: int) -> list[Told]:
        """The newest events, from the mark on at least. The room is told of whatever comes after them.

        Raises Refused, ConnectionLost.
        """
        page: History = await resident.voice.history(self.name, limit=PAGE)
        self._head = page.head
        found = list(page.events)
        while page.more and found and len(found) < MOST_BACK and (found[0].seq > mark + 1 or len(found) < BACK):
            page = await resident.voice.history(self.name, before=found[0].seq, limit=PAGE)
            found = [*page.events, *found]
        return found

    def enter(self, resident: Resident) -> None:
        """One more bot is here, or it is otherwise."""
        self.bots[resident.id] = resident
        self._seat_them()
        if resident.marks.mark(self.id) is None:
            resident.marks.keep_mark(self.id, self._head)

    def leave(self, id: str) -> None:
        """A bot is not here any more."""
        if self.bots.pop(id, None) is not None:
            self._seat_them()

    def _seat_them(self) -> None:
        if self._early is None:
            self._see(inputs.SettingsChanged(self._seats()))

    def _seats(self) -> tuple[BotHere, ...]:
        return tuple(BotHere(one.id, one.nick, one.place(self.name), not one.searches) for one in self.bots.values())

    @property
    def head(self) -> int:
        """The number of its newest event."""
        return self._head

    def nicks(self) -> set[str]:
        """What those are called who are here, or have spoken."""
        return self.remembered.nicks() | {one.nick for one in self._here.values()}

    @property
    def busy(self) -> bool:
        """Whether a bot is thinking or speaking."""
        return bool(self._turns)

    async def close(self) -> None:
        """Nothing more is done here."""
        if self._wake is not None:
            self._wake.cancel()
        for action in self.engine.flush():
            if isinstance(action, actions.Decided):
                self._do([action])

    # -- what comes -----------------------------------------------------------------------------------

    def told(self, told: Told) -> None:
        """An event, from one of the bots' connections: each of them brings every one, and the first counts."""
        if self._early is not None:
            self._early.append(told)
            return
        if told.seq <= self._head:
            return
        if told.seq > self._head + 1:
            self._read_on()
            return
        self._head = told.seq
        self._note(told)
        self.toolbox.reacted(self, told)
        self._is_here(told)
        event = heard(told, self.remembered.whose)
        self.remembered.follow(told)
        self._recheck_budgets()
        self._see(event)

    def _read_on(self) -> None:
        """What came before was told to nobody who is still here: read it in the log."""
        if not self._reading and self.bots:
            self._reading = True
            self.tasks.start("reading on", self._heal(next(iter(self.bots.values()))))

    async def _heal(self, resident: Resident) -> None:
        try:
            more = True
            while more:
                page = await resident.voice.history(self.name, after=self._head, limit=PAGE)
                for one in page.events:
                    self.told(one)
                more = page.more and bool(page.events)
        finally:
            self._reading = False

    def _is_here(self, told: Told) -> None:
        """Who speaks or enters is here, whether or not presence, which is told a second later, has said so."""
        sender = told.sender
        if sender.id not in self._here and isinstance(told.body, (events.Message, events.Join)):
            self._here[sender.id] = sender
            self._see(inputs.Arrived(sender))

    def _note(self, told: Told) -> None:
        match told.body:
            case events.Changed(models=str() as models):
                self.models = models
            case events.Conversation(topic=topic, bots=bots):
                self.topics = {told.seq: topic}
                self._bring(bot.id for bot in bots)
            case events.Redaction(target=target):  # of those read at the beginning, too: nobody was here to see them
                for resident in self.bots.values():
                    self.tasks.start("forgetting a summary", prompting.redacted(self, resident, target, told.seq))

    def _bring(self, ids: Iterable[str]) -> None:
        """Bots of a conversation are here from its beginning: the server has let them in, and they hear of it any moment."""
        for resident in (self._known[id] for id in ids if id in self._known and id not in self.bots):
            resident.rooms[self.name] = self
            self.enter(resident)

    def signalled(self, signalled: Signalled) -> None:
        """A signal; the same one may come over several connections."""
        match signalled.body:
            case signals.State(here=here):
                self._here = {one.id: one for one in here}
                self._see(inputs.Here(here))
            case signals.Presence() as presence:
                self._presence(presence)
            case signals.Typing(on=on) if signalled.sender is not None and signalled.sender.kind not in PROGRAMS:
                self._see(inputs.Typing(signalled.sender.id, on))

    def _presence(self, presence: signals.Presence) -> None:
        for one in presence.online:
            if one.id not in self._here:
                self._here[one.id] = one
                self._see(inputs.Arrived(one))
        for id in presence.gone:
            if self._here.pop(id, None) is not None:
                self._see(inputs.Left(id))

    def _see(self, event: Input) -> None:
        if self._early is None:
            self._do(self.engine.see(self.clock.now(), event))

    # -- what the engine wants --------------------------------------------------------------------------

    def _do(self, wanted: Sequence[Action]) -> None:
        for action in wanted:
            if isinstance(action, actions.Wake):
                self._wake_at(action.at)
            elif (resident := self.bots.get(_whose(action))) is not None:
                self._for(resident, action)

    def _for(self, resident: Resident, action: Action) -> None:
        match action:
            case StartTurn():
                self._start(resident, action)
            case actions.CancelTurn(turn=number, keep=keep):
                if (turn := self._turns.get(number)) is not None:
                    turn.cancel(keep=keep)
            case actions.Decided(verdict=verdict, show_to=show_to):
                resident.reports.add(self.name, verdict, show_to)
            case actions.Mark(seq=seq):
                resident.marks.keep_mark(self.id, seq, soon=not self._turns)
            case actions.SayNotice(text=text, rule=rule):
                if rule == HINT:
                    resident.marks.keep(f"{HINT}:{self.id}", "said")
                self.tasks.start(f"the notice {rule}", self.say_notice(resident, text))
            case actions.Conclude(conversation=conversation, how=how):
                self.tasks.start("concluding", self._conclude(resident, conversation, how))

    async def say_notice(self, resident: Resident, text: str) -> None:
        """Let a bot say something that no program answers; where it has just spoken, a little later."""
        for _ in range(NOTICE_TRIES):
            try:
                await resident.voice.post(self.name, text, style="notice")
            except TryLater as why:
                await self.sleep(min(why.retry_after or 1.0, LONGEST_WAIT))
            else:
                return

    async def _conclude(self, resident: Resident, conversation: int, how: How) -> None:
        await resident.voice.conclude(self.name, conversation, how)
        self.spending.budgets.ended(f"{self.id}:{conversation}")

    async def sleep(self, seconds: float) -> None:
        """Wait, by the host's clock."""
        over = asyncio.get_running_loop().create_future()
        self.clock.at(self.clock.now().s + seconds, partial(_done, over))
        await over

    def _wake_at(self, s: float) -> None:
        if self._wake is not None:
            self._wake.cancel()
        self._wake = self.clock.at(s, self._tick)

    def _tick(self) -> None:
        self._wake = None
        self._do(self.engine.tick(self.clock.now()))

    # -- turns --------------------------------------------------------------------------------------------

    def _start(self, resident: Resident, start: StartTurn) -> None:
        turn = self._turns[start.turn] = Turn(self, resident, start)
        self.tasks.start(f"a turn of {resident.nick}", self._run(turn))

    async def _run(self, turn: Turn) -> None:
        end = await turn.run()
        del self._turns[turn.start.turn]
        if end.outcome == "failed":
            self.log.warning("a bot could not answer", bot=turn.resident.nick, room=self.name, code=end.code)
        self._recheck_budget(turn.resident)
        self._see(end)
        if end.outcome == "said" and not turn.resident.scripted:
            self.tasks.start("a summary", prompting.summarise(self, turn.resident))

    def warn(self, resident: Resident, warned: Warned) -> None:
        """A budget is nearly spent: say so in the room whose talk spends it."""
        person = self._here.get(warned.whom)
        whose = BUDGETS[warned.level].format(who=person.nick if person is not None else "somebody")
        text = f"{warned.percent} % of {whose} is spent. /usage tells more."
        self.tasks.start("a warning about a budget", self.say_notice(resident, text))

    def _recheck_budgets(self) -> None:
        """A new day may have come, or somebody raised a budget."""
        for id in list(self._over):
            if (resident := self.bots.get(id)) is not None:
                self._recheck_budget(resident)

    def _recheck_budget(self, resident: Resident) -> None:
        level = self.spending.over(Call(self.name, resident))
        if bool(level) != (resident.id in self._over):
            (self._over.add if level else self._over.discard)(resident.id)
            self._see(inputs.BudgetState(resident.id, level))

    # -- what a turn asks -------------------------------------------------------------------------------

    async def prompt(self, resident: Resident, start: StartTurn) -> prompting.Prompt:
        """What the model is given. Raises Refused, ConnectionLost."""
        return await prompting.prompt(self, resident, start)

    async def model(self, resident: Resident, start: StartTurn) -> Model:
        """Who answers. Raises ModelError."""
        if resident.searches:
            from .librarian import Librarian

            return Librarian(self, resident, start)
        return await resident.model()

    async def tools(self, resident: Resident, start: StartTurn, lines: Sequence[ContextLine]) -> Hands:
        """What the model may ask for, in a turn that reads these lines."""
        return await self.toolbox.for_turn(self, resident, start.requester, lines)

    def replies_to(self, start: StartTurn) -> int | None:
        """The line that is answered, where a reader would not see which."""
        if not start.requester or not start.causes or start.causes[-1] == self._head:
            return None
        return start.causes[-1]


def _done(over: "asyncio.Future[None]") -> None:
    if not over.done():
        over.set_result(None)


def _or(known: int | None, otherwise: int) -> int:
    return otherwise if known is None else known


def _whose(action: Action) -> str:
    if isinstance(action, actions.Decided):
        return action.verdict.bot
    return "" if isinstance(action, actions.Wake) else action.bot
