"""Sources of all kinds, read from a real site: pages one after another, each proxy once, and troubles that stop nobody."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.egress.source import Source
from roomful.egress.sources import Cells, Done, Fetched, Found, Page, Trouble, Web, kinds, scrape

from .site import quick, row, site


async def scraped(*sources: Source, web: Web | None = None) -> tuple[list[str], list[str]]:
    """SOURCE: ADDRESS of all that was found, and what was told."""
    told: list[Trouble | Done] = []
    async with quick() if web is None else web as asking:
        found = [one async for one in scrape(sources, web=asking, tell=told.append)]
    return [f"{one.source}: {one.proxy.address}" for one in found], [str(one) for one in told]


async def test_every_kind_at_once_and_each_proxy_once(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("host,port\n10.0.0.4,4\n10.0.0.1,1\n")
    pages = {
        "/html": "<table><tr><td>10.0.0.1<td>1</table>",
        "/json": json.dumps({"data": [{"ip": "10.0.0.2", "port": 2}]}),
        "/text": "10.0.0.3:3\n",
        "/csv": "proxy\n10.0.0.5:5\n",
    }
    async with site(pages) as there:
        found, told = await scraped(
            row("html", f"{there.url}/html"),
            row("json", f"{there.url}/json", kind="json", rows="data"),
            row("text", f"{there.url}/text", kind="text"),
            row("csv", f"{there.url}/csv", kind="csv"),
            row("file", kind="file", path=str(tmp_path / "mine.csv")),
        )
    assert {one.partition(": ")[2] for one in found} == {f"10.0.0.{n}:{n}" for n in range(1, 6)}
    assert len(found) == 5
    assert sorted(told) == [
        "csv: 1 on 1 page",
        "file: 2 on 1 page",
        "html: 1 on 1 page",
        "json: 1 on 1 page",
        "text: 1 on 1 page",
    ]


async def test_pages_by_number_end_where_nothing_is_new() -> None:
    pages = {f"/list?p={n}": f"10.0.0.{min(n, 3)}:80\n" for n in range(9)}
    async with site(pages) as there:
        source = row("x", f"{there.url}/list?p={{page}}", kind="text", pages=8, first=0)
        found, told = await scraped(source)
        assert found == [f"x: 10.0.0.{n}:80" for n in range(4)]
        assert told == ["x: 4 on 5 pages"]
        assert there.paths == [f"/list?p={n}" for n in range(5)]
        there.asked.clear()
        assert (await scraped(row("x", source.url, kind="text", pages=2, first=1)))[1] == ["x: 2 on 2 pages"]


@pytest.mark.parametrize("kind", ["html", "json"])
async def test_pages_by_the_link_to_the_next_one_stay_on_the_site(kind: str) -> None:
    def page(number: int, link: str) -> str:
        if kind == "json":
            return json.dumps({"next": link or None, "list": [f"10.0.0.{number}:80"]})
        return f"<table><tr><td>10.0.0.{number}<td>80</table><a class=next href='{link}'>more</a>"

    async with site(
        {"/a/1": page(1, "2"), "/a/2": page(2, "/a/3#top"), "/a/3": page(3, "http://elsewhere.example/4")}
    ) as there:
        where = {"rows": "list", "next": "next"} if kind == "json" else {"next": "a.next"}
        found, told = await scraped(row("x", f"{there.url}/a/1", kind=kind, pages=9, **where))
        assert told == ["x: 3 on 3 pages"]
        assert found == [f"x: 10.0.0.{n}:80" for n in (1, 2, 3)]
        assert there.paths == ["/a/1", "/a/2", "/a/3"]


async def test_what_is_wrong_with_one_source_is_told_and_the_others_go_on() -> None:
    lines = "10.0.0.1:80\n" + "rubbish\n" * 8 + "10.0.0.2:80\n"
    async with site({"/text": lines, "/json": "<html>"}) as there:
        found, told = await scraped(
            row("lines", f"{there.url}/text", kind="text"),
            row("gone", f"{there.url}/gone", kind="text"),
            row("broken", f"{there.url}/json", kind="json"),
            row("odd", there.url, kind="telex"),
        )
    assert found == ["lines: 10.0.0.1:80", "lines: 10.0.0.2:80"]
    assert f"gone: {there.url}/gone answered with status 404." in told
    assert any(one.startswith("broken: this is no JSON") for one in told)
    assert any(one.startswith("odd: there is no kind 'telex' of sources; there are html, json, text") for one in told)
    assert next(one for one in told if one.startswith("lines, ")).startswith(
        "lines, line 2: A proxy is written HOST:PORT"
    )
    assert len([one for one in told if one.startswith("lines, ")]) == 5
    assert "lines: 2 on 1 page, 8 rows without one" in told


async def test_a_page_that_fails_takes_nothing_of_those_before_it() -> None:
    async with site({"/1": "10.0.0.1:80"}) as there:
        found, told = await scraped(row("x", f"{there.url}/{{page}}", kind="text", pages=3))
    assert found == ["x: 10.0.0.1:80"]
    assert told == [f"x: {there.url}/2 answered with status 404.", "x: 1 on 1 page"]


class Telex(Fetched):
    """A kind that a package of somebody else's brings."""

    def read(self, text: str, url: str) -> Page:
        if "STOP" not in text:
            raise RuntimeError("a fault of theirs, which might tell a key")
        return Page([Cells("word 1", address=text.split(" STOP")[0])])


async def test_a_package_may_bring_a_kind_and_its_faults_stop_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        name = "telex"

        def load(self) -> type[Fetched]:
            return Telex

    monkeypatch.setattr(kinds, "_others", lambda: {"telex": Entry()})
    async with site({"/a": "10.0.0.1:80 STOP", "/b": "?"}) as there:
        found, told = await scraped(row("a", f"{there.url}/a", kind="telex"), row("b", f"{there.url}/b", kind="telex"))
    assert found == ["a: 10.0.0.1:80"]
    assert "b: It failed with RuntimeError." in told


async def test_whoever_stops_reading_stops_the_asking() -> None:
    async with site({f"/{n}": f"10.0.0.{n}:80" for n in range(100)}) as there, quick() as web:
        reading: AsyncIterator[Found] = scrape([row("x", f"{there.url}/{{page}}", kind="text", pages=99)], web=web)
        first = await anext(reading)
        assert first.proxy.address == "10.0.0.1:80"
        await reading.aclose()  # type: ignore[attr-defined]
        assert len(there.asked) < 50
