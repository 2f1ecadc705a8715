"""How somebody is there: what the program says by itself, and what it leaves alone."""

import asyncio

from roomful.client import Client
from roomful.domain import commands
from roomful.terminal.being import IDLE_AFTER, Being
from tests.client.scripted import Scripted
from tests.terminal.held import Time


async def test_whoever_presses_no_key_is_idle_until_the_next_one() -> None:
    async with Scripted() as server, Client(server.address, nick="ann") as client:
        time = Time()
        being = Being(client, time.now, time.sleep)
        watch = asyncio.create_task(being.watch())
        assert await time.passes() == IDLE_AFTER
        assert (await server.asked(commands.Presence)).state == "idle"
        await client.ping()
        being.touched()
        assert (await server.asked(commands.Presence)).state == "online"
        assert await time.passes() == IDLE_AFTER
        assert (await server.asked(commands.Presence)).state == "idle"
        watch.cancel()


async def test_a_key_in_time_keeps_one_from_being_idle() -> None:
    async with Scripted() as server, Client(server.address, nick="ann") as client:
        time = Time()
        being = Being(client, time.now, time.sleep)
        watch = asyncio.create_task(being.watch())
        await time.asleep.get()
        time.at = 100.0
        being.touched()
        time.asleep.put_nowait(500.0)
        await time.passes()
        assert await time.passes() == 100.0
        assert (await server.asked(commands.Presence)).state == "idle"
        watch.cancel()


async def test_who_said_to_be_away_is_left_so() -> None:
    async with Scripted() as server, Client(server.address, nick="ann") as client:
        time = Time()
        being = Being(client, time.now, time.sleep)
        watch = asyncio.create_task(being.watch())
        await being.away("lunch")
        await time.passes()
        assert await time.passes() == IDLE_AFTER
        await being.back()
        said = [(one.state, one.text) for one in server.requests(commands.Presence)]
        assert said == [("away", "lunch"), ("online", "")]
        watch.cancel()
