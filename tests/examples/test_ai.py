"""The bots of examples/ai are as the pages show them: played again, against a real server, and compared."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from examples.ai import oracle
from examples.ai.oracle import Oracle
from examples.ai.play import PAGES
from examples.ai.scenes import SCENES
from roomful.client import Client, Signalled
from roomful.domain.signals import Decision
from roomful.errors import ModelFailed
from roomful.models import Message, Model
from roomful.models.chain import Chain
from roomful.testing.models import ScriptedModel
from tests.registry.programs import done

from ..support.server import Server, serve
from .test_examples import EXAMPLES, PATIENCE, came, run, said

SHOWN = re.compile(r"```\n\$ python examples/ai/play\.py (\w+)\n(.*?)```", re.DOTALL)


def masked(text: str) -> str:
    """Without what is otherwise each time: the clock, and how long a model took."""
    return re.sub(r"\d+\.\d s\b", "N s", re.sub(r"^\d\d:\d\d ", "HH:MM ", text, flags=re.MULTILINE))


@pytest.mark.parametrize("name", SCENES)
async def test_a_scene_is_as_the_pages_show_it(name: str) -> None:
    command = (sys.executable, str(EXAMPLES / "ai/play.py"), name)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    played = (await process.communicate())[0].decode()
    assert process.returncode == 0, played
    shown = [text for page in PAGES for scene, text in SHOWN.findall(page.read_text("utf-8")) if scene == name]
    assert shown, "no page shows it"
    for text in shown:
        assert masked(text) == masked(played)


def test_the_pages_show_no_scene_that_there_is_not() -> None:
    assert {scene for page in PAGES for scene, _ in SHOWN.findall(page.read_text("utf-8"))} == set(SCENES)


# -- the bot --------------------------------------------------------------------------------------


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server as users start it."""
    async with serve(tmp_path) as server:
        yield server


async def decision(client: Client) -> Decision:
    """Why somebody was silent, as the room is told."""
    async with asyncio.timeout(PATIENCE):
        async for item in client.events():
            if isinstance(item, Signalled) and isinstance(item.body, Decision):
                return item.body
    raise AssertionError("the events ended")


async def test_the_dice_bot_answers_and_says_why_it_does_not(server: Server) -> None:
    token = (await done(server.folder, "add", "dice", "--bot")).strip().splitlines()[-1].split()[-1]
    command = (sys.executable, str(EXAMPLES / "ai/dice_bot.py"), server.tcp)
    async with Client(server.tcp, nick="alice", patient=True) as client, run(*command, ROOMFUL_TOKEN=token):
        await client.join("#lobby", last=50)
        await came(client, "dice")
        await client.post("#lobby", "nothing for you")
        asked = await client.post("#lobby", "@dice 3d6, please")
        rolled = (await said(client)).body
        assert re.fullmatch(r"[1-6] [1-6] [1-6] = \d+", rolled.text)  # type: ignore[union-attr]
        assert (rolled.causes, rolled.bounce) == ((asked.seq,), 0)  # type: ignore[union-attr]
        await client.post("#lobby", "@dice what is the time?")
        told = await decision(client)
        assert told.verdict.words == "dice kept silent: it rolls dice, as in 2d6, and knows nothing else (0 tokens)"
        (why,) = (await client.why("#lobby", asked.seq)).verdicts
        assert (why.verdict, why.rule) == ("answered", "mention")


def test_the_dice_bot_is_short() -> None:
    code = (EXAMPLES / "ai/dice_bot.py").read_text("utf-8").split("Verdict\n", 1)[1]
    assert len([line for line in code.splitlines() if line]) <= 25


# -- the provider -----------------------------------------------------------------------------------


async def test_the_oracle_answers_and_may_stand_in_a_chain() -> None:
    alone: Model = Oracle()
    chain = Chain([ScriptedModel(ModelFailed("No.")), alone])
    for model in (alone, chain):
        async with model.stream([Message("user", "shall we go")]) as answer:
            assert "".join([text async for text in answer]) == "A wooden wall will save you."
        assert answer.usage.finish == "stop"
        assert answer.usage.first is not None
    with pytest.raises(ModelFailed, match="asked nothing"):
        await anext(alone.stream([Message("user", " ")]))


# -- the pages about them ---------------------------------------------------------------------------


def python_in(page: str) -> str:
    """The program that a page shows."""
    (found,) = re.findall(r"```python\n(.*?)```", (EXAMPLES.parent / "docs" / page).read_text("utf-8"), re.DOTALL)
    return str(found)


def test_the_page_on_bots_shows_the_bot() -> None:
    assert python_in("writing-a-bot.md") in (EXAMPLES / "ai/dice_bot.py").read_text("utf-8")


async def test_the_page_on_providers_shows_one_that_answers() -> None:
    names: dict[str, Any] = dict(vars(oracle))
    exec(python_in("writing-a-provider.md"), names)
    for shown in (names["Oracle"](), Oracle()):
        async with shown.stream([Message("user", "shall we go")]) as answer:
            assert "".join([text async for text in answer]) == "A wooden wall will save you."
