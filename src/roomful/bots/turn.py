"""One turn of a bot: it is given what was said, its model answers while the room looks on, and the answer is posted."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Literal

from roomful.client import ConnectionLost
from roomful.domain.answers import Receipt
from roomful.domain.verdicts import Verdict
from roomful.errors import Refused, RoomfulError, StoreUnavailable
from roomful.models import Answer, Usage

from .context.cutting import Cutter
from .context.prompt import is_pass
from .engine.actions import StartTurn
from .engine.inputs import TurnEnded
from .spending import Call, OverBudget

if TYPE_CHECKING:
    from .prompting import Prompt
    from .resident import Resident
    from .room import Room
    from .tools.hands import Hands

TYPING_AGAIN = 4.0  # s: who types is forgotten after six

MOST_BYTES = 15_000  # of an answer, UTF-8; a line of a room has 16,000

Cut = Literal["", "stopped", "failed"]

_NOTHING = Usage("", 0, 0, 0.0, None, 0.0, "")


class Turn:
    """One answer, from the engine's word to its line in the log."""

    def __init__(self, room: "Room", resident: "Resident", start: StartTurn) -> None:
        self.room, self.resident, self.start = room, resident, start
        self._draft = resident.voice.draft(room.name, start.nonce)
        self._cutter = Cutter(resident.nick, room.nicks())
        self._answer: Answer | None = None
        self._hands: Hands | None = None
        self._text = ""
        self._cancelled = False
        self._keep = True
        self._usage = _NOTHING
        self._cost = 0.0

    def cancel(self, *, keep: bool) -> None:
        """End the generation. What was said so far is posted, marked as cut, or with `keep` False dropped."""
        self._cancelled, self._keep = True, keep
        if self._answer is not None:
            self.room.tasks.start("ending an answer", self._answer.close())

    async def run(self) -> TurnEnded:
        """What came of it. Whatever goes wrong, it ends."""
        typing = asyncio.get_running_loop().create_task(self._type())
        try:
            return await self._run()
        except OverBudget as why:
            return self._ended("refused", code="over_budget", level=why.level, words=why.message)
        except RoomfulError as why:
            return self._ended("failed", code=why.code, words=why.message)
        except ConnectionLost as why:
            return self._ended("failed", code="connection_lost", words=why.message)
        except asyncio.CancelledError:
            self._tell_cost()
            raise
        except Exception:  # a fault of ours is one answer's end, not the room's
            self.room.log.exception("fault in a turn", bot=self.resident.nick, room=self.room.name)
            return self._ended("failed", code="internal", words="The bot host has a fault: see its log.")
        finally:
            typing.cancel()
            self.room.tasks.start("dropping a draft", self._draft.drop())  # beside: what the turn took is told at once
            if self._hands is not None:
                self._hands.over()

    async def _run(self) -> TurnEnded:
        if why := self.resident.kept_out(self.room):
            return self._ended("refused", code="models_local", words=why)
        prompt = await self.room.prompt(self.resident, self.start)
        failure: RoomfulError | None = None
        if not self._cancelled:
            failure = await self._generate(prompt)
        self._text = (self._text + self._cutter.finish()).strip()
        text = whole(self._text, MOST_BYTES)
        if self._cancelled and not (self._keep and text):
            return self._ended("cancelled")
        if failure is not None and not text:
            raise failure
        if not text or (self.start.may_pass and is_pass(text)):
            return self._ended("empty")
        if not self._cancelled and self.room.engine.repeats(self.resident.id, text):
            return self._ended("same_again")
        return await self._post(text, failure)

    async def _generate(self, prompt: "Prompt") -> RoomfulError | None:
        """Let the model speak. Returns what went wrong; raises OverBudget, or RoomfulError before anything was asked."""
        model = await self.room.model(self.resident, self.start)
        hands = self._hands = await self.room.tools(self.resident, self.start, prompt.lines)
        call = self.room.spending.begin(self._call(), prompt.messages)
        most = self.resident.settings.max_tokens
        answer = self._answer = model.stream(prompt.messages, max_tokens=most, tools=hands.tools)
        failure = None
        try:
            async with answer:
                async for piece in answer:
                    shown = self._cutter.feed(piece)
                    self._text += shown
                    if not self.start.may_pass:  # else it may come to nothing
                        self._draft.add(shown)
                    if self._cutter.cut or len(self._text) > MOST_BYTES:
                        break
        except RoomfulError as why:
            failure = why
        finally:
            self._usage = answer.usage
            self._cost = self.room.spending.end(call, self._usage)
        return None if self._cancelled else failure

    def _call(self) -> Call:
        start = self.start
        return Call(
            self.room.name,
            self.resident,
            start.requester,
            f"{self.room.id}:{start.conversation}" if start.conversation is not None else "",
            bool(start.requester),
        )

    # -- the end ------------------------------------------------------------------------------------

    async def _post(self, text: str, failure: RoomfulError | None) -> TurnEnded:
        cut: Cut = "stopped" if self._cancelled else "failed" if failure is not None else ""
        try:
            receipt = await self._say(text, cut)
        except StoreUnavailable:
            raise
        except Refused as why:
            if self._cancelled:
                return self._ended("cancelled", code=why.code, words=why.message)
            return self._ended("refused", code=why.code, words=why.message)
        code, words = (failure.code, failure.message) if failure is not None else ("", "")
        outcome = "cancelled" if self._cancelled else "said"
        return self._ended(outcome, seq=receipt.seq, cut=cut, code=code, words=words)

    async def _say(self, text: str, cut: Cut) -> Receipt:
        """Post it. What was cut may be posted even where bots were told to be quiet: the room has read it already."""
        start = self.start
        return await self._draft.post(
            text,
            causes=start.causes,
            conversation=start.conversation,
            thread=start.thread,
            reply_to=self.room.replies_to(start),
            cut=cut,
        )

    def _ended(
        self, outcome: str, *, seq: int = 0, cut: str = "", code: str = "", level: str = "", words: str = ""
    ) -> TurnEnded:
        used = self._usage
        return TurnEnded(
            self.start.turn,
            outcome,  # type: ignore[arg-type]
            seq,
            cut,
            code,
            level,
            words,
            used.model,
            used.tokens_in,
            used.tokens_out,
            self._cost,
            used.first or 0.0,
            used.took,
        )

    def _tell_cost(self) -> None:
        """The host ends, and the next one begins this turn anew. What was paid for it is paid all the same."""
        if not self._cost:
            return
        resident, used, causes = self.resident, self._usage, self.start.causes or (0,)
        words = f"{resident.nick} broke off: the bot host ended ({used.tokens_in + used.tokens_out:,} tokens)"
        resident.reports.add(
            self.room.name,
            Verdict(
                resident.id,
                min(causes),
                max(causes),
                "passed",
                "host_ended",
                words,
                model=used.model,
                person=self.start.requester,
                tokens_in=used.tokens_in,
                tokens_out=used.tokens_out,
                cost=self._cost,
                first_token=used.first or 0.0,
                took=used.took,
            ),
        )

    # -- while it thinks -----------------------------------------------------------------------------

    async def _type(self) -> None:
        """Show that it thinks, until it begins to speak."""
        with contextlib.suppress(RoomfulError, ConnectionLost):  # a hint, and no more
            while not self._text:
                await self.resident.voice.typing(self.room.name)
                await asyncio.sleep(TYPING_AGAIN)


def whole(text: str, most: int) -> str:
    """As much of a text as fits into so many bytes of UTF-8, cut between words."""
    if len(text.encode()) <= most:
        return text
    part = text.encode()[:most].decode(errors="ignore")
    return part[: part.rfind(" ")].rstrip() + " …" if " " in part else part
