"""A model that says what it is told to say."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence

from msgspec import Struct

from roomful.errors import ModelError
from roomful.models.contract import Answer, Message, Tool, Usage

Step = str | asyncio.Event | ModelError  # say this word by word; wait for this; fail with this


class Asked(Struct, frozen=True):
    """What an answer was asked for with."""

    messages: tuple[Message, ...]
    max_tokens: int | None
    tools: tuple[Tool, ...]
    seed: int | None
    temperature: float | None


class ScriptedModel:
    """Gives the answers it was told, one after the other, and then always "Yes."

    model = ScriptedModel("Hello there.", ["One ", held, "two."], ModelFailed("No."))

    Tokens are words; each costs `price` USD, or nobody knows how much when that is None.
    """

    def __init__(
        self,
        *answers: Step | Sequence[Step],
        name: str = "scripted:model",
        local: bool = True,
        price: float | None = 0.0,
    ) -> None:
        self.name = name
        self.local = local
        self.destination = "this machine" if local else "scripted.example"
        self.asked: list[Asked] = []  # answers that began
        self._price = price
        self._answers = deque(answers)

    def then(self, *answers: Step | Sequence[Step]) -> None:
        """What it says after all that it was told before."""
        self._answers.extend(answers)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        asked = Asked(tuple(messages), max_tokens, tuple(tools), seed, temperature)
        return Answer(self._pieces(asked), lambda said: self._usage(asked, said, ""))

    async def _pieces(self, asked: Asked) -> AsyncGenerator[str | Usage, None]:
        self.asked.append(asked)
        steps = self._answers.popleft() if self._answers else "Yes."
        said = ""
        for step in [steps] if isinstance(steps, Step) else steps:
            if isinstance(step, ModelError):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
                continue
            for word in step.split(" "):
                if asked.max_tokens is not None and len(said.split()) >= asked.max_tokens:
                    yield self._usage(asked, said, "length")
                    return
                piece = f" {word}" if said and not said.endswith(" ") else word
                said += piece
                yield piece
        yield self._usage(asked, said, "stop")

    def _usage(self, asked: Asked, said: str, finish: str) -> Usage:
        tokens_in = sum(len(message.text.split()) for message in asked.messages)
        tokens_out = len(said.split())
        cost = None if self._price is None else self._price * (tokens_in + tokens_out)
        return Usage(self.name, tokens_in, tokens_out, cost, 0.0 if said else None, 0.0, finish)
