"""Models from names and settings: a model with its tries, a chain of them, each with its provider's circuit breaker."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TYPE_CHECKING

from .chain import Chain
from .contract import Answer, Message, Model, Usage
from .environment import variables
from .names import Name, parse, split
from .settings import ModelsSettings, Patience, Provider
from .trying import Breaker, Means, Tried

if TYPE_CHECKING:
    from .clients import Clients


class Desk:
    """Makes models. Those of one provider share its connections and its breaker. It belongs to one event loop."""

    def __init__(
        self, settings: ModelsSettings, means: Means | None = None, wall: Callable[[], float] = time.time
    ) -> None:
        """Without `means`, time and chance are the machine's. `wall`: seconds since 1970."""
        self._settings = settings
        self._means = means or Means()
        self._wall = wall
        self._breakers: dict[str, Breaker] = {}
        self._clients: Clients | None = None

    def model(self, names: str | Sequence[str]) -> Model:
        """The model, or the chain of several, separated by commas or as a list.

        Raises:
            NoSuchProvider, ModelUnknown: a name means nothing. Whether it can be used shows when it is asked.
        """
        models = [self._tried(parse(name, self._settings)) for name in split(names)]
        return models[0] if len(models) == 1 else Chain(models)

    def bare(self, name: Name) -> Model:
        """A model as it is: one try, no breaker."""
        if name.source.kind == "offline":
            from . import offline

            return offline.model(name.model)
        clients = self.clients()
        if name.source.kind == "web-token":
            from .web.model import WebModel

            return WebModel(name, clients, self._wall)
        from .remote import Remote

        return Remote(name, clients, self._wall)

    def clients(self) -> Clients:
        """The connections to providers."""
        if self._clients is None:
            from .clients import Clients

            self._clients = Clients(self._settings.patience)
        return self._clients

    async def close(self) -> None:
        """Close all connections."""
        if self._clients is not None:
            await self._clients.close()

    def _tried(self, name: Name) -> Model:
        bare = self.bare(name)
        if name.source.kind == "offline":
            return bare
        provider = name.source.name
        breaker = self._breakers.setdefault(provider, Breaker(provider, self._means.clock))
        return Tried(bare, breaker, self._settings.patience, self._means)


_desks: dict[ModelsSettings, Desk] = {}  # by identity, until they are closed


def model(names: str | Sequence[str], settings: ModelsSettings) -> Model:
    """The model of a name, or of a chain of names ("openai:gpt-5-mini, ollama:llama3"), with tries and breaker.

    Models of the same settings object share connections and breakers, until `close`.

    Raises:
        NoSuchProvider, ModelUnknown: a name means nothing.
    """
    desk = _desks.get(settings)
    if desk is None:
        desk = _desks[settings] = Desk(settings)
    return desk.model(names)


async def close(settings: ModelsSettings) -> None:
    """Close the connections of models of these settings, and forget what broke. A model that is left opens its own anew."""
    desk = _desks.pop(settings, None)
    if desk is not None:
        await desk.close()


def stream(
    names: str | Sequence[str],
    messages: Sequence[Message],
    *,
    proxy: str = "",
    key: str = "",
    base_url: str = "",
    max_tokens: int | None = None,
    seed: int | None = None,
    temperature: float | None = None,
) -> Answer:
    """An answer of a model, with nothing else set up: keys come from the environment and `.env`.

        async for text in models.stream("openai:gpt-5-mini", [Message("user", "Is TCP fair?")]):
            print(text, end="")

    `proxy`, `key` and `base_url` are for the providers of all `names`. Connections are closed with the answer.
    """
    table = Provider(proxy=proxy, key=key, base_url=base_url)
    plain = ModelsSettings(variables=variables())
    own = {parse(name, plain).source.name: table for name in split(names)}
    desk = Desk(ModelsSettings(own, plain.variables, Patience()))
    inner = desk.model(names).stream(messages, max_tokens=max_tokens, seed=seed, temperature=temperature)
    return Answer(_with_desk(inner, desk), lambda _: inner.usage)


async def _with_desk(inner: Answer, desk: Desk) -> AsyncGenerator[str | Usage, None]:
    """The answer, and then its desk is closed, however it ended."""
    try:
        async with inner:
            async for text in inner:
                yield text
            yield inner.usage
    finally:
        await desk.close()
