"""The code of `--lan`: given beforehand, or asked for."""

from collections.abc import Sequence

import pytest

from roomful.client import Client
from roomful.hub.limits import Limits
from roomful.terminal.entering import Keys, NoEntry, arrive
from roomful.terminal.tracing import TraceSwitch
from tests.hub.conftest import World, world

from .visits import Table

__all__ = ["world"]

CODE = "042137"


@pytest.fixture
async def address(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A server that wants a code of everybody: they seem to come from elsewhere."""
    node = await world.start(limits=Limits(by_address=False), guests="on", code=CODE)
    admit = node.gateway.admit
    monkeypatch.setattr(
        node.gateway,
        "admit",
        lambda connection, transport, peer: admit(connection, transport, ("192.168.7.7", peer[1])),
    )
    return node.address


def table(answers: Sequence[str] = (), *, asks: bool = True) -> Table:
    return Table(live=False, asks=asks, answers=answers)


async def come(address: str, front: Table, code: str | None = None) -> Client:
    return await arrive(address, "alice", front, TraceSwitch(None, print, lambda: 0), Keys(code=code))


async def test_a_code_that_was_given_is_not_asked_for(address: str) -> None:
    front = table()
    client = await come(address, front, CODE)
    assert client.me.nick == "alice"
    assert front.asked == []
    await client.bye()


async def test_a_person_is_asked_until_it_is_right(address: str) -> None:
    front = table(["000000", f" {CODE} "])
    client = await come(address, front)
    assert client.me.nick == "alice"
    assert front.asked == ["Code: ", "Code: "]
    assert len(front.shown) == 1, "why it is asked again"
    await client.bye()


@pytest.mark.parametrize("code", [None, "000000"])
async def test_nobody_is_asked_in_a_pipe(address: str, code: str | None) -> None:
    front = table(asks=False)
    with pytest.raises(NoEntry, match="--code 123456"):
        await come(address, front, code)
