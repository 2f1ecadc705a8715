"""What a browser is served: the built client and its headers; where none was built, how to connect."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from roomful.gateways.http import assets, page
from tests.gateways.doors import Served, opened
from tests.hub.conftest import World

pytestmark = pytest.mark.parametrize("world", ["tcp"], indirect=True)
SCRIPT = "console.log('hello');\n" * 100


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A client as Vite builds one."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Roomful</title>")
    (tmp_path / "sw.js").write_text(SCRIPT)
    (tmp_path / "assets" / "index-abc123.js").write_text(SCRIPT)
    (tmp_path / "assets" / "index-abc123.js.br").write_bytes(b"not really")
    monkeypatch.setattr(page, "load", lambda: assets.load(tmp_path))
    return tmp_path


@pytest.fixture
async def served(world: World, built: Path) -> AsyncIterator[Served]:
    """A door with a client behind it."""
    async with opened(await world.start()) as served:
        yield served


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that leaves everything as it came."""
    async with aiohttp.ClientSession(auto_decompress=False, skip_auto_headers=("Accept-Encoding",)) as http:
        yield http


@pytest.mark.parametrize("path", ["/", "/r/lobby", "/r/lobby/17", "/r/%23lobby", "/r/"])
async def test_every_place_in_the_client_is_the_page(served: Served, http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(served.http + path) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "<title>Roomful</title>" in await answer.text()
        assert answer.headers["Cache-Control"] == "no-cache"
        policy = answer.headers["Content-Security-Policy"]
        for part in ("default-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"):
            assert part in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]


async def test_what_has_a_hash_in_its_name_is_kept_for_ever(served: Served, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{served.http}/assets/index-abc123.js") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert await answer.text() == SCRIPT
    async with http.get(f"{served.http}/sw.js") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None), ("", None)],
)
async def test_it_comes_compressed_as_the_browser_takes_it(
    served: Served, http: aiohttp.ClientSession, accepted: str, coding: str | None
) -> None:
    async with http.get(f"{served.http}/assets/index-abc123.js", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("Content-Encoding") == coding
        assert answer.headers["Vary"] == "Accept-Encoding"
        body = await answer.read()
        if coding == "gzip":
            assert gzip.decompress(body) == SCRIPT.encode()


async def test_what_has_not_changed_is_not_sent_again(served: Served, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{served.http}/sw.js") as answer:
        tag = answer.headers["ETag"]
    for asked, status in ((tag, 304), (f'W/{tag}, "x"', 304), ('"other"', 200)):
        async with http.get(f"{served.http}/sw.js", headers={"If-None-Match": asked}) as answer:
            assert answer.status == status


@pytest.mark.parametrize("path", ["/assets/../../page.py", "/..%2fpage.py", "/assets/index-abc123.js.br", "/nothing"])
async def test_nothing_else_is_served(served: Served, path: str) -> None:
    host, port = served.where.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {served.where}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"x-content-type-options: nosniff" in answer.lower()
    writer.close()


async def test_without_a_client_the_page_says_how_to_connect(
    world: World, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "load", lambda: assets.load(tmp_path))
    async with opened(await world.start()) as served, http.get(f"{served.http}/") as answer:
        assert f"roomful chat tcp://{served.node.address}" in await answer.text()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_without_a_client_whoever_scanned_the_code_reads_what_to_type(
    world: World, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "load", lambda: assets.load(tmp_path))
    async with opened(await world.start(code="042137")) as served:
        async with http.get(f"{served.http}/?code=042137") as answer:
            assert f"roomful chat tcp://{served.node.address} --code 042137" in await answer.text()
        async with http.get(f"{served.http}/", params={"code": "<script>"}) as answer:
            assert "script" not in await answer.text()
