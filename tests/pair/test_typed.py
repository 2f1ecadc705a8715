"""One to one on a real terminal: a pseudo-terminal on one side, a pipe on the other."""

import asyncio
import os
import pty
import re
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.pair.ends import PATIENCE, PROGRAM, Terminal, terminal, waiting

CTRL_C, CTRL_D = b"\x03", b"\x04"
ANSWERS_NOTHING = {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}  # nobody here tells where the cursor is


class Window:
    """What a terminal window holds: keys go in, text comes out."""

    def __init__(self, process: asyncio.subprocess.Process, keyboard: int, output: asyncio.StreamReader) -> None:
        self.process, self._keyboard, self._output = process, keyboard, output
        self.text = ""

    def type(self, keys: bytes) -> None:
        os.write(self._keyboard, keys)

    async def until(self, words: str) -> None:
        """These words stand on it."""
        while words not in self.text:
            data = await self._output.read(65_536)
            assert data, f"it ended without: {words}"
            self.text += re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]", "", data.decode(errors="replace"))


@asynccontextmanager
async def window(*words: str) -> AsyncIterator[Window]:
    """A process on a terminal of its own."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        *words,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=os.environ | ANSWERS_NOTHING,
    )
    os.close(slave)
    output = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(os.dup(master), "rb", 0)
    )
    try:
        async with asyncio.timeout(PATIENCE):
            yield Window(process, master, output)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        transport.close()
        os.close(master)


@asynccontextmanager
async def talk() -> AsyncIterator[tuple[Terminal, Window]]:
    """Alice listens in a pipe, bob calls from a window."""
    async with terminal("listen", "127.0.0.1:0", "alice") as alice, window("call", await waiting(alice), "bob") as bob:
        await alice.until("connected to")
        await bob.until(">")
        yield alice, bob


async def test_lines_are_typed_and_shown_with_nick_and_time() -> None:
    async with talk() as (alice, bob):
        bob.type("hällo\r".encode())
        assert await alice.line() == "bob: hällo"
        await bob.until("bob: hällo")
        alice.stdin.write(b"hi\nthere\n")
        await bob.until("alice: there")
        assert re.search(r"\d\d:\d\d alice: hi\b", bob.text)


async def test_what_is_being_typed_stays_when_a_line_comes() -> None:
    async with talk() as (alice, bob):
        bob.type(b"half a")
        await bob.until("half a")
        alice.stdin.write(b"me first\n")
        await bob.until("alice: me first")
        bob.type(b" line\r")
        assert await alice.line() == "bob: half a line"


async def test_a_terminal_is_not_sent_what_it_would_obey() -> None:
    async with talk() as (alice, bob):
        alice.stdin.write(b"\x1b]0;evil\x07\n")
        await bob.until("alice: ␛]0;evil␇")


async def test_a_newcomer_is_told_how_to_leave() -> None:
    async with talk() as (_, bob):
        await bob.until("Ctrl-D leaves, and so does /exit.")


async def test_ctrl_c_and_ctrl_d_and_exit_are_leaving() -> None:
    for keys in (CTRL_C, CTRL_D, b"/exit\r"):
        async with talk() as (alice, bob):
            bob.type(keys)
            await bob.until("You left.")
            assert await alice.line() == "· bob left."
            assert (await alice.process.wait(), await bob.process.wait()) == (0, 0)


async def test_when_the_other_side_leaves_the_last_words_stand_above_the_last_sentence() -> None:
    async with talk() as (alice, bob):
        alice.stdin.write(b"bye, then")
        alice.stdin.close()
        await bob.until("alice left.")
        assert bob.text.index("alice: bye, then") < bob.text.index("alice left.")
        assert (await alice.process.wait(), await bob.process.wait()) == (0, 0)
