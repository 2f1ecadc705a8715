"""Plays the scenes of this folder: a server, its bots, a stand-in for a provider of models, and people who type.

    uv run --group dev python examples/ai/play.py            lists the scenes
    uv run --group dev python examples/ai/play.py lines      plays one: what ann's terminal shows, and what she types
    uv run --group dev python examples/ai/play.py --write    plays all, and puts what they show into the pages

No key and no network are needed: the provider is tests/support/provider.py, which says what a scene tells it to say.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = (HERE / "README.md", ROOT / "docs/ai-modes.md")
sys.path.insert(0, str(ROOT))

from tests.support.provider import KEY, Call, Dear, Fault, Provider  # noqa: E402 - it is beside the package, not in it

ROOMFUL = str(Path(sys.executable).with_name("roomful"))
HINTS = ("· Connected", "──", "· Here:", "· No other person")  # what is always said to whoever comes in
PATIENCE = 60.0  # s: a safety net
MOMENT = 1.5  # s that people take before they ask why: what bots decided is recorded within one
PROVIDERS = """
[providers.work]
base_url = "{url}"
key = "{key}"
local = false          # as if it were far away

[providers.spare]
base_url = "{url}"
key = "{key}"
local = false
"""


class Person:
    """Somebody who chats in a terminal. With `shown`, what the terminal shows is printed."""

    def __init__(self, process: asyncio.subprocess.Process, *, shown: bool) -> None:
        self._process = process
        self._shown = shown
        self._unread = ""

    async def sees(self, text: str) -> None:
        """Wait until the terminal shows a line with this text."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while text not in self._unread:
                line = (await self._process.stdout.readline()).decode()
                if not line:
                    raise RuntimeError(f"the terminal was closed before it showed {text!r}")
                self._unread += line
                if self._shown and not line.startswith(HINTS):
                    print(line, end="", flush=True)
        self._unread = self._unread.partition(text)[2]

    async def types(self, line: str, until: str = "") -> None:
        """Type a line, and wait until there is an answer with this text."""
        assert self._process.stdin is not None
        if self._shown and line.startswith("/"):  # a line for the room is shown by the room
            await asyncio.sleep(MOMENT)
            print(f"> {line}", flush=True)
        self._process.stdin.write(f"{line}\n".encode())
        await self.sees(until or line)

    async def leaves(self) -> None:
        """Close the terminal."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


class Stage:
    """One server with its bots, and the provider."""

    def __init__(self, folder: Path, provider: Provider, stack: AsyncExitStack) -> None:
        self.provider = provider
        self._folder, self._stack = folder, stack
        self._address = ""

    async def serve(self, config: str) -> None:
        """Start a server whose configuration has these bots, and wait until they are in."""
        told = config + PROVIDERS.format(url=self.provider.openai, key=KEY)
        (self._folder / "roomful.toml").write_text(told, encoding="utf-8")
        words = ("serve", "--data", "data", "--tcp", "127.0.0.1:0", "--http", "")
        server = await self._start(*words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        assert server.stdout is not None
        assert server.stderr is not None
        ready = (await server.stdout.readline()).decode()
        self._address = ready.partition("tcp=")[2].split()[0]
        async with asyncio.timeout(PATIENCE):
            while b"bots are in" not in (line := await server.stderr.readline()):
                assert line, "the server ended"
        self._stack.enter_context(_Drained(server.stderr))

    async def chat(self, nick: str) -> Person:
        """Let somebody come in. What ann sees is what is shown."""
        pipe = asyncio.subprocess.PIPE
        process = await self._start("chat", self._address, "--plain", "--nick", nick, stdin=pipe, stdout=pipe)
        person = Person(process, shown=nick == "ann")
        await person.sees("· Here:")
        return person

    async def _start(self, *words: str, **pipes: int) -> asyncio.subprocess.Process:
        env = {**os.environ, "HOME": str(self._folder), "XDG_DATA_HOME": str(self._folder), "PYTHONIOENCODING": "utf-8"}
        process = await asyncio.create_subprocess_exec(ROOMFUL, *words, cwd=self._folder, env=env, **pipes)  # type: ignore[arg-type]
        self._stack.push_async_callback(_end, process)
        return process


class _Drained:
    """Reads on, so that whoever writes is not held up."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._task = asyncio.ensure_future(stream.read())

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._task.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        await process.wait()


Scene = Callable[[Stage], Awaitable[None]]


async def play(scene: Scene) -> None:
    """Play a scene from the beginning to the end."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            provider = await stack.enter_async_context(Provider())
            await scene(Stage(Path(folder), provider, stack))


async def write(scenes: Mapping[str, Scene]) -> None:
    """Put what the scenes show into the pages that show it."""
    for name in scenes:
        command = (sys.executable, str(HERE / "play.py"), name)
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        shown = (await process.communicate())[0].decode()
        head = f"```\n$ python examples/ai/play.py {name}\n"
        for page in PAGES:
            before, found, rest = page.read_text(encoding="utf-8").partition(head)
            if found:
                page.write_text(f"{before}{head}{shown}```{rest.partition('```')[2]}", encoding="utf-8")


def main(words: list[str]) -> int:
    """Play what is asked for. Returns the exit code."""
    from examples.ai.scenes import SCENES

    match words:
        case ["--write"]:
            asyncio.run(write(SCENES))
        case [name] if name in SCENES:
            asyncio.run(play(SCENES[name]))
        case _:
            print(*(f"{name:10} {scene.__doc__}" for name, scene in SCENES.items()), sep="\n")
    return 0


__all__ = ["HERE", "Call", "Dear", "Fault", "Stage"]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
