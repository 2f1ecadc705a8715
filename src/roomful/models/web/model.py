"""A site's model as `Model`."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from roomful.errors import ModelError, ModelFailed, ProviderIncomplete

from .. import faults
from ..clients import Clients, check
from ..contract import Answer, Message, Tool, Usage
from ..names import Name
from ..prices import cost, estimated
from ..settings import shown
from ..waiting import soon
from .page import tokens_of
from .reading import texts

if TYPE_CHECKING:
    import httpx2

REFUSED = frozenset((400, 401, 403, 419, 422))  # what sites answer to a token that is too old


class WebModel:
    """A model behind a page. Its tokens are kept until the site refuses them; tools, seeds and temperatures it has none."""

    def __init__(self, name: Name, clients: Clients, wall: Callable[[], float] = time.time) -> None:
        self._name = name
        self._site = name.source.settings
        self._clients = clients
        self._wall = wall
        self._tokens: dict[str, str] | None = None
        self.name = str(name)
        self.local = name.local
        self.destination = name.destination

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        meter = _Meter(self._name, messages)
        return Answer(self._pieces(messages, meter), lambda said: meter.usage(said, ""))

    async def _pieces(self, messages: Sequence[Message], meter: _Meter) -> AsyncGenerator[str | Usage, None]:
        check(self._name.source)
        self._clients.http(self._name.source)  # loads what is needed
        meter.begin()
        said = []
        try:
            async with aclosing(self._texts(messages, meter)) as pieces:
                async for piece in pieces:
                    meter.spoke()
                    said.append(piece)
                    yield piece
        except ModelError:
            raise
        except _caught() as why:
            raise faults.of_transport(why, self._name) from None
        if not said:
            raise ModelFailed(f"{self._name} sent no text where its settings look for it: see answer and text.")
        yield meter.usage("".join(said), "stop")

    async def _texts(self, messages: Sequence[Message], meter: _Meter) -> AsyncGenerator[str, None]:
        async with AsyncExitStack() as stack:
            response = await self._posted(messages, stack)
            async with aclosing(texts(response.aiter_bytes(), self._site.answer, self._site.text)) as pieces:
                while (piece := await soon(anext(pieces, None), self._name, began=meter.first is not None)) is not None:
                    yield piece

    async def _posted(self, messages: Sequence[Message], stack: AsyncExitStack) -> httpx2.Response:
        """The site's response to the message; with new tokens when it refuses those we kept."""
        fresh = self._tokens is None
        response = await self._post(messages, stack)
        if response.status_code in REFUSED and not fresh:
            self._tokens = None
            response = await self._post(messages, stack)
        if response.is_success:
            return response
        self._tokens = None
        raise faults.by_status(response.status_code, dict(response.headers), self._name, self._wall)

    async def _post(self, messages: Sequence[Message], stack: AsyncExitStack) -> httpx2.Response:
        if self._tokens is None:
            self._tokens = await soon(self._fetched(), self._name, began=False)
        http = self._clients.http(self._name.source)
        fields = filled(self._site.fields, {**said(messages), "model": self._name.model, **self._tokens})
        body: dict[str, Any] = {"json" if self._site.encoding == "json" else "data": fields}
        address = urljoin(self._site.page, self._site.endpoint)
        request = http.stream("POST", address, headers={"referer": self._site.page} if self._site.page else {}, **body)
        return await soon(stack.enter_async_context(request), self._name, began=False)

    async def _fetched(self) -> dict[str, str]:
        """The tokens in the page. The client keeps the cookies that come with it."""
        if not self._site.page:
            return {}
        response = await self._clients.http(self._name.source).get(self._site.page, follow_redirects=True)
        if not response.is_success:
            raise faults.by_status(response.status_code, dict(response.headers), self._name, self._wall)
        return tokens_of(response.text, self._site.tokens, shown(self._site.page))


class _Meter:
    """What one answer takes. Sites do not count tokens: they are estimated."""

    def __init__(self, name: Name, messages: Sequence[Message]) -> None:
        self._name = name
        self._asked = sum(estimated(message.text) for message in messages)
        self._began: float | None = None
        self.first: float | None = None  # s

    def begin(self) -> None:
        self._began = time.monotonic()

    def spoke(self) -> None:
        if self.first is None:
            self.first = self._took()

    def _took(self) -> float:
        return time.monotonic() - self._began if self._began is not None else 0.0

    def usage(self, text: str, finish: str) -> Usage:
        name, asked = self._name, self._asked if self._began is not None else 0
        tokens = estimated(text)
        price = cost(name, name.model, asked, tokens)
        return Usage(name.model, asked, tokens, price, self.first, self._took(), finish)


def said(messages: Sequence[Message]) -> dict[str, str]:
    """What may stand in the fields: the newest message, the whole conversation, the instructions."""
    own = {"system": "", "user": "", "assistant": "You: "}
    talk = [f"{own[message.role]}{message.text}" for message in messages if message.role != "system"]
    return {
        "message": next((message.text for message in reversed(messages) if message.role == "user"), ""),
        "conversation": "\n\n".join(talk),
        "system": "\n\n".join(message.text for message in messages if message.role == "system"),
    }


def filled(fields: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The fields with the values in their places. Raises ProviderIncomplete for a place that nothing fills."""
    try:
        return {key: pattern.format_map(values) for key, pattern in fields.items()}
    except (KeyError, ValueError, IndexError, AttributeError) as why:
        raise ProviderIncomplete(f"In fields, {why} stands for nothing. There are: {', '.join(values)}.") from None


def _caught() -> tuple[type[Exception], ...]:
    import httpx2

    return httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, ValueError
