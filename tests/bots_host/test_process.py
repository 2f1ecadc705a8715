"""The process in which bots run: a real server starts it, and starts it again; a real client talks with it."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from roomful.client import Client, Message, Told
from tests.support.server import Server, serve

FIRST_WORDS = "I am ELIZA, a script from 1966, not a language model. I run on this machine and need no key."
PATIENCE = 20.0  # s: a safety net, not a measure


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def host_of(server: Server) -> int:
    """The bot host's process."""
    async with asyncio.timeout(PATIENCE), Client(server.tcp, nick="watch") as watch:
        while not (found := children(server.pid)):
            await watch.ping()
    return found[0]


async def gone(pid: int) -> None:
    """Wait until a process is no more."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, ended.set)
    try:
        async with asyncio.timeout(PATIENCE):
            await ended.wait()
    finally:
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)


async def hears(client: Client, text: str, cause: int = 0) -> Told:
    """Wait for a line of a bot with these words, or in answer to a line."""
    async with asyncio.timeout(PATIENCE):
        async for item in client.events():
            if not isinstance(item, Told) or not isinstance(item.body, Message) or item.sender.kind != "bot":
                continue
            if cause in item.body.causes if cause else text in item.body.text:
                return item
    raise AssertionError("the connection ended")


async def test_without_a_word_of_configuration_somebody_is_in_the_lobby(tmp_path: Path) -> None:
    async with serve(tmp_path, bots=True) as server:
        begun = time.monotonic()
        async with Client(server.tcp, nick="ann") as ann:
            await ann.join("#lobby", last=20)
            assert (await hears(ann, "ELIZA")).body.text == FIRST_WORDS  # type: ignore[union-attr]
            assert time.monotonic() - begun < 5  # 1 s, on a machine that does nothing else
            asked = await ann.post("#lobby", "Hello, I am sad today.")
            await hears(ann, "", cause=asked.seq)


async def test_a_host_that_is_killed_comes_back_and_answers_nothing_twice(tmp_path: Path) -> None:
    async with serve(tmp_path, bots=True) as server, Client(server.tcp, nick="ann") as ann:
        await ann.join("#lobby", last=20)
        await hears(ann, "ELIZA")
        first = (await ann.post("#lobby", "My mother is a doctor.")).seq
        await hears(ann, "", cause=first)
        pid = await host_of(server)
        os.kill(pid, signal.SIGKILL)
        await gone(pid)
        second = (await ann.post("#lobby", "Are you still there?")).seq
        await hears(ann, "", cause=second)
        causes = [one.body.causes for one in (await ann.history("#lobby")).events if isinstance(one.body, Message)]
        assert [found for found in causes if found] == [(first,), (second,)]
        assert "started again" in server.log()


async def test_the_host_ends_with_the_server_however_sudden(tmp_path: Path) -> None:
    async with serve(tmp_path, bots=True) as server:
        first = await host_of(server)
        await server.kill9()
        await gone(first)
        await server.restart()
        second = await host_of(server)
        assert await server.stop() == 0
        await gone(second)


async def test_the_hosts_token_is_in_no_list_of_processes(tmp_path: Path) -> None:
    async with serve(tmp_path, bots=True) as server, Client(server.tcp, nick="ann") as ann:
        await ann.join("#lobby", last=20)
        await hears(ann, "ELIZA")
        pid = await host_of(server)
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        assert words[1:] == [b"-m", b"roomful.bots", b""]
        assert Path(f"/proc/{pid}/environ").read_bytes() == Path(f"/proc/{server.pid}/environ").read_bytes()


async def test_bots_from_the_command_line(tmp_path: Path) -> None:
    async with serve(tmp_path, bots=True) as server, Client(server.tcp, nick="ann") as ann:
        await ann.join("#lobby", last=20)
        await hears(ann, "ELIZA")
        code, out, _ = await roomful(server, "bots", "add", "freud", "offline:eliza", "mode=lines:3")
        assert (code, out) == (
            0,
            "freud is here (offline:eliza): it runs on this machine, and speaks in mode lines:3.\n",
        )
        code, out, _ = await roomful(server, "bots", "list")
        assert "#lobby (lines:3)" in out
        assert await roomful(server, "bots", "set", "freud", "mode", "never") == (
            1,
            "",
            "mode: a mode is off, mention, lines:N, interval:SECONDS, keywords:WORD,WORD, schedule:CRON or lively; "
            "'never' is none of them.\n",
        )
        assert (await roomful(server, "bots", "remove", "freud"))[0] == 0
        asked = await ann.post("#lobby", "Are you still here, @eliza?")
        await hears(ann, "", cause=asked.seq)  # nobody was thrown out by these commands


async def test_without_a_server_the_commands_say_so(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, Client(server.tcp, nick="ann") as ann:
        await ann.join("#lobby")
        code, _, err = await roomful(server, "bots", "add", "parry")
        assert (code, err) == (1, "No bot host is connected: start the server with bots, or run `roomful bots run`.\n")
        assert not children(server.pid)
    server_folder = server.data
    code, _, err = await roomful(server, "bots", "list")
    assert (code, err) == (1, f"No server runs on the data in {server_folder}: roomful serve\n")


async def test_bots_run_by_hand_take_over(tmp_path: Path) -> None:
    async with serve(tmp_path, bots=True) as server, Client(server.tcp, nick="ann") as ann:
        await ann.join("#lobby", last=20)
        await hears(ann, "ELIZA")
        first = await host_of(server)
        process = await started(server, "bots", "run")
        try:
            await gone(first)
            asked = await ann.post("#lobby", "Who are you now?")
            await hears(ann, "", cause=asked.seq)
            assert not children(server.pid)
        finally:
            process.terminate()
            assert await process.wait() == 0


async def started(server: Server, *words: str) -> asyncio.subprocess.Process:
    from tests.support.server import ROOMFUL

    return await asyncio.create_subprocess_exec(
        ROOMFUL,
        *words,
        env=server.environment,
        cwd=server.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def roomful(server: Server, *words: str) -> tuple[int, str, str]:
    """Run a command to its end."""
    process = await started(server, *words)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@pytest.fixture(autouse=True)
def _on_linux() -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("processes are looked at through /proc")
