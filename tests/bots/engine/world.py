"""A room with people and bots, in which time stands still until it is moved: the engine, and a server that guards it.

The server is the real guard over a log; the bot host does what the engine wants, and nothing else. Whatever the engine may
never do is looked at here, at each of its actions, in every test.
"""

from collections.abc import Iterable, Sequence

from roomful.bots.engine.actions import (
    Action,
    CancelTurn,
    Conclude,
    Decided,
    Mark,
    SayNotice,
    StartTurn,
    Wake,
)
from roomful.bots.engine.engine import Engine
from roomful.bots.engine.inputs import (
    Arrived,
    BotHere,
    Continued,
    ConversationConcluded,
    ConversationOpened,
    Here,
    Input,
    Left,
    Line,
    Moment,
    Outcome,
    Redacted,
    SettingsChanged,
    Stopped,
    TurnEnded,
)
from roomful.bots.engine.limits import Limits
from roomful.bots.engine.room import body
from roomful.bots.settings import RoomBotSettings
from roomful.domain.events import Sender
from roomful.domain.talk import Talk
from roomful.domain.verdicts import Verdict
from roomful.errors import Refused

BEGAN = 1_763_632_800_000  # ms; 2025-11-20 10:00 UTC
SPEAKING_S = 2.0
CANCELS_S = 1.0  # how long a cancelled turn takes to end


def person(nick: str) -> Sender:
    return Sender(f"id-{nick}", nick, "person")


def bot(nick: str, mode: str = "mention", *, host: bool = False, max_bounce: int = 0, **rest: object) -> BotHere:
    settings = RoomBotSettings(mode, host=host, max_bounce=max_bounce, **rest)  # type: ignore[arg-type]
    return BotHere(f"id-{nick}", nick, settings)


class World:
    """One room. Seconds since it began are `now`."""

    def __init__(
        self,
        *bots: BotHere,
        here: Sequence[str] = ("ada",),
        direct: bool = False,
        limits: Limits | None = None,
        policy: str = "round_robin",
    ) -> None:
        self.bots = list(bots)
        self.limits, self.direct, self.policy = limits or Limits(), direct, policy
        self.now = 0.0
        self.log: list[Input] = []
        self.talk = Talk()  # the server's
        self.here = {f"id-{nick}": person(nick) for nick in here}
        self.running: StartTurn | None = None
        self.cancelled: CancelTurn | None = None
        self.wake: float | None = None
        self.marks: dict[str, int] = {}
        self.kept_marks: dict[str, int] = {}  # as far as the host has kept them
        self.actions: list[Action] = []
        self.started: list[StartTurn] = []
        self.decided: list[Decided] = []
        self.notices: list[SayNotice] = []
        self.concluded: list[Conclude] = []
        self.engine = self._engine()
        self.see(Here(tuple(self.here.values())))

    def _engine(self, head: int = 0) -> Engine:
        return Engine(
            "room",
            self.moment,
            self.bots,
            direct=self.direct,
            head=head,
            limits=self.limits,
            next_speaker=self.policy,
        )

    # -- what tests look at ------------------------------------------------------------------------

    @property
    def moment(self) -> Moment:
        return Moment(1000 + self.now, BEGAN + round(self.now * 1000))

    @property
    def head(self) -> int:
        return len(self.log)

    @property
    def verdicts(self) -> list[Verdict]:
        return [decided.verdict for decided in self.decided]

    @property
    def words(self) -> list[str]:
        return [verdict.words for verdict in self.verdicts]

    def shown(self, nick: str) -> list[str]:
        """What one person was shown unasked."""
        return [one.verdict.words for one in self.decided if f"id-{nick}" in one.show_to]

    def rules(self) -> list[tuple[str, str]]:
        """Who was let to speak, and by which rule."""
        return [(start.bot.removeprefix("id-"), start.rule) for start in self.started]

    def lines(self) -> list[Line]:
        return [event for event in self.log if isinstance(event, Line)]

    def clear(self) -> None:
        for one in (self.actions, self.started, self.decided, self.notices, self.concluded):
            one.clear()

    # -- what happens ------------------------------------------------------------------------------

    def see(self, event: Input) -> None:
        self._do(self.engine.see(self.moment, event))

    def tick(self) -> None:
        self._do(self.engine.tick(self.moment))

    def flush(self) -> None:
        self._do(self.engine.flush())

    def say(
        self, nick: str, text: str, *, reply_to: int | None = None, thread: int | None = None, style: str = "text"
    ) -> int:
        """A person says something; mentions are found as the server finds them."""
        self._say(person(nick), text, reply_to=reply_to, thread=thread, style=style)
        return self.head

    def _say(
        self,
        sender: Sender,
        text: str,
        *,
        causes: tuple[int, ...] = (),
        bounce: int | None = None,
        conversation: int | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
        style: str = "text",
    ) -> Line:
        known = {**{one.nick: one.id for one in self.bots}, **{one.nick: one.id for one in self.here.values()}}
        words = [word.strip("@,.?!:") for word in text.split() if word.startswith("@")]
        mentions = tuple(sorted({known[word] for word in words if word in known}))
        replied = ""
        if reply_to is not None:
            target = self.log[reply_to - 1]
            replied = target.sender.id if isinstance(target, Line) else ""
        line = Line(
            self.head + 1,
            self.moment.utc,
            sender,
            text,
            style,
            mentions,
            everybody="room" in words,
            reply_to=reply_to,
            replied=replied,
            thread=thread,
            causes=causes,
            bounce=bounce,
            conversation=conversation,
        )
        self.record(line)
        return line

    def record(self, event: Input) -> None:
        """The server records an event, and tells it."""
        self.log.append(event)
        follows = body(event)
        if follows is not None:
            sender = event.sender if isinstance(event, Line) else getattr(event, "by", Sender("", "", "person"))
            self.talk.follow(self.head, self.moment.utc, sender, follows)
        self.see(event)

    def arrive(self, nick: str) -> None:
        self.here[f"id-{nick}"] = person(nick)
        self.see(Arrived(person(nick)))

    def leave(self, nick: str) -> None:
        self.here.pop(f"id-{nick}", None)
        self.see(Left(f"id-{nick}"))

    def stop(self, nick: str = "ada") -> None:
        self.record(Stopped(self.head + 1, self.moment.utc, person(nick)))

    def go_on(self, nick: str = "ada") -> None:
        self.record(Continued(self.head + 1, self.moment.utc, person(nick)))

    def redact(self, target: int) -> None:
        self.record(Redacted(self.head + 1, target))

    def converse(self, *nicks: str, turns: int = 6, seconds: int = 600, tokens: int = 0) -> int:
        ids = tuple(f"id-{nick}" for nick in nicks)
        self.record(
            ConversationOpened(self.head + 1, self.moment.utc, person("ada"), ids, "tea", turns, seconds, tokens)
        )
        return self.head

    def settings(self, bots: Iterable[BotHere]) -> None:
        self.bots = list(bots)
        self.see(SettingsChanged(tuple(self.bots)))

    # -- the bot host --------------------------------------------------------------------------------

    def finish(
        self, text: str = "well", outcome: Outcome = "said", *, code: str = "", level: str = "", echo_first: bool = True
    ) -> None:
        """The turn under way ends."""
        start, cancel = self.running, self.cancelled
        assert start is not None, "no turn is under way"
        end = TurnEnded(start.turn, outcome, code=code, level=level, tokens_in=30, tokens_out=4, cost=0.001)
        line: Line | None = None
        if cancel is not None and not (outcome == "said" and cancel.keep):
            end = TurnEnded(start.turn, "cancelled")
        elif outcome == "said":
            end, line = self._post(start, text, end)
        self.running = self.cancelled = None
        if line is None:
            self.see(end)
        elif echo_first:
            self.record(line)
            self.see(end)
        else:
            self.see(end)
            self.record(line)

    def _post(self, start: StartTurn, text: str, end: TurnEnded) -> tuple[TurnEnded, Line | None]:
        """The server decides on a bot's line."""
        one = next((one for one in self.bots if one.id == start.bot), None)
        if one is None:
            return TurnEnded(start.turn, "refused", code="not_member", words="It is no member any more."), None
        try:
            bounce = self.talk.bounce(
                start.bot, start.causes, start.conversation, self.moment.utc, one.settings.max_bounce, self.limits.talk
            )
        except Refused as why:
            return TurnEnded(start.turn, "refused", code=why.code, words=why.message), None
        line = self._line_of(one, start, text, bounce)
        return TurnEnded(start.turn, "said", self.head + 1, tokens_in=30, tokens_out=4, cost=0.001), line

    def _line_of(self, one: BotHere, start: StartTurn, text: str, bounce: int) -> Line:
        ids = {other.nick: other.id for other in self.bots}
        mentions = tuple(
            ids[name] for word in text.split() if word.startswith("@") and (name := word.strip("@,.?!")) in ids
        )
        return Line(
            self.head + 1,
            self.moment.utc,
            Sender(one.id, one.nick, "bot"),
            text,
            mentions=mentions,
            causes=start.causes,
            bounce=bounce,
            conversation=start.conversation,
        )

    def pass_time(self, seconds: float) -> None:
        """Time passes; the engine is woken when it asked for that."""
        until = self.now + seconds
        if self.cancelled is not None and self.running is not None and seconds > CANCELS_S:
            self.pass_time(CANCELS_S)
            if self.running is not None:
                self.finish(outcome="cancelled")
        while self.wake is not None and self.wake - 1000 <= until:
            self.now = max(self.now, self.wake - 1000)
            self.wake = None
            self.tick()
            if self.cancelled is not None and until - self.now > CANCELS_S:
                return self.pass_time(until - self.now)
        self.now = until
        return None

    def run(self, seconds: float, text: str = "well {n}", speaking: float = SPEAKING_S) -> int:
        """Time passes, and bots answer whenever they are let. Returns how many turns there were."""
        until, turns = self.now + seconds, 0
        while self.now < until:
            if self.running is not None:
                turns += 1
                self.pass_time(speaking)
                if self.running is not None:
                    self.finish(text.format(n=self.head))
            elif self.wake is not None and self.wake - 1000 <= until:
                self.pass_time(max(0.0, self.wake - 1000 - self.now))
            else:
                self.pass_time(until - self.now)
        return turns

    def restart(self, *, crash: bool = True) -> None:
        """The bot host dies, and another one takes up where it left off."""
        self.running = self.cancelled = None
        self.wake = None
        self.engine = self._engine()
        self.see(Here(tuple(self.here.values())))
        marks = {one.id: (self.kept_marks if crash else self.marks).get(one.id, 0) for one in self.bots}
        self.marks = dict(marks)
        self._do(self.engine.restore(self.moment, marks, self.log))

    def keep_marks(self) -> None:
        self.kept_marks = dict(self.marks)

    # -- what the engine wants -----------------------------------------------------------------------

    def _do(self, actions: list[Action]) -> None:
        self.actions += actions
        for action in actions:
            self._check(action)
            match action:
                case StartTurn():
                    self.running, self.cancelled = action, None
                    self.started.append(action)
                case CancelTurn():
                    self.cancelled = action
                case Decided():
                    self.decided.append(action)
                case Mark():
                    self.marks[action.bot] = action.seq
                case Wake():
                    self.wake = action.at
                case SayNotice() | Conclude():
                    pass
        for action in actions:  # what comes back through the log, after the batch
            match action:
                case SayNotice():
                    self.notices.append(action)
                    nick = next((one.nick for one in self.bots if one.id == action.bot), "gone")
                    self.record(
                        Line(
                            self.head + 1,
                            self.moment.utc,
                            Sender(action.bot, nick, "bot"),
                            action.text,
                            "notice",
                            bounce=0,
                        )
                    )
                case Conclude():
                    self.concluded.append(action)
                    self.record(ConversationConcluded(self.head + 1, self.moment.utc, action.conversation, action.how))

    def _check(self, action: Action) -> None:
        match action:
            case StartTurn():
                self._check_start(action)
            case CancelTurn():
                if action.rule == "lost" and self.running is None:
                    return  # the host knows nothing of it any more
                assert self.running is not None and self.running.turn == action.turn, "cancels what does not run"
            case Mark():
                assert action.seq > self.marks.get(action.bot, 0), "a watermark goes up"
                assert action.seq <= self.head
            case Decided():
                verdict = action.verdict
                assert 0 <= verdict.first <= verdict.last <= self.head
                assert verdict.words.endswith(")") and "token" in verdict.words
                assert "{" not in verdict.words, verdict.words
            case Wake():
                assert action.at > self.moment.s

    def _check_start(self, start: StartTurn) -> None:
        assert self.running is None, "one speaker at a time"
        one = next(one for one in self.bots if one.id == start.bot)
        assert one.settings.mode != "off" or start.conversation is not None
        answered = {seq for line in self.lines() if line.sender.id == start.bot for seq in line.causes}
        assert answered.isdisjoint(start.causes), "a line is answered by a bot once"
        for seq in start.causes:
            line = self.log[seq - 1]
            assert isinstance(line, Line) and line.sender.id != start.bot
            assert line.bounce != 0 and line.style != "notice" and line.conversation is None
        self.talk.bounce(  # the server would take it: raises otherwise
            start.bot, start.causes, start.conversation, self.moment.utc, one.settings.max_bounce, self.limits.talk
        )
