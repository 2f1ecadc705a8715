"""Models that note what they were asked, and are asked with the parameters of the experiment."""

import hashlib
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from roomful.domain.verdicts import Verdict
from roomful.models import Answer, Desk, Message, Model, ModelsSettings, Tool, Usage, parse
from roomful.models.names import split
from roomful.models.offline import at_once
from roomful.models.offline import model as offline


class Parameters(Struct, frozen=True):
    """What a model is asked with, beside the prompt."""

    seed: int = 0
    temperature: float | None = None  # None: the provider's own


class Call(Struct, frozen=True):
    """One answer that was asked for."""

    asked: str  # the model as it was named
    messages: tuple[Message, ...]
    max_tokens: int | None
    answer: Answer

    @property
    def prompt_sha256(self) -> str:
        """Of the messages, as compact JSON: `[{"role":"system","text":"…"}, …]` without spaces, in UTF-8."""
        return hashlib.sha256(msgspec.json.encode(self.messages)).hexdigest()

    @property
    def usage(self) -> Usage:
        """What it took."""
        return self.answer.usage


class RecordingDesk:
    """Makes models as roomful.models.Desk does, and keeps what they are asked. Offline ones answer without a pause."""

    def __init__(self, settings: ModelsSettings) -> None:
        self.parameters = Parameters()
        self.calls: list[Call] = []  # in the order in which they were made
        self._settings = settings
        self._desk = Desk(settings)

    def model(self, names: str | Sequence[str]) -> Model:
        """The model of a name, or a chain of several. Raises ModelError."""
        several = [parse(name, self._settings) for name in split(names)]
        if len(several) == 1 and several[0].source.kind == "offline":
            return Recorded(offline(several[0].model, pace=at_once), self)
        return Recorded(self._desk.model(names), self)

    async def close(self) -> None:
        """Nothing: the connections are for the next conversation, too. See `end`."""

    async def end(self) -> None:
        """Close all connections."""
        await self._desk.close()

    def take(self, verdict: Verdict) -> Call | None:
        """The call behind a verdict, which is forgotten; None: no model was asked."""
        found = next((call for call in self.calls if _is_of(call, verdict)), None)
        if found is not None:
            self.calls.remove(found)
        return found

    def given_up(self) -> Iterator[Call]:
        """Calls that no verdict tells of, such as those under way when all ended."""
        while self.calls:
            yield self.calls.pop(0)


class Recorded:
    """A model, and what it is asked. See roomful.models.Model."""

    def __init__(self, model: Model, desk: RecordingDesk) -> None:
        self._model, self._desk = model, desk
        self.name, self.local, self.destination = model.name, model.local, model.destination

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        """Begin an answer, with the experiment's seed and temperature."""
        wanted = self._desk.parameters
        answer = self._model.stream(
            messages, max_tokens=max_tokens, tools=tools, seed=wanted.seed, temperature=wanted.temperature
        )
        self._desk.calls.append(Call(self.name, tuple(messages), max_tokens, answer))
        return answer


def _is_of(call: Call, verdict: Verdict) -> bool:
    """Whether a verdict tells of this call: nothing but the figures, to the last digit, links them."""
    used = call.usage
    return (used.model, used.tokens_in, used.tokens_out, used.took) == (
        verdict.model,
        verdict.tokens_in,
        verdict.tokens_out,
        verdict.took,
    )
