"""`roomful bots replay` on the export of a room in which people and a bot have really talked."""

import asyncio
import json
from pathlib import Path

from roomful.client import Client, Message, Told
from tests.keeping.commands import roomful
from tests.support.server import PATIENCE, serve


async def answered(client: Client, line: int) -> None:
    """Wait until the bot has answered a line."""
    async for item in client.events():
        match item:
            case Told(body=Message(causes=causes), sender=sender) if sender.nick == "eliza" and line in causes:
                return


async def test_a_bot_decides_in_the_replay_as_it_did_in_the_room(tmp_path: Path) -> None:
    async with serve(tmp_path, bots=True) as server, asyncio.timeout(PATIENCE):
        async with Client(server.tcp, nick="ann") as ann, Client(server.tcp, nick="bob") as bob:
            await ann.join("#lobby", last=100)
            async for item in ann.events():  # eliza has come, and says who it is
                if isinstance(item, Told) and item.sender.nick == "eliza" and isinstance(item.body, Message):
                    break
            alone = [(await ann.post("#lobby", "I am sad")).seq]
            await answered(ann, alone[0])
            await bob.join("#lobby")
            silent = (await bob.post("#lobby", "what is going on here?")).seq
            named = (await bob.post("#lobby", "@eliza do you know ann?")).seq
            await answered(ann, named)
        exported = await roomful(tmp_path, "export", "#lobby", "--format", "jsonl", "--out", "lobby.jsonl")
        assert exported.code == 0, exported.err
    ran = await roomful(tmp_path, "bots", "replay", "lobby.jsonl", "--silent", "--format", "jsonl")
    assert ran.code == 0, ran.err
    decided = [(one["lines"], one["verdict"]) for one in map(json.loads, ran.out.splitlines()) if one["bot"] == "eliza"]
    assert [int(lines) for lines, verdict in decided if verdict == "would speak"] == [*alone, named]
    assert any(verdict == "not addressed" and str(silent) in lines for lines, verdict in decided)
    tried = await roomful(tmp_path, "bots", "replay", "lobby.jsonl", "muse=lines:2")
    assert tried.out.endswith("so many times they would have spoken: muse (lines:2) 1.\n"), tried.out
