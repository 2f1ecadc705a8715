"""Lines that address nobody cost nothing: no model is asked, however many they are."""

import asyncio
import os

from tests.bots_host.stage import bot, staged
from tests.hub.conftest import Node
from tests.support.raw import RawClient

LINES = 10_000 if "ROOMFUL_FAULT_ROUNDS" in os.environ else 2_000
WINDOW = 200  # posts without an answer
MODES = (
    "mention",
    "mention",
    "keywords:elephant,ice age",
    "schedule:0 0 1 1 *",
    "interval:86400",
    "off",
)


async def speak(node: Node, nick: str, count: int) -> None:
    """Say so many lines that are for nobody."""
    client = await RawClient.login(node.address, nick)
    node.clients.append(client)
    await client.ok("join", room="#r")
    sent = answered = 0
    while answered < count:
        while sent < min(count, answered + WINDOW):
            client.send("post", room="#r", nonce=f"{nick}-{sent}", text=f"line {sent}: what a day, is it not?")
            sent += 1
        answered += (await client.receive())["type"] == "ok"


async def test_lines_that_address_nobody_ask_no_model() -> None:
    async with staged() as stage:
        models = [stage.script(f"bot{number}") for number in range(len(MODES))]
        bots = [bot(f"bot{number}", mode=mode, host=number == 0) for number, mode in enumerate(MODES)]
        host = await stage.host(*bots)
        ann = await stage.person("ann")
        await stage.person("bob")
        head = await ann.say("two people are here")
        async with asyncio.timeout(120):
            await asyncio.gather(*(speak(stage.node, nick, LINES // 2) for nick in ("cid", "eve")))
            await ann.until(lambda: len(ann.seen) > LINES)
        await stage.clock.pass_time(30)
        await stage.stop(host)
        assert not any(model.asked for model in models)
        room = next(iter(stage.node.hub.store.log.rooms.values()))  # type: ignore[attr-defined]
        silent = [row.verdict for row in room.bots.recorded if row.verdict.last > head]
        assert {verdict.verdict for verdict in silent} == {"not_addressed"}
        assert all(verdict.tokens_in == verdict.tokens_out == 0 for verdict in silent)
        for resident in host.residents.values():
            if resident.rooms:
                covered = sum(one.last - one.first + 1 for one in silent if one.bot == resident.id)
                assert covered >= LINES, f"{resident.nick} has no reason for some of its silence"
        assert len(silent) < LINES / 5, "silences of the same reason are one verdict"
