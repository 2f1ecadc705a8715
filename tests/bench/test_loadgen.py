"""The generator's accounts are exact: a broadcaster that misbehaves on purpose knows what it did."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

MEMBERS = 5
MESSAGES = 435  # of the one sender; ends when nothing is held back
Counts = dict[str, int]


class Broadcaster:
    """Speaks the generator's frame protocol, and wrongs every EVERY-th delivery to each member in one way."""

    EVERY = 43

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.hang_up_on = 0  # the member that is the so manieth to join; 0: nobody
        self.done: Counts = {"lost": 0, "dups": 0, "reordered": 0}
        self._members: dict[asyncio.StreamWriter, int] = {}  # -> deliveries so far
        self._held: dict[asyncio.StreamWriter, bytes] = {}  # to come after the next one

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        try:
            await self._frame(reader)
            self._members[writer] = 0
            writer.write(b"\0\0\0\1+")
            while len(self._members) != self.hang_up_on:
                frame = await self._frame(reader)
                for member in self._members:
                    if member is not writer:
                        member.write(self._delivery(member, frame))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it has what it came for
        finally:
            self._members.pop(writer, None)
            writer.close()

    async def _frame(self, reader: asyncio.StreamReader) -> bytes:
        header = await reader.readexactly(4)
        return header + await reader.readexactly(int.from_bytes(header))

    def _delivery(self, member: asyncio.StreamWriter, frame: bytes) -> bytes:
        """What the member gets instead of the frame."""
        self._members[member] += 1
        if member in self._held:
            return frame + self._held.pop(member)
        if not self.fault or self._members[member] % self.EVERY:
            return frame
        self.done[self.fault] += 1
        if self.fault == "reordered":
            self._held[member] = frame
        return frame * 2 if self.fault == "dups" else b""


@asynccontextmanager
async def listening(broadcaster: Broadcaster) -> AsyncIterator[int]:
    server = await asyncio.start_server(broadcaster.talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def load(program: Path, port: int, *options: str) -> tuple[int, dict[str, Any]]:
    """Run the generator; its exit code and its report."""
    setting = ("--proto", "frame", "--port", str(port), "--members", str(MEMBERS), "--warmup", "0", "--stall", "3")
    process = await asyncio.create_subprocess_exec(program, *setting, *options, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(30):
        output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, json.loads(output)


@pytest.mark.parametrize("fault", ["", "lost", "dups", "reordered"])
async def test_it_counts_what_went_wrong(loadgen: Path, fault: str) -> None:
    broadcaster = Broadcaster(fault)
    async with listening(broadcaster) as port:
        code, report = await load(loadgen, port, "--msgs", str(MESSAGES), "--window", "1000")
    assert {key: report[key] for key in broadcaster.done} == broadcaster.done
    assert broadcaster.done.get(fault, 1) > 0
    assert (code, report["ok"]) == ((1, False) if fault else (0, True))
    assert report["deliveries"] == MESSAGES * (MEMBERS - 1) - report["lost"]


async def test_at_a_rate_it_sends_by_the_clock(loadgen: Path) -> None:
    async with listening(Broadcaster("")) as port:
        code, report = await load(loadgen, port, "--msgs", "50", "--rate", "200")
    assert code == 0
    assert report["msgs"] == 50
    assert report["wall_s"] >= 49 / 200


async def test_a_connection_that_the_server_ends_is_a_fault_even_when_nothing_is_said(loadgen: Path) -> None:
    broadcaster = Broadcaster("")
    broadcaster.hang_up_on = MEMBERS
    async with listening(broadcaster) as port:
        code, report = await load(loadgen, port, "--senders", "0")
    assert (code, report["dead"]) == (1, 1)


async def test_a_server_that_is_not_there_is_told(loadgen: Path) -> None:
    async with listening(Broadcaster("")) as port:
        pass
    process = await asyncio.create_subprocess_exec(
        loadgen, "--proto", "frame", "--port", str(port), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert (process.returncode, output) == (1, b"")
    assert b"Connection refused" in errors
