"""The first run of somebody who has just installed Roomful, as it is read: the golden transcript is transcript.txt.

Where it changes on purpose: ROOMFUL_WRITE_TRANSCRIPT=1 writes it anew; read the difference before it is committed.
"""

import asyncio
import os
from pathlib import Path

from tests.first_run.programs import PATIENCE, PROGRAM, environment, program
from tests.support.server import serve

TRANSCRIPT = Path(__file__).with_name("transcript.txt")


async def test_two_people_chat_on_one_machine(tmp_path: Path) -> None:
    async with program(tmp_path, "serve") as server:
        await server.sees("ready")
        async with program(tmp_path, "chat", "--plain", "--nick", "alice") as alice:
            await alice.sees("Only you are here")
            alice.type("anybody there?")
            await alice.sees("alice: anybody there?")
            async with program(tmp_path, "chat", "--plain", "--nick", "bob") as bob:
                await bob.sees("Here: ")
                await alice.sees("bob joined")
                bob.type("hello @alice")
                await alice.sees("bob: hello")
                alice.type("/reply nice to see you")
                await bob.sees("nice to see you")
                alice.type("/users")
                await alice.sees("2 here")
                bob.type("/msg alice just between us")
                await alice.sees("just between us")
                bob.type("/uesrs")
                await bob.sees("/users")
                bob.type("/exit")
                assert await bob.ended() == 0
            await alice.sees("bob left")
            assert await alice.ended() == 0
        server.ask_to_end()
        assert await server.ended() == 0
    told = "\n".join(each.transcript for each in (server, alice, bob))
    if os.environ.get("ROOMFUL_WRITE_TRANSCRIPT"):
        TRANSCRIPT.write_text(told)
    assert told == TRANSCRIPT.read_text()


async def test_three_lines_through_a_pipe(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        command = f"printf 'hello\\n/users\\n/exit\\n' | '{PROGRAM}' chat {server.tcp} --plain --nick alice"
        code, out, err = await _shell(tmp_path, command)
    lines = [line[6:] if line[2:3] == ":" else line for line in out.splitlines()]
    assert lines == [
        f"· Connected to {server.tcp} as alice.",
        "── #lobby ──",
        "· Nobody has said anything here yet.",
        f"· Only you are here. To have company, type in another terminal: roomful chat {server.tcp}",
        "alice: hello",
        "· #lobby: 1 here: alice (you, owner).",
        "· Goodbye, alice.",
    ]
    assert (code, err) == (0, "")


async def test_without_a_server_there_is_one_sentence_that_says_how_to_get_one(tmp_path: Path) -> None:
    code, out, err = await _shell(tmp_path, f"'{PROGRAM}' chat 127.0.0.1:9 --plain < /dev/null")
    assert (code, out, err) == (1, "", "No Roomful at 127.0.0.1:9. Start one: roomful serve\n")


async def test_a_reader_that_has_read_enough_ends_it_quietly(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        chat = f"'{PROGRAM}' chat {server.tcp} --plain --nick alice; echo \"exit code $?\" >&2"
        _, out, err = await _shell(tmp_path, f"yes hello | {{ {chat}; }} | head -1")
    assert (out, err) == (f"· Connected to {server.tcp} as alice.\n", "exit code 0\n")


async def test_ctrl_c_says_goodbye(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, program(tmp_path, "chat", server.tcp, "--nick", "alice") as alice:
        await alice.sees("Only you are here")
        alice.ask_to_end()
        await alice.sees("Goodbye, alice.")
        assert await alice.ended() == 0


async def _shell(home: Path, command: str) -> tuple[int, str, str]:
    """A command as a shell runs it: its exit code, and what it wrote."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_shell(command, stdout=pipe, stderr=pipe, env=environment(home), cwd=home)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()
