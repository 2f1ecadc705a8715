"""Models behind a page that hands out tokens."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any, Self

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from roomful import errors, models
from roomful.models import Message
from roomful.models.web.page import tokens_of
from roomful.models.web.reading import texts

from .conftest import HELLO, Make, said

WORDS = ["Na", "türlich, ", "ja.\u2028", "Gut."]


class Site:
    """A site with a chat: its page hands out a nonce and a cookie, and a nonce is good for two messages."""

    def __init__(self) -> None:
        self.posted: list[dict[str, str]] = []
        self.pages = 0
        self.form = "events"
        self.page = (
            '<form id="chat" data-post="42"><input id="nonce" value="{nonce}"></form><script>v="x{nonce}"</script>'
        )

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/chat", self._page)
        app.router.add_post("/ask", self._ask)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def expire(self) -> None:
        """The nonces given out so far are no longer good."""
        self.pages += 1

    async def _page(self, request: web.Request) -> web.Response:
        self.pages += 1
        response = web.Response(text=self.page.replace("{nonce}", f"n{self.pages}"), content_type="text/html")
        response.set_cookie("visit", "1")
        return response

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        body: Any = await request.json() if request.content_type == "application/json" else dict(await request.post())
        self.posted.append(body)
        if body["nonce"] != f"n{self.pages}" or request.cookies.get("visit") != "1":
            return web.Response(status=403)
        response = web.StreamResponse()
        await response.prepare(request)
        for word in WORDS:
            await response.write(written(self.form, word))
        if self.form == "events":
            await response.write(b"data: [DONE]\n\n")
        return response


def written(form: str, word: str) -> bytes:
    """A piece of an answer, as a site sends it in this form."""
    value = json.dumps({"out": [{"text": word}]}, ensure_ascii=False)
    return {"events": f": ping\r\ndata: {value}\r\n\r\n", "lines": f"{value}\n", "text": word}[form].encode()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


def settings(site: Site, **more: Any) -> models.Provider:
    usual: dict[str, Any] = {
        "kind": "web-token",
        "page": f"{site.url}/chat",
        "endpoint": "/ask",
        "tokens": {"nonce": "#nonce@value", "post": "form#chat@data-post"},
        "fields": {"nonce": "{nonce}", "post": "{post}", "q": "{message}", "all": "{system}|{conversation}"},
        "text": "out.0.text",
    }
    return models.Provider(**usual | more)


@pytest.mark.parametrize("form", ["events", "lines", "text"])
@pytest.mark.parametrize("encoding", ["form", "json"])
async def test_tokens_are_found_the_message_posted_the_answer_streamed(
    site: Site, desk: Make, form: str, encoding: str
) -> None:
    site.form = form
    model = desk(site=settings(site, answer=form, encoding=encoding)).model("site:")
    talk = [Message("system", "Be kind."), Message("user", "a"), Message("assistant", "b"), Message("user", "{c}")]
    answer = model.stream(talk)
    assert await said(answer) == "".join(WORDS)
    assert site.posted == [{"nonce": "n1", "post": "42", "q": "{c}", "all": "Be kind.|a\n\nYou: b\n\n{c}"}]
    assert answer.usage.finish == "stop"
    assert answer.usage.tokens_out > 0


async def test_a_token_is_kept_and_fetched_anew_once_when_it_is_refused(site: Site, desk: Make) -> None:
    model = desk(site=settings(site)).model("site:")
    await said(model.stream(HELLO))
    await said(model.stream(HELLO))
    assert site.pages == 1
    site.expire()
    assert await said(model.stream(HELLO)) == "".join(WORDS)
    assert [one["nonce"] for one in site.posted] == ["n1", "n1", "n1", "n3"]


async def test_a_token_that_is_refused_anew_is_an_error(site: Site, desk: Make) -> None:
    site.page = '<form id="chat" data-post="42"><input id="nonce" value="wrong"></form>'
    with pytest.raises(errors.KeyRefused):
        await said(desk(site=settings(site)).model("site:").stream(HELLO))


async def test_a_token_that_is_not_there_names_page_and_selector(site: Site, desk: Make) -> None:
    site.page = "<p>We have moved.</p>"
    with pytest.raises(errors.WebTokenMissing) as caught:
        await said(desk(site=settings(site)).model("site:").stream(HELLO))
    assert f"{site.url}/chat holds no nonce at #nonce@value" in caught.value.message
    assert not site.posted


async def test_a_pattern_finds_what_stands_in_a_script(site: Site, desk: Make) -> None:
    tokens = {"nonce": '/v="x(n\\d+)"/', "post": "form@data-post"}
    assert await said(desk(site=settings(site, tokens=tokens)).model("site:").stream(HELLO)) == "".join(WORDS)


def test_selectors_that_are_none_are_named() -> None:
    for selector in ("/(/", "/no group/", ">>>@x"):
        with pytest.raises(errors.ProviderIncomplete):
            tokens_of("<p>text</p>", {"nonce": selector}, "page")
    assert tokens_of("<p> text </p>", {"nonce": "p"}, "page") == {"nonce": "text"}


async def test_fields_that_name_what_is_not_there_are_refused(site: Site, desk: Make) -> None:
    with pytest.raises(errors.ProviderIncomplete, match="'nonsense' stands for nothing"):
        await said(desk(site=settings(site, fields={"q": "{nonsense}"})).model("site:").stream(HELLO))


async def test_an_answer_without_text_says_where_to_look(site: Site, desk: Make) -> None:
    with pytest.raises(errors.ModelFailed, match="see answer and text"):
        await said(desk(site=settings(site, text="elsewhere")).model("site:").stream(HELLO))


@given(st.sampled_from(["events", "lines", "text"]), st.lists(st.integers(0, 200), max_size=12))
def test_however_an_answer_is_cut_its_text_is_the_same(form: str, cuts: list[int]) -> None:
    whole = b"".join(written(form, word) for word in WORDS)
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]

    async def chunks() -> AsyncIterator[bytes]:
        for start, end in itertools.pairwise(edges):
            yield whole[start:end]

    async def read() -> str:
        return "".join([text async for text in texts(chunks(), form, "out.0.text")])  # type: ignore[arg-type]

    assert asyncio.run(read()) == "".join(WORDS)
