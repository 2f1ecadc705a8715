"""A chain of models: the first that answers speaks. It is a model too."""

from collections.abc import AsyncGenerator, Callable, Sequence

from roomful.errors import ModelError

from .contract import Answer, Message, Model, Tool, Usage
from .tooling import Noted


class Chain:
    """Models in the order of preference. The next is asked when one fails before its first word or call, never later."""

    def __init__(self, models: Sequence[Model]) -> None:
        assert models, "a chain has a link"
        self._models = tuple(models)
        self.name = ", ".join(model.name for model in models)
        self.local = all(model.local for model in models)  # what any of them may be given may leave
        self.destination = ", ".join(dict.fromkeys(model.destination for model in models))

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        noted = Noted(tools)

        def ask(model: Model) -> Answer:
            return model.stream(messages, max_tokens=max_tokens, tools=noted.tools, seed=seed, temperature=temperature)

        attempt = _Attempt(self._models, ask, noted)
        return Answer(attempt.pieces(), attempt.so_far)


class _Attempt:
    """One answer, by whichever model gives it."""

    def __init__(self, models: Sequence[Model], ask: Callable[[Model], Answer], noted: Noted) -> None:
        self._models = models
        self._ask = ask
        self._noted = noted
        self._answer: Answer | None = None

    def so_far(self, _: str) -> Usage:
        return self._answer.usage if self._answer is not None else Usage("", 0, 0, 0.0, None, 0.0, "")

    async def pieces(self) -> AsyncGenerator[str | Usage, None]:
        failures: list[ModelError] = []
        for model in self._models:
            spoke = False
            try:
                async with self._ask(model) as answer:
                    self._answer = answer
                    async for piece in answer:
                        spoke = True
                        yield piece
                    yield answer.usage
                return
            except ModelError as why:
                if spoke or self._noted.called:
                    raise
                failures.append(why)
        raise _all(failures)


def _all(failures: Sequence[ModelError]) -> ModelError:
    """One error for a chain that failed: the kind of the last, the words of all."""
    last = failures[-1]
    if len(failures) == 1:
        return last
    waits = [why.retry_after for why in failures if why.retry_after is not None]
    said = " ".join(dict.fromkeys(why.message for why in failures))
    return type(last)(said, retry_after=min(waits, default=None))
