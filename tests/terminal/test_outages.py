"""What somebody who chats notices of servers that die, stop, refuse or come back as another."""

import asyncio
import shutil
from pathlib import Path

import pytest

from roomful.client import Client
from roomful.terminal.chat import ChatOptions, Visit
from roomful.terminal.entering import NoEntry
from roomful.terminal.view import text_of
from tests.support.server import serve
from tests.terminal.visits import PATIENCE, Table, chatting


class Relay:
    """A way to a server that can be cut, and opened again at the same address."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._port = 0
        self._listener: asyncio.Server
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    async def open(self) -> None:
        self._listener = await asyncio.start_server(self._pass_on, "127.0.0.1", self._port)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        self._listener.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = self._server.split(":")
        there, back = await asyncio.open_connection(host, int(port))
        self._writers += [writer, back]
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._copy(source, sink))
            self._tasks.add(task)

    @staticmethod
    async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            sink.write(data)
        sink.close()


async def test_killed_in_mid_sentence_everything_is_in_its_place_afterwards(tmp_path: Path) -> None:
    async with (
        serve(tmp_path) as server,
        chatting(server.tcp, "alice", live=True) as alice,
        chatting(server.tcp, "bob", live=True) as bob,
    ):
        await alice.does("before", "alice: before")
        await bob.sees("alice: before")
        await server.kill9()
        for person in (alice, bob):
            await person.sees("· Connection lost (")
        alice.table.type("in the meantime", "/help", "/users")
        await alice.sees("What they do: /help messages")
        await alice.table.toolbar_has("no connection: trying to get it back · 2 lines on the way")
        await server.restart()
        await alice.sees("here: alice (you, owner)")
        await bob.sees("alice: in the meantime")
        await bob.does("after", "bob: after")
        await alice.sees("bob: after")
        for person in (alice, bob):
            said = [line.split(": ")[1] for line in person.lines if ": " in line and line.lstrip()[:1].isdigit()]
            assert said == ["before", "in the meantime", "after"], "each line once, in its place"


async def test_what_was_missed_is_marked(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, chatting(server.tcp, "alice") as alice:
        relay = Relay(server.tcp)
        await relay.open()
        async with chatting(relay.address, "bob") as bob:
            await alice.does("seen", "alice: seen")
            await bob.sees("alice: seen")
            await relay.cut()
            await bob.sees("· Connection lost (")
            await alice.does("missed", "alice: missed")
            await relay.open()
            await bob.sees("alice: missed")
            await alice.does("live", "alice: live")
            await bob.sees("alice: live")
            assert bob.lines[-4:] == [
                "· The connection is back.",
                "── missed while the connection was lost ──",
                "alice: missed",
                "alice: live",
            ]
            await relay.cut()


async def test_leaving_without_a_connection_keeps_what_was_not_sent(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, chatting(server.tcp, "alice", live=True) as alice:
        await server.kill9()
        await alice.sees("· Connection lost (")
        alice.table.type("unsent", "/join #dev")
        await alice.table.toolbar_has("2 lines on the way")
        assert await alice.leaves() == 0
        assert alice.lines[-4:] == [
            "! 2 lines may not have been sent:",
            "· unsent",
            "· /join #dev",
            "· Goodbye, alice.",
        ]


async def test_a_restored_backup_is_noticed_and_chatting_goes_on(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, chatting(server.tcp, "alice", live=True) as alice:
        await alice.does("kept", "alice: kept")
        await server.stop()
        shutil.copytree(server.data, tmp_path / "backup")
        await server.restart()
        await alice.sees("· The connection is back.")
        await alice.does("lost", "alice: lost")
        await alice.does("lost too", "alice: lost too")
        await server.stop()
        shutil.rmtree(server.data)
        shutil.copytree(tmp_path / "backup", server.data)
        await server.restart()
        await alice.sees("· The server's history is another one now")
        await alice.does("anew", "alice: anew")
        before = len(alice.lines)
        await alice.does("/history", "── end of older lines ──")
        assert any(line.endswith("alice: kept") for line in alice.lines[before:])
        assert not any("alice: lost" in line for line in alice.lines[before:])


async def test_a_pipe_that_is_too_fast_loses_nothing(tmp_path: Path) -> None:
    limits = {"ROOMFUL_LIMITS__MESSAGES_PER_SECOND": "5", "ROOMFUL_LIMITS__MESSAGES_BURST": "6"}
    async with serve(tmp_path, environment=limits) as server, chatting(server.tcp, "alice") as alice:
        for number in range(12):
            alice.table.type(f"line {number}")
        await alice.sees("alice: line 11")
        said = [line.removeprefix("alice: ") for line in alice.lines if line.startswith("alice: ")]
        assert said == [f"line {number}" for number in range(12)]
        assert any(line.startswith("· That was fast") for line in alice.lines)


async def test_whoever_takes_over_the_visit_puts_the_first_one_out(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, chatting(server.tcp, "alice") as alice:
        await alice.does("hello", "alice: hello")
        assert alice.table.desk is not None
        resume = alice.table.desk._conversation.client.resume
        async with Client(server.tcp, resume=resume), asyncio.timeout(PATIENCE):
            assert await alice.run == 1
        assert alice.lines[-2].startswith("! Another connection resumed this one")


async def test_a_full_server_says_so(tmp_path: Path) -> None:
    table = Table(live=False, asks=False, answers=())
    async with (
        serve(tmp_path, environment={"ROOMFUL_LIMITS__MAX_CONNECTIONS": "1"}) as server,
        chatting(server.tcp, "alice"),
        asyncio.timeout(PATIENCE),
    ):
        with pytest.raises(NoEntry, match="connections"):
            await Visit(ChatOptions(server.tcp, "bob"), table, asyncio.Event()).run()


async def test_who_types_is_shown_below_the_input_line(tmp_path: Path) -> None:
    async with (
        serve(tmp_path) as server,
        chatting(server.tcp, "alice", live=True) as alice,
        chatting(server.tcp, "bob", live=True) as bob,
    ):
        await alice.table.toolbar_has("alice · 2 here")
        assert bob.table.desk is not None
        bob.table.desk.typed("h")
        await alice.table.toolbar_has("bob is typing…")
        bob.table.desk.sent()
        await bob.does("hello", "bob: hello")
        await alice.sees("bob: hello")
        assert alice.table.desk is not None
        assert "typing" not in text_of(alice.table.desk.toolbar())
        assert "typing" not in text_of(bob.table.desk.toolbar()), "one's own typing is no news"
        assert alice.table.desk.prompt() == "#lobby> "
