"""`roomful chat tls://…`: a server that nobody vouches for is trusted on first use, when asked, and only as it was then."""

import stat
from pathlib import Path

from roomful.starting import certificates
from tests.support.server import Server, serve
from tests.test_server import run

KNOWN = Path(".config/roomful/known_servers")


async def chat(home: Path, server: Server, *words: str) -> tuple[int, str, str]:
    """Run `roomful chat` over TLS, in a pipe that ends at once."""
    return await run(home, "chat", f"tls://{server.tls}", "--nick", "alice", *words)


async def test_first_use_same_and_changed(tmp_path: Path) -> None:
    async with serve(tmp_path, "--tls", "127.0.0.1:0") as server:
        pin = certificates.load("", "", server.data, "").fingerprint
        code, _, err = await chat(tmp_path, server)
        assert code == 1
        assert pin in err
        assert "--pin" in err
        assert not (tmp_path / KNOWN).exists(), "nothing is trusted unasked"

        code, out, err = await chat(tmp_path, server, "--pin")
        assert code == 0, err
        assert pin in out
        assert (tmp_path / KNOWN).read_text() == f"{server.tls} {pin}\n"
        assert stat.S_IMODE((tmp_path / KNOWN).stat().st_mode) == 0o600

        code, out, err = await chat(tmp_path, server)
        assert code == 0, err
        assert pin not in out, "once is enough"

        other = "sha256:" + 64 * "0"
        (tmp_path / KNOWN).write_text(f"{server.tls} {other}\n")
        for words in ((), ("--pin",)):
            code, _, err = await chat(tmp_path, server, *words)
            assert code == 1
            assert pin in err
            assert other in err
            assert KNOWN.name in err
            assert len(err.splitlines()) == 1
        assert (tmp_path / KNOWN).read_text() == f"{server.tls} {other}\n", "it is for a person to forget it"


async def test_nothing_is_pinned_in_plain_text(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        code, _, err = await run(tmp_path, "chat", server.tcp, "--nick", "alice", "--pin")
        assert code == 1
        assert "tls://" in err
