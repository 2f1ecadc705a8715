"""The server as a process: its start, its refusals, its end."""

import asyncio
import json
import os
import signal
import socket
from pathlib import Path

import aiohttp
import pytest

from tests.support.raw import RawClient
from tests.support.server import PATIENCE, ROOMFUL, Server, serve, surroundings


async def run(home: Path, *words: str, **env: str) -> tuple[int, str, str]:
    """Run `roomful` to its end: exit code, output, errors."""
    process = await asyncio.create_subprocess_exec(
        ROOMFUL,
        *words,
        cwd=home,
        env=surroundings(home, home / "data") | env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_health_readiness_metrics_and_a_page(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, aiohttp.ClientSession(f"http://{server.http}") as http:
        alice = await RawClient.login(server.tcp, "alice")
        await alice.ok("join", room="#r")
        await alice.post("#r", "counted")
        async with http.get("/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "ok"})
        async with http.get("/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "ready"})
        async with http.get("/metrics") as answer:
            metrics = await answer.text()
        assert "roomful_connections 1.0" in metrics
        assert "roomful_events_total 2.0" in metrics
        async with http.get("/") as answer:
            assert "<title>Roomful</title>" in await answer.text()
        await alice.close()


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_says_goodbye_and_ends_well(tmp_path: Path, signal_number: int) -> None:
    async with serve(tmp_path) as server:
        alice = await RawClient.login(server.tcp, "alice")
        os.kill(server.pid, signal_number)
        goodbye = await alice.goodbye()
        assert goodbye["code"] == "shutting_down"
        assert goodbye["retry_after"] is not None
        assert await server.ended() == 0
        await alice.close()


@pytest.mark.parametrize("loop", ["asyncio", "select", "uvloop"])
async def test_every_loop_serves(tmp_path: Path, loop: str) -> None:
    async with serve(tmp_path, "--loop", loop) as server:
        alice = await RawClient.login(server.tcp, "alice")
        await alice.ok("join", room="#r")
        assert (await alice.post("#r", "hello"))["seq"] == 2
        assert ("below 1024" in server.log()) == (loop == "select")
        await alice.close()
        assert await server.stop() == 0


async def test_a_second_server_on_the_same_data_is_told_where_the_first_is(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        code, out, err = await run(tmp_path, "serve", "--data", str(server.data), "--tcp", "127.0.0.1:0")
        assert (code, out) == (1, "")
        assert server.tcp in err
        assert "Traceback" not in err


async def test_a_port_that_is_taken_is_an_error_when_it_was_asked_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = await run(tmp_path, "serve", "--data", "d", "--tcp", f"127.0.0.1:{port}")
    assert code == 1
    assert err.startswith(f"127.0.0.1:{port} cannot be listened on")
    assert "--tcp 127.0.0.1:0" in err


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (("--tcp", "nonsense"), {}, "is not HOST:PORT"),
        (("--tcp", "", "--http", ""), {}, "Every listener is switched off"),
        (("--tcp", "0.0.0.0:0"), {}, "it is not encrypted"),
        (("--http", "0.0.0.0:0"), {}, "it is not encrypted"),
        (("--tls", "127.0.0.1:0"), {"ROOMFUL_TLS__CERTIFICATE": "none.pem"}, "none.pem cannot be read"),
        (("--data", "/proc/nowhere"), {}, "cannot be used"),
    ],
)
async def test_what_cannot_be_started_is_said_in_one_sentence(
    tmp_path: Path, words: tuple[str, ...], env: dict[str, str], said: str
) -> None:
    code, out, err = await run(tmp_path, "serve", *words, **env)
    assert code == 1
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


async def test_a_wrong_setting_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "roomful.toml").write_text('[tcp]\nlissen = "127.0.0.1:0"\n')
    code, _, err = await run(tmp_path, "serve")
    assert code == 2
    assert "line 2: [tcp] has no key lissen. Did you mean listen?" in err


async def test_the_log_is_json_on_request_and_holds_no_secret(tmp_path: Path) -> None:
    async with serve(tmp_path, "--log", "json") as server:
        alice = await RawClient.login(server.tcp, "alice")
        resume = alice.resume
        await alice.ok("join", room="#r")
        await alice.post("#r", "a private line")
        await alice.close()
        back = await RawClient.login(server.tcp, None, resume=resume)
        await back.ok("bye")
        await back.goodbye()
        await back.close()
        await server.stop()
        entries = [json.loads(line) for line in server.log().splitlines()]
        assert {"ready", "login", "lost", "ended", "stopped"} <= {entry["event"] for entry in entries}
        assert resume not in server.log()
        assert "a private line" not in server.log()


async def test_the_data_folder_and_its_files_are_for_their_owner_only(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    left_open = tmp_path / "data" / "roomful.db"  # as a copy, or an earlier release, may have left it
    left_open.touch(mode=0o644)
    async with serve(tmp_path, "--tls", "127.0.0.1:0") as server:
        alice = await RawClient.login(server.tcp, "alice")
        await alice.ok("join", room="#r")
        await alice.close()
        files = {path.name: path.stat().st_mode & 0o777 for path in server.data.iterdir()}
        assert {"lock", "roomful.db", "roomful.db-wal", "roomful.db-shm", "server.json", "tls-key.pem"} <= set(files)
        assert not {name: oct(mode) for name, mode in files.items() if mode & 0o077}


async def test_a_data_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        assert server.data.stat().st_mode & 0o077 == 0


async def test_others_may_connect_when_it_is_meant(tmp_path: Path) -> None:
    server = Server(tmp_path, ("--open",))
    server.tcp = "0.0.0.0:0"
    await server.start()
    try:
        client = await RawClient.login("127.0.0.1:" + server.tcp.rpartition(":")[2], "alice")
        await client.close()
        assert "nobody from elsewhere can log in" in server.log()
    finally:
        await server.close()


async def test_encrypted_others_may_connect_without_more_words(tmp_path: Path) -> None:
    async with serve(tmp_path, "--tls", "0.0.0.0:0", environment={"ROOMFUL_ACCOUNTS__GUESTS": "on"}) as server:
        assert "nobody from elsewhere" not in server.log(), "guests can"


async def test_roomful_alone_says_what_it_is_and_whether_a_server_runs(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path)
    assert code == 0
    assert len(out.strip().splitlines()) == 5
    assert "No server runs here yet" in out
    async with serve(tmp_path) as server:
        _, out, _ = await run(tmp_path)
        assert f"A server runs here: {server.tcp}" in out


async def test_trace_shows_frames_and_masks_secrets(tmp_path: Path) -> None:
    async with serve(tmp_path, "--trace", "frames") as server:
        alice = await RawClient.login(server.tcp, "alice")
        await alice.ok("join", room="#r")
        await alice.close()
        await server.stop()
        assert '"join"' in server.log()
        assert alice.resume not in server.log()


async def test_a_command_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    code, out, err = await run(tmp_path, "cht")
    assert (code, out) == (2, "")
    assert err == "There is no command cht. Did you mean chat?\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("serve", "--tpc", "127.0.0.1:0"), "Unknown option: --tpc. Did you mean --tcp?\n"),
        (("chat", "--nik", "alice"), "Unknown option: --nik. Did you mean --nick?\n"),
        (("serve", "now"), "serve does not take now. See --help.\n"),
    ],
)
async def test_a_word_that_is_not_there_names_the_nearest(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert await run(tmp_path, *words) == (2, "", said)


async def test_commands_beside_a_server_make_private_files_too(tmp_path: Path) -> None:
    before = os.umask(0o022)  # what most people have
    try:
        code, _, err = await run(tmp_path, "accounts", "add", "alice")
    finally:
        os.umask(before)
    assert code == 0, err
    files = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "data").iterdir()}
    assert "roomful.db" in files
    assert not any(files.values()), files
