"""docs/tutorial-bots.md, done as it stands there: bots are added, asked, and say why. A local server stands in for providers."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.first_run.programs import PROGRAM, program
from tests.support.provider import KEY, Provider

from ..support.server import Server, serve

PAGE = (Path(__file__).parents[2] / "docs/tutorial-bots.md").read_text("utf-8")
BLOCKS = re.findall(r"```\n(\$ roomful bots add .*?)```", PAGE, re.DOTALL)
ELSEWHERE = ("api.openai.com", "yours.openai.azure.com")  # where the stand-in is not


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with Provider(models=("gpt-5-mini", "llama3:8b")) as provider:
        yield provider


@pytest.fixture
async def server(tmp_path: Path, provider: Provider) -> AsyncIterator[Server]:
    """A server with everything that the page sets up."""
    variables = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": provider.openai,
        "AZURE_OPENAI_ENDPOINT": provider.url,
        "AZURE_OPENAI_API_KEY": KEY,
        "OLLAMA_HOST": provider.url,
    }
    (table,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "roomful.toml").write_text(table.replace("http://127.0.0.1:8000/v1", provider.openai), "utf-8")
    async with serve(tmp_path, environment=variables, bots=True) as server:
        await server.bots_are_in()
        yield server


def masked(line: str) -> str:
    """Without numbers of lines, times, and where it is."""
    for there in ELSEWHERE:
        line = line.replace(there, "127.0.0.1")
    return re.sub(r"\d+\.\d s\b", "N s", re.sub(r"\b(line|answered in) \d+", r"\1 N", line))


async def added(server: Server, command: str) -> str:
    """What `roomful bots add` prints."""
    words = command.removeprefix("$ roomful ").split()
    process = await asyncio.create_subprocess_exec(
        *(PROGRAM, *words, "--data", str(server.data)),
        stdout=asyncio.subprocess.PIPE,
        env=server.environment,
        cwd=server.folder,
    )
    return (await process.communicate())[0].decode().strip()


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split()[4])
async def test_a_model_comes_answers_and_says_why(block: str, server: Server, provider: Provider) -> None:
    command, here, chat, asked, answer, why, *told = block.splitlines()
    assert await added(server, command) == masked(here)
    assert chat == "$ roomful chat --nick ann"
    provider.next(answer.partition(": ")[2])
    async with program(server.folder, *chat.split()[2:], server.tcp, "--plain") as ann:
        await ann.sees("· Here:")
        ann.type(asked.removeprefix("ann: "))
        await ann.sees(answer)
        while not any("rule mention" in line for line in ann.lines):  # it is recorded a moment later
            ann.type(why.removeprefix("> "))
            await ann.sees("·")
        shown = [masked(line) for line in ann.lines]
    assert all(masked(line) in shown for line in told), "\n".join(ann.lines)


async def test_offline_it_answers_at_once(server: Server) -> None:
    (block,) = re.findall(r"```\n(ann: hello\n.*?)```", PAGE, re.DOTALL)
    _, answer, why, *told = block.splitlines()
    async with program(server.folder, "chat", "--nick", "ann", server.tcp, "--plain") as ann:
        await ann.sees("· Here:")
        ann.type("hello")
        await ann.sees(answer)
        while not any("host_alone" in line for line in ann.lines):
            ann.type(why.removeprefix("> "))
            await ann.sees("·")
        shown = [masked(line) for line in ann.lines]
    assert all(masked(line) in shown for line in told), "\n".join(ann.lines)
