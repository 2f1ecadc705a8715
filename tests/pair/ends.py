"""Ends of a one-to-one chat for tests: real processes, scripted people, and peers made of bare frames."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from roomful.protocol.frames import HEADER, frame
from roomful.terminal.pair.ends import Person
from roomful.terminal.pair.pulse import Pace

PATIENCE = 20.0  # seconds: a safety net, not a wait
UNHURRIED = Pace()
PROGRAM = """
import asyncio, sys
from roomful.terminal.pair import PairOptions, call, listen
end = {"listen": listen, "call": call}[sys.argv[1]]
sys.exit(asyncio.run(end(PairOptions(*sys.argv[2:]))))
"""


class Terminal:
    """A real process at one end, with pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.process, self.stdin, self.stdout, self.stderr = process, process.stdin, process.stdout, process.stderr

    async def line(self) -> str:
        """The next line, without its time."""
        return (await self.stdout.readline()).decode().rstrip("\n").partition(" ")[2]

    async def until(self, words: str) -> str:
        """The first line that holds these words."""
        while words not in (line := await self.line()):
            assert line, f"the output ended without: {words}"
        return line

    async def ended(self) -> tuple[int, str, str]:
        """The exit code, the rest of the output, and the errors."""
        self.stdin.close()
        output, errors = await asyncio.gather(self.stdout.read(), self.stderr.read())
        return await self.process.wait(), output.decode(), errors.decode()


@asynccontextmanager
async def terminal(*words: str) -> AsyncIterator[Terminal]:
    """A process: `listen` or `call`, the address, the nick, the trace's level."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, *words, stdin=pipe, stdout=pipe, stderr=pipe, limit=1 << 24
    )
    try:
        async with asyncio.timeout(PATIENCE):
            yield Terminal(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def waiting(listener: Terminal) -> str:
    """The address at which it waits."""
    return (await listener.until("waiting at")).rpartition(" ")[2]


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Terminal, Terminal, str]]:
    """A listener, alice, and a caller, bob, connected; and the listener's address."""
    async with terminal("listen", "127.0.0.1:0", "alice") as alice:
        address = await waiting(alice)
        async with terminal("call", address, "bob") as bob:
            await asyncio.gather(alice.until("connected to"), bob.until("connected to"))
            yield alice, bob, address


class Script:
    """A person whose words are put in by the test."""

    grace = 0.0
    manual = ""

    def __init__(self) -> None:
        self.typed: asyncio.Queue[str] = asyncio.Queue()
        self.lines: list[str] = []
        self._changed = asyncio.Condition()

    async def read(self) -> str:
        return await self.typed.get()

    async def said(self, nick: str, text: str) -> None:
        await self._add(f"{nick}: {text}")

    async def echo(self, nick: str, line: str) -> None:
        """What the test put in need not be shown to it."""

    async def note(self, text: str) -> None:
        await self._add(text)

    async def _add(self, line: str) -> None:
        self.lines.append(line)
        async with self._changed:
            self._changed.notify_all()

    async def until(self, words: str) -> str:
        """The first line that holds these words, as soon as it is shown."""
        async with self._changed:
            await self._changed.wait_for(lambda: any(words in line for line in self.lines))
        return next(line for line in self.lines if words in line)


def person(script: Script, nick: str = "alice", pace: Pace = UNHURRIED) -> Person:
    """Somebody who can be interrupted."""
    return Person(nick, script, None, asyncio.Event(), pace)


class Bare:
    """A peer made of frames alone: what a student's own program would be."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, *objects: dict[str, Any]) -> None:
        self.writer.write(b"".join(frame(json.dumps(each).encode()) for each in objects))

    async def receive(self) -> dict[str, Any]:
        (size,) = HEADER.unpack(await self.reader.readexactly(HEADER.size))
        received: dict[str, Any] = json.loads(await self.reader.readexactly(size))
        return received

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):  # the other end may have been quicker
            await self.writer.wait_closed()

    async def call(self) -> None:
        """Introduce itself to a listener, and answer its introduction."""
        self.send({"type": "hello", "id": 1, "protocol": 1})
        assert "pair" in (await self.receive())["features"]
        self.send({"type": "login", "id": 2, "nick": "bob"}, {"type": "join", "id": 3, "room": "#pair"})
        assert [(await self.receive())["type"] for _ in range(2)] == ["ok", "ok"]
        for kind, answer in (
            ("hello", {"server": "s", "protocol": 1, "epoch": "", "features": ["pair"]}),
            ("login", {"participant": {"id": "l", "nick": "alice", "kind": "person"}, "resume": ""}),
            ("join", {"room": "#pair", "head": 0, "count": 2}),
        ):
            request = await self.receive()
            assert request["type"] == kind
            limits = {"max_frame": 65536, "max_text": 16000, "max_in_flight": 16, "idle": 25}
            self.send({"type": "ok", "re": request["id"], **answer, **(limits if kind == "hello" else {})})


async def bare(address: str, room_to_receive: int = 0) -> Bare:
    """A bare connection to this address.

    Args:
        room_to_receive: bytes that the system takes for a peer that does not read; 0: as many as it likes.
    """
    host, _, port = address.rpartition(":")
    connection = socket.socket()
    connection.setblocking(False)
    if room_to_receive:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room_to_receive)
    await asyncio.get_running_loop().sock_connect(connection, (host, int(port)))
    return Bare(*await asyncio.open_connection(sock=connection))
