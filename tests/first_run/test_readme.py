"""What README.md shows is so: its session is typed and looks like that, its program runs as it stands there, and answers."""

import asyncio
import re
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from tests.first_run.programs import PATIENCE, environment, program
from tests.first_run.test_terminal import Terminal, terminal
from tests.support.server import serve

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
READY = "/help lists the commands."


def session(nick: str) -> list[str]:
    """The lines of the session that the page shows of somebody."""
    found: str
    (found,) = re.findall(rf"```\n\$ uv run roomful chat --nick {nick}\n(.*?)```", README, re.DOTALL)
    return found.splitlines()


def masked(text: str) -> str:
    """Without what is otherwise each time: the time, the day, the port, and numbers, which depend on who came first."""
    text = re.sub(r"\b\d\d:\d\d( +\d+)?(?= )", "HH:MM", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "ADDRESS", re.sub(r"\d{4}-\d\d-\d\d", "DAY", text))
    return re.sub(r"(#|\bline )\d+", r"\1N", text)


class Screen:
    """A terminal, read from top to bottom."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._read = 0

    async def shows(self, line: str) -> None:
        """Wait until there is this line, below the one before."""
        wanted = masked(line)
        try:
            async with asyncio.timeout(PATIENCE):
                while (at := masked(self.terminal.text).find(wanted, self._read)) < 0:
                    await self.terminal.more()
        except TimeoutError:
            raise AssertionError(f"{line!r} is not shown, but:\n{self.terminal.text}") from None
        self._read = at + len(wanted)


async def test_the_first_minutes_are_as_the_readme_shows_them(tmp_path: Path) -> None:
    async with serve(tmp_path, bots=True) as server, AsyncExitStack() as stack:
        await server.bots_are_in()

        async def comes(nick: str) -> Terminal:
            one = await stack.enter_async_context(terminal(tmp_path, "chat", server.tcp, "--nick", nick))
            await one.sees(READY)
            return one

        people = {"ann": await comes("ann")}
        screen = Screen(people["ann"])
        asked = False  # what follows was posted by a command, not typed
        for line in session("ann"):
            if line.startswith("#lobby> "):
                people["ann"].press(line.removeprefix("#lobby> ") + "\r")
                asked = True
                continue
            said = re.match(r"\d\d:\d\d +\d+ (\w+): (.*)", line)
            if said is not None and said[1] in people and not (asked and said[2].startswith("@librarian")):
                people[said[1]].press(said[2] + "\r")
            elif line.endswith("· bob joined"):
                people["bob"] = await comes("bob")
            await screen.shows(line)


async def test_the_program_in_the_readme_answers(tmp_path: Path) -> None:
    (source,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    async with serve(tmp_path) as server:
        assert "tcp://127.0.0.1:5002" in source
        source = source.replace("tcp://127.0.0.1:5002", server.tcp)
        async with program(tmp_path, "chat", server.tcp, "--plain", "--nick", "alice") as alice:
            await alice.sees("Only you are here")
            echo = await asyncio.create_subprocess_exec(sys.executable, "-c", source, env=environment(tmp_path))
            try:
                await alice.sees("echo joined")
                alice.type("is there an echo?")
                await alice.sees("-echo- you said: is there an echo?")
            finally:
                echo.terminate()
                async with asyncio.timeout(PATIENCE):
                    await echo.wait()


def test_the_readme_says_what_the_program_says() -> None:
    """The sentences in the picture of a killed server are the program's own; people's lines are theirs."""
    package = Path(__file__).parents[2] / "src" / "roomful" / "terminal"
    said = "".join(path.read_text() for path in package.glob("*.py"))
    for line in (line for line in session("alice") if line.startswith("· ")):
        words = re.split(r"127\.0\.0\.1:5002|alice|\(.*?\)", line.removeprefix("· "))
        assert all(part in said for part in words), line
