"""Two real processes talk, and every ending has its sentence and its exit code."""

import asyncio
import hashlib
import random
import re
import signal
import socket

from tests.pair.ends import Terminal, bare, pair, terminal, waiting


async def test_lines_go_both_ways_with_nick_and_time() -> None:
    async with pair() as (alice, bob, _):
        alice.stdin.write("hello, bób\n".encode())
        assert re.fullmatch(r"\d\d:\d\d alice: hello, bób\n", (await bob.stdout.readline()).decode())
        bob.stdin.write(b"hi\n")
        assert await alice.line() == "bob: hi"


async def test_both_sides_say_where_they_are_connected_to() -> None:
    async with terminal("listen", "127.0.0.1:0", "alice") as alice:
        address = await waiting(alice)
        async with terminal("call", address, "bob") as bob:
            assert f"connected to {address}" in await bob.until("connected")
            assert re.search(r"connected to 127\.0\.0\.1:\d+: bob is there", await alice.until("connected"))


async def test_end_of_input_is_leaving_and_the_other_side_is_told() -> None:
    async with pair() as (alice, bob, _):
        bob.stdin.write(b"last words, without a line feed")
        bob.stdin.close()
        assert await bob.line() == "· You left."
        assert await bob.process.wait() == 0
        assert await alice.line() == "bob: last words, without a line feed"
        assert await alice.line() == "· bob left."
        assert await alice.process.wait() == 0


async def test_ctrl_c_is_leaving() -> None:
    async with pair() as (alice, bob, _):
        alice.process.send_signal(signal.SIGINT)
        assert await alice.line() == "· You left."
        assert await bob.line() == "· alice left."
        assert (await alice.process.wait(), await bob.process.wait()) == (0, 0)


async def test_ctrl_c_while_nobody_has_called() -> None:
    async with terminal("listen", "127.0.0.1:0") as alice:
        await waiting(alice)
        alice.process.send_signal(signal.SIGINT)
        assert await alice.line() == "· Nobody called."
        assert await alice.process.wait() == 0


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with terminal("call", f"127.0.0.1:{port}") as bob:
        assert await bob.ended() == (
            1,
            "",
            f"Nobody listens at 127.0.0.1:{port}. One side types: roomful pair listen\n",
        )


async def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        async with terminal("listen", address) as alice:
            code, _, errors = await alice.ended()
            assert code == 1
            assert errors.startswith(f"{address} cannot be listened at: ")


async def test_bad_words_on_the_command_line() -> None:
    async with terminal("call", "::1") as first, terminal("call", "127.0.0.1", "no nick") as second:
        assert (await first.ended())[0] == 2
        code, _, errors = await second.ended()
        assert (code, errors) == (2, "A nick must not hold a space.\n")


async def test_a_peer_that_vanishes_is_noticed_when_it_still_owed_an_answer() -> None:
    async with terminal("listen", "127.0.0.1:0", "alice") as alice:
        bob = await bare(await waiting(alice))
        await bob.call()
        await alice.until("connected to")
        alice.stdin.write(b"do you hear me?\n")
        alice.stdin.close()
        assert (await bob.receive())["type"] == "post"
        await bob.close()
        assert await alice.process.wait() == 1
        assert "may not have arrived" in (await alice.ended())[2]


async def test_a_second_caller_is_told_busy_and_the_talk_goes_on() -> None:
    async with pair() as (alice, bob, address), terminal("call", address, "eve") as eve:
        code, _, errors = await eve.ended()
        assert (code, errors) == (1, f"{address} is busy: alice is talking with somebody else. Try again later.\n")
        bob.stdin.write(b"where were we?\n")
        assert await alice.line() == "bob: where were we?"


async def test_two_of_the_same_name_can_be_told_apart() -> None:
    async with (
        terminal("listen", "127.0.0.1:0", "sam") as first,
        terminal("call", await waiting(first), "sam") as second,
    ):
        assert "sam2 is there, and you are sam" in await first.until("connected")
        assert "sam is there, and you are sam2" in await second.until("connected")


async def test_who_speaks_another_protocol_does_not_keep_others_out() -> None:
    async with terminal("listen", "127.0.0.1:0", "alice") as alice:
        address = await waiting(alice)
        browser = await bare(address)
        browser.writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert (await browser.receive())["code"] == "frame_too_large"
        await browser.close()
        assert "Is this the right port?" in await alice.until("Still waiting")
        async with terminal("call", address, "bob") as bob:
            await bob.until("connected to")


async def test_the_trace_goes_to_standard_error() -> None:
    async with (
        terminal("listen", "127.0.0.1:0", "al") as al,
        terminal("call", await waiting(al), "bob", "status") as bob,
    ):
        await bob.until("connected")
        _, output, errors = await bob.ended()
    assert "connecting" in errors
    assert " closed" in errors
    assert "--" not in output


async def test_a_megabyte_each_way_at_once_arrives_byte_for_byte() -> None:
    texts = [unicode_text(1), unicode_text(2)]
    async with pair() as (alice, bob, _):
        talk = [exchange(alice, texts[0]), exchange(bob, texts[1])]
        heard_by_alice, heard_by_bob = await asyncio.gather(*talk)
        assert (await alice.process.wait(), await bob.process.wait()) == (0, 0)
    assert digest(heard_by_alice) == digest(texts[1].encode())
    assert digest(heard_by_bob) == digest(texts[0].encode())


def unicode_text(seed: int) -> str:
    """A megabyte of every kind of code point, in lines from nothing to far beyond one frame."""
    rng = random.Random(seed)
    points = [chr(p) for p in rng.sample([*range(0xD800), *range(0xE000, 0x110000)], 5_000) if p != 0x0A]
    lines, size = [], 0
    while size < 1_000_000:
        line = "".join(rng.choices(points, k=rng.choice((0, 1, 3, 80, 80, 5_000, 50_000)))) + "\n"
        size += len(line.encode())
        lines.append(line)
    return "".join(lines) + "\0\x1b[2J\r\n"


async def exchange(end: Terminal, text: str) -> bytes:
    """Pipe the text in; returns what the other end said."""

    async def feed() -> None:
        end.stdin.write(text.encode())
        await end.stdin.drain()
        end.stdin.close()

    output, _ = await asyncio.gather(end.stdout.read(), feed())
    said = re.compile(rb"\d\d:\d\d (?:alice|bob): (.*)", re.DOTALL)
    lines = [said.fullmatch(line) for line in output.split(b"\n")]
    return b"".join(line[1] + b"\n" for line in lines if line)


def digest(data: bytes) -> tuple[int, str]:
    return len(data), hashlib.sha256(data).hexdigest()
