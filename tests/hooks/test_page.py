"""What docs/webhooks.md shows is so: its curl posts, its Python tells true requests from false ones; and what is typed."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from roomful.client import Client, Message, Told
from roomful.errors import NoSuchWebhook
from tests.support.server import Server, serve
from tests.terminal.visits import chatting

from .conftest import Receiver

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")
PASSWORD = "four lamps for a cellar"
OPEN = {"ROOMFUL_ACCOUNTS__REGISTRATION": "open", "ROOMFUL_WEBHOOKS__PRIVATE": "true"}


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server as users start it."""
    async with serve(tmp_path, environment=OPEN) as server:
        yield server


@pytest.fixture
async def alice(server: Server) -> AsyncIterator[Client]:
    """Who owns #lobby."""
    async with Client(server.tcp, account="alice", password=PASSWORD, register=True) as client:
        await client.join("#r")
        yield client


async def said(client: Client, kind: str = "") -> Told:
    """The next message in the room, of somebody of this kind."""
    async with asyncio.timeout(20):
        async for item in client.events():
            if isinstance(item, Told) and isinstance(item.body, Message) and item.sender.kind == kind:
                return item
    raise AssertionError("the connection has ended")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_the_line_with_curl_posts(alice: Client) -> None:
    made = await alice.webhook_in("#r", "deploys")
    assert made.url.startswith("http://127.0.0.1:")
    process = await asyncio.create_subprocess_shell(
        block("sh"), env={**os.environ, "WEBHOOK": made.url}, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    told = await said(alice, "webhook")
    assert json.loads(out) == {"room": "#r", "seq": told.seq}
    assert told.sender.nick == "deploys"
    assert isinstance(told.body, Message)
    assert told.body.text == "Release 1.4 is out."


async def test_the_function_in_python_tells_what_is_ours(alice: Client, receiver: Receiver) -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    is_from_roomful = names["is_from_roomful"]
    made = await alice.webhook_out("#r", receiver.url, ["message"])
    await alice.post("#r", "grüße")
    await receiver.come(1)
    (request,) = receiver.requests
    assert is_from_roomful(made.secret, request.headers, request.body)
    assert not is_from_roomful(made.secret, request.headers, request.body + b" ")
    assert not is_from_roomful("whsec_c29tZXRoaW5n", request.headers, request.body)
    old = request.headers | {"webhook-timestamp": "1700000000"}
    assert not is_from_roomful(made.secret, old, request.body)


async def test_a_program_that_is_down_is_told_after_a_kill(server: Server, alice: Client) -> None:
    receiver = await Receiver().start()
    await alice.webhook_out("#r", receiver.url, ["message"])
    await alice.post("#r", "one")
    await receiver.come(1)
    port = await receiver.stop()
    await alice.post("#r", "two")
    await server.kill9()
    again = await Receiver().start(port)
    await server.restart()
    await alice.post("#r", "three")
    await again.until(lambda: again.requests[-1].text == "three")
    texts = [request.text for request in again.requests]
    assert texts in (["two", "three"], ["one", "two", "three"]), "what was not noted yet comes again"
    await again.stop()


async def test_what_the_sdk_does(alice: Client, receiver: Receiver) -> None:
    incoming = await alice.webhook_in("#r", "ci")
    outgoing = await alice.webhook_out("#r", receiver.url)
    assert [(one.way, one.name, one.url) for one in await alice.webhooks("#r")] == [
        ("in", "ci", ""),
        ("out", "", receiver.url),
    ]
    assert (await alice.webhook_renew("#r", incoming.webhook)).url != incoming.url
    await alice.webhook_switch("#r", outgoing.webhook, on=False)
    assert [one.state for one in await alice.webhooks("#r")] == ["on", "off"]
    await alice.webhook_switch("#r", outgoing.webhook, on=True, skip=True)
    await alice.webhook_drop("#r", incoming.webhook)
    with pytest.raises(NoSuchWebhook):
        await alice.webhook_drop("#r", incoming.webhook)
    assert [one.webhook for one in await alice.webhooks("#r")] == [outgoing.webhook]


async def test_what_is_typed(
    server: Server, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOMFUL_CONFIG", str(tmp_path / "config"))
    async with chatting(server.tcp, "ann", room="#own", asks=True, answers=(PASSWORD, PASSWORD)) as ann:
        await ann.does("/register", "You have an account now: ann.")
        await ann.sees("now, with an account")
        await ann.does("/webhooks", "#own has no webhook.")
        await ann.does("/webhook in ci", "Programs post here by: http://127.0.0.1:")
        await ann.sees("ci, a webhook, joined")
        await ann.does(f"/webhook out {receiver.url} message", "is signed with: whsec_")
        await ann.does("/webhooks", "1 in: programs post as ci, by ann")
        await ann.sees(f"2 out: {receiver.url} (message), by ann")
        await ann.does("hello", "ann: hello")
        assert await receiver.come(1) == ["hello"]
        await ann.does("/webhook off 2", "is told nothing from now on.")
        await ann.does("/webhooks", ": off (switched off)")
        await ann.does("/webhook on 2 skip", "is told what is said here from now on.")
        await ann.does("/webhook renew 1", "Programs post here by: http://127.0.0.1:")
        await ann.does("/webhook renew 2", "is signed from now on with: whsec_")
        await ann.does("/webhook remove 1", "ci is removed.")
        await ann.does("/webhook remove 7", "! Which one? /webhooks lists them")
        await ann.does("/webhook", "! Do what? /webhook in NAME")
        await ann.does("/webhook out http://10.0.0.1", "is signed with: whsec_")
        await ann.does("/webhook out ftp://10.0.0.1", "! Nothing can be sent there: an address begins with https://")
        await ann.does("/help webhooks", "which there are, and whether they work")
