"""The guard over what bots say: whether one more line by a bot may follow those that a room holds.

Pure, and evolved from the log like the rest of a room's state, so that it stands on every way in. That bots which talk with
each other come to an end is proved by the bounce limit (after MSC4295 of Matrix), not by rates: a line by a person lets bots
answer; a bot's answer bears fewer bounces than any line that woke it, and none beyond what its owner allows; a line without
bounces wakes no bot; and no bot is woken by the same line twice. Each person's line so has a finite tree of answers. A
conversation that a person declares has its turns instead, of which each of its lines takes one. A webhook's line has no
bounces, so that no program wakes bots, and no person has spoken by it.
"""

from collections.abc import Iterable, Sequence
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from roomful.domain.events import (
    Concluded,
    Continued,
    Conversation,
    Event,
    KnownBody,
    Message,
    Sender,
    Stopped,
    Unknown,
)
from roomful.domain.webhooks import KIND as WEBHOOK
from roomful.errors import BadCauses, BotPace, BounceSpent, ConversationOver, LetPeopleSpeak

LINES = 100  # how far back a line may be that wakes a bot
LOOKED_AT = 400  # events that a talk is rebuilt from: LINES lines, and what stands between them
NEVER = -(10**12)  # ms: longer ago than anything


class TalkLimits(Struct, frozen=True):
    """How much bots may say. Inside a declared conversation its own turns and time count instead."""

    run: int = 8  # lines by bots in a row, woken by lines, without a person
    pace: int = 5_000  # ms between two lines of one bot that no person woke
    minute: int = 20  # lines by bots in a room and minute
    pair: int = 20  # lines that two bots exchange in a minute; more, and they cool for one


DEFAULTS = TalkLimits()
MINUTE = 60_000  # ms


class Line(Struct, frozen=True, gc=False):
    """What the guard remembers of a message."""

    sender: str
    bounce: int | None  # None: a person's, which any bot may answer
    conversation: int | None


class Open(Struct, frozen=True, gc=False):
    """A conversation that is not over."""

    seq: int
    bots: tuple[str, ...]
    turns: int
    left: int  # turns
    until: int  # ms
    interrupted: int = 0  # ms, since when a person has spoken; 0: it goes on


class Talk:
    """What a room's bots have said of late. Times are those of events, ms."""

    __slots__ = ("_answered", "_lines", "_minute", "_pairs", "_spoke", "conversation", "quiet", "run")

    def __init__(self) -> None:
        self.run = 0  # lines by bots since a person spoke
        self.quiet = False  # they were told to be, and nobody has spoken since
        self.conversation: Open | None = None
        self._lines: dict[int, Line] = {}  # by number, in order
        self._answered: dict[int, frozenset[str]] = {}  # by line: the bots that it woke
        self._spoke: dict[str, int] = {}  # by bot: when last
        self._minute: tuple[int, ...] = ()  # when bots spoke
        self._pairs: dict[frozenset[str], tuple[int, ...]] = {}  # when these two answered each other

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """The talk that these newest events of a room add up to."""
        talk = cls()
        for event in events:
            talk.follow(event.seq, event.at, event.sender, event.body)
        return talk

    def fork(self) -> Self:
        """A copy. Either may go on without the other noticing."""
        other = type(self)()
        other.run, other.quiet = self.run, self.quiet
        other.conversation, other._minute = self.conversation, self._minute
        other._lines, other._answered = self._lines.copy(), self._answered.copy()
        other._spoke, other._pairs = self._spoke.copy(), self._pairs.copy()
        return other

    def talks(self, now: int) -> bool:
        """Whether a conversation is going on."""
        talk = self.conversation
        return talk is not None and not talk.interrupted and talk.left > 0 and now <= talk.until

    # -- deciding ---------------------------------------------------------------------------------

    def bounce(
        self,
        bot: str,
        causes: Sequence[int],
        conversation: int | None,
        now: int,
        max_bounce: int = 0,
        limits: TalkLimits = DEFAULTS,
    ) -> int:
        """How many more answers of bots may hang on a line that this bot is about to say.

        Args:
            causes: numbers of the lines that woke it.
            max_bounce: what the bot's owner allows.

        Raises:
            BadCauses, BounceSpent, ConversationOver, LetPeopleSpeak, BotPace: it may not say it, or not yet.
        """
        if conversation is not None:
            return self._turn(bot, conversation, now)
        if self.quiet:
            raise LetPeopleSpeak("The bots were told to be quiet: a person speaks first, or types /continue.")
        bounces = [self._woken_by(bot, seq).bounce for seq in causes]
        by_person = None in bounces
        if causes and self.run >= limits.run:
            raise LetPeopleSpeak(
                f"Bots have said {limits.run} lines in a row: a person speaks first, or types /continue."
            )
        if not by_person:
            self._check_pace(bot, causes, now, limits)
        self._check_minute(now, limits)
        left = [bounce - 1 for bounce in bounces if bounce is not None]
        return min(*left, max_bounce) if left else max_bounce if causes else 0

    def _turn(self, bot: str, conversation: int, now: int) -> int:
        talk = self.conversation
        if talk is None or talk.seq != conversation:
            raise ConversationOver(f"Conversation {conversation} is over.", field="conversation")
        if bot not in talk.bots:
            raise ConversationOver(f"This bot is not in conversation {conversation}.", field="conversation")
        if talk.interrupted:
            raise ConversationOver("A person has spoken: /continue lets the conversation go on.", field="conversation")
        if talk.left <= 0:
            raise ConversationOver(f"The conversation has had its {talk.turns} lines.", field="conversation")
        if now > talk.until:
            raise ConversationOver("The conversation's time is over.", field="conversation")
        return talk.left - 1

    def _woken_by(self, bot: str, seq: int) -> Line:
        line = self._lines.get(seq)
        if line is None:
            raise BadCauses(f"{seq} is none of the room's last {LINES} messages.", field="causes")
        if line.sender == bot:
            raise BadCauses(f"{seq} is the bot's own message.", field="causes")
        if bot in self._answered.get(seq, ()):
            raise BadCauses(f"The bot has answered message {seq} already.", field="causes")
        if line.bounce == 0 or line.conversation is not None:
            raise BounceSpent(f"Message {seq} wakes no bot.", field="causes")
        return line

    def _check_pace(self, bot: str, causes: Sequence[int], now: int, limits: TalkLimits) -> None:
        rest = self._spoke.get(bot, NEVER) + limits.pace - now
        if rest > 0:
            raise BotPace(
                f"A bot says a line every {limits.pace / 1000:g} s, unless a person asks.", retry_after=rest / 1000
            )
        for other in {self._lines[seq].sender for seq in causes}:
            exchanged = self._pairs.get(frozenset((bot, other)), ())[-limits.pair :]
            if len(exchanged) >= limits.pair and exchanged[0] + MINUTE > exchanged[-1] > now - MINUTE:
                raise BotPace(
                    f"These two have exchanged {limits.pair} lines within a minute: they cool for another.",
                    retry_after=(exchanged[-1] + MINUTE - now) / 1000,
                )

    def _check_minute(self, now: int, limits: TalkLimits) -> None:
        recent = self._minute[-limits.minute :]
        if len(recent) >= limits.minute and recent[0] + MINUTE > now:
            raise BotPace(
                f"Bots have said {limits.minute} lines here within a minute.",
                retry_after=(recent[0] + MINUTE - now) / 1000,
            )

    # -- following ----------------------------------------------------------------------------------

    def follow(self, seq: int, at: int, sender: Sender, body: KnownBody | Unknown) -> None:
        """Follow one recorded event."""
        match body:
            case Message():
                self._said(seq, at, sender, body)
            case Conversation(bots=bots, turns=turns, seconds=seconds):
                ids = tuple(bot.id for bot in bots)
                self.conversation = Open(seq, ids, turns, turns, at + seconds * 1000)
            case Concluded():
                self.conversation = None
            case Stopped():
                self.conversation = None
                self.quiet = True
            case Continued():
                self.run, self.quiet = 0, False
                self._go_on(at)

    def _said(self, seq: int, at: int, sender: Sender, message: Message) -> None:
        self._lines[seq] = Line(sender.id, message.bounce, message.conversation)
        if len(self._lines) > LINES:
            oldest = next(iter(self._lines))
            del self._lines[oldest]
            self._answered.pop(oldest, None)
        if sender.kind == WEBHOOK:
            return
        if sender.kind != "bot":
            self.run, self.quiet = 0, False
            if self.conversation is not None and not self.conversation.interrupted:
                self.conversation = replace(self.conversation, interrupted=at)
        elif message.conversation is not None:
            if self.conversation is not None and self.conversation.seq == message.conversation:
                self.conversation = replace(self.conversation, left=self.conversation.left - 1)
        else:
            self._said_by_bot(at, sender.id, message.causes)

    def _said_by_bot(self, at: int, bot: str, causes: Sequence[int]) -> None:
        self._spoke[bot] = at
        self._minute = (*(then for then in self._minute if then + MINUTE > at), at)
        if causes:
            self.run += 1
        for seq in causes:
            if (line := self._lines.get(seq)) is None:
                continue
            self._answered[seq] = self._answered.get(seq, frozenset()) | {bot}
            if line.bounce is not None:
                pair = frozenset((bot, line.sender))
                self._pairs[pair] = (*self._pairs.get(pair, ())[-99:], at)

    def _go_on(self, at: int) -> None:
        talk = self.conversation
        if talk is not None and talk.interrupted:
            self.conversation = replace(talk, until=talk.until + at - talk.interrupted, interrupted=0)
