"""A backup taken under load, restored elsewhere: what was acknowledged is there, and clients notice the other history."""

import asyncio
from pathlib import Path

from roomful.client import Client, HistoryReplaced, Told
from tests.client.reading import next_of, until
from tests.support.person import ROOMS, Person
from tests.support.raw import RawClient
from tests.support.server import Server, serve

from .commands import roomful

PEOPLE = 4
CALM = {"ROOMFUL_LIMITS__ENABLED": "false"}


async def everything(server: Server) -> dict[tuple[str, int], str]:
    """What the server's logs hold: by room and number, the nonce."""
    auditor = await RawClient.login(server.tcp, "auditor")
    found: dict[tuple[str, int], str] = {}
    for room in ROOMS:
        head = (await auditor.ok("join", room=room, after=0))["head"]
        events = [await auditor.event(room) for _ in range(head)]
        assert [event["seq"] for event in events] == list(range(1, head + 1))
        found |= {(room, event["seq"]): event["nonce"] for event in events}
    await auditor.close()
    return found


async def test_a_backup_under_load_holds_what_was_acknowledged_before(tmp_path: Path) -> None:
    async with serve(tmp_path, environment=CALM) as server:
        people = [Person(f"p{n}") for n in range(PEOPLE)]
        counted = asyncio.Semaphore(0)
        for person in people:
            await person.come(server.tcp)
        talking = [asyncio.create_task(person.talk(counted)) for person in people]
        for _ in range(500):
            await asyncio.wait_for(counted.acquire(), 30)
        before = {nonce: place for person in people for nonce, place in person.acknowledged.items()}
        ran = await roomful(tmp_path, "backup", "copy.db")
        assert ran.code == 0, ran.err
        after = {nonce for person in people for nonce in person.acknowledged}
        for person in people:
            person.client.writer.transport.abort()
        await asyncio.gather(*talking)
    assert len(before) >= 500
    assert len(after) > len(before), "they went on talking"

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = await roomful(tmp_path, "restore", "copy.db", "--data", str(elsewhere / "data"))
    assert ran.code == 0, ran.err
    async with serve(elsewhere, environment=CALM) as restored:
        found = await everything(restored)
        for nonce, place in before.items():
            assert found[place] == nonce
        assert (await roomful(elsewhere, "check")).code == 0


async def test_clients_notice_another_history_and_go_on_in_it(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, Client(server.tcp, nick="alice", random=lambda: 0.0) as alice:
        await alice.join("#tea", last=50)
        await alice.post("#tea", "before the backup")
        epoch = alice.welcome.epoch
        assert (await roomful(tmp_path, "backup", "copy.db")).code == 0
        await alice.post("#tea", "after it")
        ran = await roomful(tmp_path, "restore", "copy.db", "--force")
        assert ran.code == 1
        assert "stop it first" in ran.err
        await server.stop()
        ran = await roomful(tmp_path, "restore", "copy.db", "--force")
        assert ran.code == 0, ran.err
        await server.start()
        await until(alice, HistoryReplaced)
        receipt = await alice.post("#tea", "in the other history")
        assert receipt.seq == 3, "the number that `after it` had"
        told = await next_of(alice, Told)
        while told.seq != 3:
            told = await next_of(alice, Told)
        assert getattr(told.body, "text", "") == "in the other history"
        assert alice.welcome.epoch != epoch
        history = await alice.history("#tea", after=0)
        assert [getattr(event.body, "text", "") for event in history.events[1:]] == [
            "before the backup",
            "in the other history",
        ]
        assert len(list((tmp_path / "data").glob("roomful.db.before-restore-*"))) == 1
