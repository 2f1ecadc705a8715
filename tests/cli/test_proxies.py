"""`roomful proxies`: from a page to a file that other programs take, as somebody types it."""

import asyncio
import json
import shutil
import signal
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]

from roomful import config
from roomful.egress import Proxy
from roomful.egress.judge import judging
from roomful.egress.sources.browser import PROGRAMS
from roomful.egress.sources.example import TABLE
from tests.egress.site import Site, site
from tests.support.proxies import BlackHole, Double
from tests.support.server import PATIENCE, ROOMFUL, surroundings

from .running import roomful, window


@pytest_asyncio.fixture
async def target() -> AsyncIterator[Site]:
    """A page to be reached, at /."""
    async with site({"/": "<p>As it must be.</p>" * 20}) as there:
        yield there


def rows(path: Path) -> list[dict[str, object]]:
    """The rows of a file in JSON."""
    found: list[dict[str, object]] = json.loads(path.read_text())
    return found


# -- scrape --------------------------------------------------------------------------------------------------


async def test_scrape_without_sources_shows_what_one_looks_like_and_asks_nobody(tmp_path: Path) -> None:
    ended = await roomful(tmp_path, "proxies", "scrape")
    assert ended.code == 0
    assert ended.out.endswith(TABLE)
    assert "Set `enabled = true`" in ended.out
    shown = tomllib.loads(ended.out)["egress"]["sources"]
    assert [row["enabled"] for row in shown] == [False] * 5
    (tmp_path / "example.toml").write_text(ended.out)
    kinds = [row.kind for row in config.load(tmp_path / "example.toml", {}, {}).egress.sources]
    assert kinds == ["html", "json", "text", "browser", "file"]


async def test_scrape_asks_the_sources_that_are_enabled(tmp_path: Path) -> None:
    lines = "10.0.0.1:80\nsocks5://u:p@10.0.0.2:1080\nrubbish\n"
    async with site({"/on": lines, "/off": "10.0.0.3:80\n"}) as there:
        (tmp_path / "roomful.toml").write_text(
            f'[[egress.sources]]\nname = "on"\nkind = "text"\nurl = "{there.url}/on"\nenabled = true\ninterval = 0\n'
            f'headers = {{ X-Key = "$LIST_KEY" }}\n'
            f'[[egress.sources]]\nname = "off"\nkind = "text"\nurl = "{there.url}/off"\ninterval = 0\n'
        )
        ended = await roomful(tmp_path, "proxies", "scrape", LIST_KEY="sesame")
        assert (ended.code, ended.out) == (0, "10.0.0.1:80\nsocks5://u:p@10.0.0.2:1080\n")
        assert "on, line 3: A proxy is written HOST:PORT" in ended.err
        assert "on: 2 on 1 page, 1 row without one" in ended.err
        assert there.paths == ["/on"]
        assert there.asked[0].headers["X-Key"] == "sesame"
        ended = await roomful(tmp_path, "proxies", "scrape", "--source", "off", "--out", "found.json")
        assert rows(tmp_path / "found.json") == [
            {"address": "10.0.0.3:80", "url": "10.0.0.3:80", "protocol": "", "source": "off"}
        ]
        ended = await roomful(tmp_path, "proxies", "scrape", "--source", "of")
        assert ended.code == 2
        assert ended.err == "No [[egress.sources]] has the name of. There are: on, off.\n"


@pytest.mark.skipif(not any(map(shutil.which, PROGRAMS)), reason="there is no chromium on this machine")
async def test_the_demonstration_is_the_whole_chain(tmp_path: Path) -> None:
    ended = await roomful(tmp_path, "proxies", "scrape", "--demo", "--out", "demo.json")
    assert ended.code == 0, ended.err
    found = {line.split("  ")[1].strip(): line for line in ended.out.splitlines() if line.startswith("127.0.0.1:")}
    assert {name for name, line in found.items() if "  yes  " in line} == {
        *("tells nothing", "says that it is a proxy", "tells who asked", "speaks SOCKS5", "is slow")
    }
    assert " wrong_page" in found["shows a login page"]
    assert " refused" in found["is gone"]
    if sys.platform == "linux":  # elsewhere there is one address only, and every proxy has ours
        assert " transparent " in found["tells who asked"]
        assert " anonymous " in found["says that it is a proxy"]
        assert " elite " in found["tells nothing"]
    assert "robots.txt of its site does not allow it" in ended.out
    assert len(rows(tmp_path / "demo.json")) == 5


# -- check ---------------------------------------------------------------------------------------------------


async def test_check_then_list_and_export(tmp_path: Path, target: Site) -> None:
    async with Double(login="user:sesame") as good, Double(["socks5"], delay=0.2) as slow, judging() as judge:
        dead = Proxy("127.0.0.1", 1)
        (tmp_path / "list.txt").write_text(
            f"{good.at(user='user', password='sesame').url_by('http')}\nrubbish\n127.0.0.1:{slow.port}\n{dead.address}\n"
            f"127.0.0.1:{slow.port}\n"
        )
        words = ("--target", f"{target.url}/", "--judge", judge, "--timeout", "3")
        ended = await roomful(
            tmp_path, "proxies", "check", "list.txt", *words, "--out", "all.json", "--chart", "chart.svg"
        )
    assert ended.code == 0, ended.err
    assert "list.txt, line 2: A proxy is written HOST:PORT" in ended.err
    assert "3 checked, 2 work." in ended.err
    assert "1  refused: Nothing listens at its port." in ended.err
    assert "\r" not in ended.err  # no progress where there is no terminal
    found = rows(tmp_path / "all.json")
    assert [row["address"] for row in found] == [f"127.0.0.1:{good.port}", f"127.0.0.1:{slow.port}", dead.address]
    assert [row["working"] for row in found] == [True, True, False]
    assert found[2]["failure"] == "refused"
    assert (tmp_path / "all.json").stat().st_mode & 0o077 == 0
    ET.fromstring((tmp_path / "chart.svg").read_text())

    again = await roomful(tmp_path, "proxies", "check", "list.txt", *words, "--out", "all.json")
    assert (again.code, again.err) == (2, "all.json is there already: name another file.\n")

    # The pool has those that work.
    listed = await roomful(tmp_path, "proxies", "list")
    assert listed.out.splitlines()[0].split()[-2:] == ["pool", "score"]
    assert len(listed.out.splitlines()) == 3
    assert "sesame" not in listed.out + ended.err + listed.err
    exported = await roomful(tmp_path, "proxies", "export", "--format", "txt", "--protocol", "https")
    assert exported.out == f"http://user:sesame@127.0.0.1:{good.port}\n"
    fast = await roomful(tmp_path, "proxies", "list", "all.json", "--max-latency", "0.15", "--format", "jsonl")
    assert [json.loads(line)["address"] for line in fast.out.splitlines()] == [f"127.0.0.1:{good.port}"]
    csv = await roomful(tmp_path, "proxies", "export", "all.json", "--all")
    assert csv.out.startswith("address,url,protocols,working,")
    assert csv.out.count("\r\n") == 4


async def test_check_takes_what_the_sources_find(tmp_path: Path, target: Site) -> None:
    async with Double(["http"]) as proxy:
        target.pages["/list"] = f"127.0.0.1:{proxy.port}\n127.0.0.1:1\n"
        (tmp_path / "roomful.toml").write_text(
            f'[egress]\ntarget = "{target.url}/"\n[[egress.sources]]\nname = "mine"\nkind = "text"\n'
            f'url = "{target.url}/list"\nenabled = true\ninterval = 0\n'
        )
        ended = await roomful(tmp_path, "proxies", "check", "--working", "--format", "txt")
    assert (ended.code, ended.out) == (0, f"http://127.0.0.1:{proxy.port}\n")
    assert "mine: 2 on 1 page" in ended.err


async def test_check_reads_standard_input_and_may_leave_the_pool_alone(tmp_path: Path, target: Site) -> None:
    async with Double(["socks5"]) as proxy:
        words = (
            "proxies",
            "check",
            "/dev/stdin",
            "--target",
            f"{target.url}/",
            "--format",
            "jsonl",
            "--no-pool",
            "--try",
            "socks5",
        )
        ended = await roomful(tmp_path, *words, stdin=f"127.0.0.1:{proxy.port}\n")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["protocols"] == ["socks5"]
    assert not (tmp_path / "data" / "proxies.db").exists()


async def test_ctrl_c_keeps_what_was_found_and_resume_goes_on(tmp_path: Path, target: Site) -> None:
    async with Double(["http"]) as good, BlackHole() as one, BlackHole() as other:
        (tmp_path / "list.txt").write_text("".join(f"127.0.0.1:{each.port}\n" for each in (good, one, other)))
        words = ("proxies", "check", "list.txt", "--target", f"{target.url}/", "--out", "found.json")
        async with window(tmp_path, *words, "--timeout", "50") as terminal:
            await terminal.sees("] 1 of 3  ")
            assert "/s  1 work  " in terminal.shown
            assert " left" in terminal.shown
            assert await terminal.interrupt() == 1
            await terminal.sees("--resume goes on from here.")
        assert [row["working"] for row in rows(tmp_path / "found.json")] == [True]
        served = good.served

        ended = await roomful(tmp_path, *words[:-2])
        assert ended.code == 2
        assert "was interrupted: go on with --resume" in ended.err
        ended = await roomful(tmp_path, *words, "--timeout", "0.3", "--resume")
        assert ended.code == 0, ended.err
        assert [row["working"] for row in rows(tmp_path / "found.json")] == [True, False, False]
        assert good.served == served  # it was not asked again
    assert not list((tmp_path / "data" / "egress" / "checks").iterdir())


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ("check", "none.txt", "--target", "http://127.0.0.1:1/"),
            "none.txt cannot be read: No such file or directory.",
        ),
        (("check", "list.txt"), "Nothing to reach: a check needs a target, a judge, or both."),
        (("check", "--target", "http://127.0.0.1:1/"), "There is nothing to check: name a FILE, or enable a source"),
        (("list", "list.txt"), "list.txt holds no results of a check"),
        (("list", "--protocol", "sock"), "sock is no protocol of proxies"),
        (("export", "--max-age", "soon"), "'soon' is no time"),
        (("list", "--out", "no/where.csv"), "The folder of no/where.csv is not there"),
        (("judge", "everywhere"), "everywhere is no place to listen"),
    ],
)
async def test_what_is_wrong_is_one_sentence(tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    (tmp_path / "list.txt").write_text("10.0.0.1:80\n")
    ended = await roomful(tmp_path, "proxies", *words)
    assert ended.code in (1, 2)
    assert ended.err.startswith(why)
    assert ended.err.count("\n") == 1


async def test_a_pool_that_is_damaged_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "proxies.db").write_text("no database" * 1000)
    (tmp_path / "list.txt").write_text("127.0.0.1:1\n")
    for words in (("list",), ("check", "list.txt", "--target", "http://127.0.0.1:1/")):
        ended = await roomful(tmp_path, "proxies", *words)
        assert ended.code == 1
        assert ended.err.startswith("The pool in ")
        assert ended.err.count("\n") == 1


async def test_countries_are_told_by_a_database(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("address,working\n203.0.113.7:80,true\n198.51.100.7:80,true\n")
    writer = MMDBWriter(4, "Countries")
    writer.insert_network(IPSet(["203.0.113.0/24"]), {"country": {"iso_code": "DE"}})
    writer.to_db_file(str(tmp_path / "c.mmdb"))
    words = ("proxies", "export", "x.csv", "--format", "txt", "--country", "de")
    assert (await roomful(tmp_path, *words, "--countries", "c.mmdb")).out == "203.0.113.7:80\n"
    assert "cannot be read: No such file" in (await roomful(tmp_path, *words, "--countries", "d.mmdb")).err


async def test_the_judge_runs_until_ctrl_c(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(ROOMFUL, "proxies", "judge", "127.0.0.1:0"),
        stdout=asyncio.subprocess.PIPE,
        env=surroundings(tmp_path, tmp_path / "data"),
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            ready = (await process.stdout.readline()).decode()
            url = ready.removeprefix("ready judge=").strip()
            async with aiohttp.ClientSession() as session, session.get(f"{url}x") as answer:
                assert "What reached this judge" in await answer.text()
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
