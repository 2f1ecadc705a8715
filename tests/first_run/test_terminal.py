"""`roomful chat` on a real terminal, as far as a pseudo-terminal is one: what the keys of a newcomer bring."""

import asyncio
import os
import pty
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.first_run.programs import PATIENCE, PROGRAM, environment
from tests.support.server import serve

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class Terminal:
    """A program on a pseudo-terminal."""

    def __init__(self, end: int, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._end = end
        self._text = ""
        self._came = asyncio.Event()
        asyncio.get_running_loop().add_reader(end, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._end, 65_536)
        except OSError:  # the program has ended, and with it the other side
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._end)
        self._text += data.decode(errors="replace")
        self._came.set()

    @property
    def text(self) -> str:
        return _ESCAPES.sub("", self._text)

    async def sees(self, text: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while text not in self.text:
                await self.more()

    async def more(self) -> None:
        """Wait for more output."""
        self._came.clear()
        await self._came.wait()

    def press(self, keys: str) -> None:
        os.write(self._end, keys.encode())

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._end)
        os.close(self._end)


@asynccontextmanager
async def terminal(home: Path, *words: str, **more: str) -> AsyncIterator[Terminal]:
    """`roomful …` on a terminal of 24 lines and 80 columns."""
    ours, its = pty.openpty()
    env = environment(home) | {"TERM": "xterm", "LOGNAME": "ada", "PROMPT_TOOLKIT_NO_CPR": "1", **more}
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *words, stdin=its, stdout=its, stderr=its, env=env, cwd=home, start_new_session=True
    )
    os.close(its)
    screen = Terminal(ours, process)
    try:
        yield screen
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        screen.close()


async def test_two_terminals_need_no_arguments_but_enter(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, terminal(tmp_path, "chat", server.tcp) as first:
        await first.sees("Nickname [ada]:")
        first.press("\r")
        await first.sees("/help lists the commands.")
        async with terminal(tmp_path, "chat", server.tcp) as second:
            await second.sees("Nickname [ada2]:")
            second.press("bob\r")
            await second.sees("Here: ada and you.")
            await second.sees("/help lists the commands.")
            first.press("hello bob\r")
            await second.sees("ada: hello bob")
            await second.sees("#lobby> ")  # a Ctrl-D means something from here on
            second.press("\x04")
            await second.sees("Goodbye, bob.")
            assert await second.ended() == 0
        await first.sees("bob left")
        assert first.text.count("ada: hello bob") == 1, "one's own line is shown once"
        first.press("\x03")
        await first.sees("Goodbye, ada.")
        assert await first.ended() == 0


async def test_the_question_may_be_left_with_ctrl_c(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, terminal(tmp_path, "chat", server.tcp) as screen:
        await screen.sees("Nickname [ada]:")
        screen.press("\x03")
        assert await screen.ended() == 0
        assert "Traceback" not in screen.text


async def test_a_pipe_does_not_wait_for_what_only_a_terminal_needs() -> None:
    code = "import sys, roomful.terminal.chat; sys.exit('prompt_toolkit' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == 0
