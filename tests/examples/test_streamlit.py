"""The client in Streamlit, against a real server with its bots: by Streamlit's own way of running a page without a browser."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing import v1 as testing

from roomful.client import Client, Told
from roomful.domain.events import Leave
from tests.support.server import Server, serve

APP = Path(__file__).parents[2] / "examples/streamlit/app.py"
PATIENCE = 30.0  # s: a safety net, not a measure
OPEN = {"ROOMFUL_ACCOUNTS__REGISTRATION": "open"}

pytestmark = pytest.mark.filterwarnings("default")  # of packages that are not ours


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server as users start it, with ELIZA in the lobby."""
    async with serve(tmp_path, environment=OPEN, bots=True) as server:
        await server.bots_are_in()
        yield server


class Page:
    """The page of one person."""

    def __init__(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.argv", ["app.py", address])
        monkeypatch.syspath_prepend(str(APP.parent))
        self.test: Any = testing.AppTest.from_file(str(APP), default_timeout=PATIENCE).run()

    @property
    def text(self) -> str:
        """All that it says."""
        assert not self.test.warning, "nothing goes wrong here"
        parts = (*self.test.markdown, *self.test.caption, *self.test.header, *self.test.error)
        return "\n".join(str(one.value) for one in parts)

    @property
    def rooms(self) -> list[str]:
        """The rooms that are listed, with the one that is shown first."""
        buttons = [one for one in self.test.button if (one.key or "").startswith("room ")]
        buttons.sort(key=lambda one: one.proto.type != "primary")
        assert [one.proto.type for one in buttons].count("primary") == 1
        return [one.key.removeprefix("room ") for one in buttons]

    def fill(self, form: str, *values: str) -> None:
        """Fill a form's fields in their order, and send it."""
        fields = [one for one in self.test.text_input if one.form_id == form]
        for field, value in zip(fields, values, strict=False):
            field.set_value(value)
        next(one for one in self.test.button if one.form_id == form).click().run()
        assert not self.test.exception, self.test.exception

    def say(self, text: str) -> None:
        self.test.chat_input[0].set_value(text).run()

    def click(self, key: str) -> None:
        self.test.button(key=key).click().run()

    def until(self, seen: Callable[[str], bool]) -> None:
        """Draw it again until it shows something."""
        end = time.monotonic() + PATIENCE
        while not seen(self.text):
            assert time.monotonic() < end, self.text
            self.test.run()
            assert not self.test.exception, self.test.exception

    def close(self) -> None:
        if "live" in self.test.session_state:
            self.test.session_state["live"].close()


async def test_a_guest_talks_with_people_and_a_bot(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await asyncio.to_thread(Page, server.tcp, monkeypatch)
    await asyncio.to_thread(page.fill, "guest", "ada")
    assert "#lobby" in page.text
    assert "🤖 eliza: offline:eliza → this machine" in page.text
    assert "Nothing was decided yet." in page.text
    await asyncio.to_thread(page.say, "hello, I am sad")
    await asyncio.to_thread(page.until, lambda text: "🤖 **eliza**" in text and "eliza answered: " in text)
    async with Client(server.tcp, nick="bob") as bob:
        await bob.join("#lobby")
        await bob.post("#lobby", "good morning")
        await asyncio.to_thread(page.until, lambda text: "good morning" in text)
        await asyncio.to_thread(page.say, "nice to see you")
        await asyncio.to_thread(page.until, lambda text: "🤫 eliza kept silent: two people here" in text)
        await asyncio.to_thread(page.click, "leave")
        assert await left(bob) == "ada", "a guest that says goodbye has left at once, and its nick is free"


async def left(client: Client) -> str:
    """Who leaves next."""
    async with asyncio.timeout(PATIENCE):
        async for item in client.events():
            if isinstance(item, Told) and isinstance(item.body, Leave):
                return item.sender.nick
    return "nobody"


async def test_an_account_is_made_and_a_room_is_begun(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await asyncio.to_thread(Page, server.tcp, monkeypatch)
    await asyncio.to_thread(page.fill, "register", "ann", "four lamps for a cellar")
    assert "You are ann (person)." in page.text
    await asyncio.to_thread(page.fill, "another", "#tea")
    assert page.rooms == ["#tea", "#lobby"], "the one that was just entered is there, and marked"
    await asyncio.to_thread(page.say, "two sugars, please")
    await asyncio.to_thread(page.until, lambda text: "two sugars, please" in text and "#tea" in text)
    await asyncio.to_thread(page.click, "leave")
    await asyncio.to_thread(page.fill, "login", "ann", "wrong")
    assert "password" in page.text
    await asyncio.to_thread(page.fill, "login", "ann", "four lamps for a cellar")
    await asyncio.to_thread(page.click, "room #tea")
    await asyncio.to_thread(page.until, lambda text: "two sugars, please" in text)
    page.close()
