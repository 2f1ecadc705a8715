"""What whoever owns the server types about accounts, rooms and limits; it was made its owner beside the running server."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.registry.programs import done, refused
from tests.support.server import serve
from tests.terminal.visits import Person, chatting

PASSWORD = "four lamps for a cellar"
OPEN = {"ROOMFUL_ACCOUNTS__REGISTRATION": "open", "ROOMFUL_LIMITS__ENABLED": "false"}


async def member(stack: AsyncExitStack, address: str, nick: str, *answers: str) -> Person:
    """Somebody who has just made an account, and answers questions so."""
    chat = chatting(address, nick, room="#attic", asks=True, answers=(PASSWORD, PASSWORD, *answers))
    person = await stack.enter_async_context(chat)
    await person.does("/register", f"You have an account now: {nick}.")
    return person


async def test_an_owner_lists_changes_and_removes_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOMFUL_CONFIG", str(tmp_path / "config"))
    async with serve(tmp_path, environment=OPEN) as server, AsyncExitStack() as stack:
        await done(tmp_path, "add", "root", "--owner", "--password-stdin", said=PASSWORD)
        ann = await member(stack, server.tcp, "ann", "", "bob")
        bob = await member(stack, server.tcp, "bob")
        await ann.does("/accounts", "Only owners of the server are told of all of it.")
        assert await done(tmp_path, "owner", "ann") == "ann owns the server.\n"
        assert await done(tmp_path, "owner", "root", "--off") == "root owns the server no more.\n"
        assert "last owner" in await refused(tmp_path, "owner", "ann", "--off")
        line = await ann.does("/accounts", "owns the server, online")
        assert line.split()[0] == "ann"
        await ann.does("/account bob", "What with which account?")
        await ann.does("/account bob code", "--account bob --invite")
        await ann.does("/account ann owner off", "ann is the last owner of the server")
        await ann.does("/account bob owner on", "bob owns the server.")
        await ann.does("/account bob owner off", "bob owns the server no more.")
        await bob.does("/create private #cellar", "#cellar")
        line = await ann.does("/allrooms", "#cellar")
        assert "private, 1 member, 1 event, owned by bob" in line
        line = await ann.does("/limits", "limits.max_frame")
        assert "65.5 kB. Largest payload of a frame, bytes." in line
        await ann.does("/account bob remove everything", "Nothing was changed.")
        await ann.does("/account bob remove", "bob is gone; what it has said stays.")
        await bob.sees("account was deleted")
        assert "bob" not in await done(tmp_path, "list")
