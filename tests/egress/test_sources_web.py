"""Manners on the web: robots.txt, one request after the other, conditions, patience, and keys that stay where they belong."""

from pathlib import Path

import pytest
from aiohttp import web as aio

from roomful import __version__
from roomful.egress.sources import SourceError, Web

from .site import Site, Time, quick, row, site

LIST = "203.0.113.7:8080\n"


async def refused(web: Web, url: str, **more: object) -> str:
    """Why a page did not come."""
    with pytest.raises(SourceError) as why:
        await web.get(url, row("x", url, **more))
    return why.value.message


async def test_robots_txt_is_asked_once_and_obeyed() -> None:
    robots = "User-agent: *\nDisallow: /secret\n\nUser-agent: other\nDisallow: /\n"
    asked = []

    def told(request: aio.Request) -> aio.Response:
        asked.append(request)
        return aio.Response(text=robots)

    async with site({"/robots.txt": told, "/list": LIST, "/secret/list": LIST}) as there, quick() as web:
        for _ in range(2):
            assert (await web.get(f"{there.url}/list", row("x", there.url))).text == LIST
        assert "robots.txt of its site does not allow it" in await refused(web, f"{there.url}/secret/list")
        assert there.paths == ["/list", "/list"]
        assert len(asked) == 1
        mine = row("x", there.url, robots=False)
        assert (await web.get(f"{there.url}/secret/list", mine)).text == LIST


async def test_without_a_robots_txt_all_is_allowed_and_while_it_fails_nothing() -> None:
    async with site({"/list": LIST}) as there, quick() as web:
        assert (await web.get(f"{there.url}/list", row("x", there.url))).text == LIST
    broken = {"/robots.txt": lambda _: aio.Response(status=503), "/list": LIST}
    async with site(broken) as there, quick() as web:
        assert "cannot be read" in await refused(web, f"{there.url}/list")
        assert there.paths == []


async def test_a_host_is_asked_at_the_pace_that_the_row_or_robots_txt_wants() -> None:
    async with site({"/a": LIST, "/b": LIST}) as there:
        time = Time()
        async with quick(time) as web:
            for path in "aba":
                await web.get(f"{there.url}/{path}", row("x", there.url, interval=2.5))
        assert time.slept == [2.5, 2.5, 2.5]  # robots.txt was the first
    async with site({"/robots.txt": "User-agent: roomful\nCrawl-delay: 7\n", "/a": LIST}) as there:
        time = Time()
        async with quick(time) as web:
            for _ in range(3):
                await web.get(f"{there.url}/a", row("x", there.url, interval=2.5))
        assert time.slept == [2.5, 7, 7]


async def test_who_asks_is_said() -> None:
    async with site({"/a": LIST}) as there, quick() as web:
        await web.get(f"{there.url}/a", row("x", there.url))
        await web.get(f"{there.url}/a", row("x", there.url, agent="my reader"))
        assert [request.headers["User-Agent"] for request in there.asked] == [f"roomful/{__version__}", "my reader"]


async def test_what_fails_is_asked_again_later_and_later() -> None:
    tries = iter([aio.Response(status=503), aio.Response(status=500), aio.Response(text=LIST)])
    async with site({"/a": lambda _: next(tries)}) as there:
        time = Time()
        async with quick(time) as web:
            answer = await web.get(f"{there.url}/a", row("x", there.url, retries=2, robots=False))
        assert answer.text == LIST
        assert time.slept == [1.0, 2.0]
    async with site({"/a": lambda _: aio.Response(status=503)}) as there, quick() as web:
        assert (
            await refused(web, f"{there.url}/a", retries=2) == f"{there.url}/a did not answer in 3 tries: status 503."
        )
        assert len(there.asked) == 3
    async with quick() as web:
        assert "did not answer in 1 tries" in await refused(web, f"{there.url}/a", robots=False)


async def test_a_site_that_names_a_time_is_obeyed() -> None:
    def later(seconds: int) -> aio.Response:
        return aio.Response(status=429, headers={"Retry-After": str(seconds)})

    someday = aio.Response(status=503, headers={"Retry-After": "Wed, 01 Jan 2200 00:00:00 GMT"})
    tries = iter([later(9), aio.Response(text=LIST), later(86_400), someday])
    async with site({"/a": lambda _: next(tries)}) as there:
        time = Time()
        async with quick(time) as web:
            await web.get(f"{there.url}/a", row("x", there.url, retries=3, robots=False))
            assert time.slept == [9.0]
            assert "wants to be asked again in 86400 s" in await refused(web, f"{there.url}/a", retries=3, robots=False)
            assert "wants to be asked again in" in await refused(web, f"{there.url}/a", retries=3, robots=False)
        assert len(there.asked) == 4


async def test_what_is_there_no_more_is_not_asked_again() -> None:
    async with site() as there, quick() as web:
        assert await refused(web, f"{there.url}/a", retries=3) == f"{there.url}/a answered with status 404."
        assert len(there.asked) == 1


@pytest.mark.parametrize("field", ["ETag", "Last-Modified"])
async def test_a_page_that_has_not_changed_is_not_sent_again(tmp_path: Path, field: str) -> None:
    mark = {"ETag": '"v1"', "Last-Modified": "Sat, 21 Nov 2026 08:00:00 GMT"}[field]
    condition = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[field]

    def page(request: aio.Request) -> aio.Response:
        if request.headers.get(condition) == mark:
            return aio.Response(status=304)
        return aio.Response(text=LIST, headers={field: mark})

    async with site({"/a?key=secret": page}) as there:
        answers = []
        for _ in range(2):
            async with quick(folder=tmp_path / "pages") as web:
                answers.append(await web.get(f"{there.url}/a?key=secret", row("x", there.url)))
        assert [(one.text, one.changed) for one in answers] == [(LIST, True), (LIST, False)]
        mark = "another one"
        async with quick(folder=tmp_path / "pages") as web:
            assert (await web.get(f"{there.url}/a?key=secret", row("x", there.url))).changed
    (file,) = (tmp_path / "pages").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert "secret" not in file.name


async def test_a_kept_page_that_is_damaged_is_asked_for_anew(tmp_path: Path) -> None:
    async with site({"/a": lambda _: aio.Response(text=LIST, headers={"ETag": "1"})}) as there:
        for _ in range(2):
            async with quick(folder=tmp_path) as web:
                assert (await web.get(f"{there.url}/a", row("x", there.url))).text == LIST
            next(iter(tmp_path.iterdir())).write_bytes(b"\x93")


async def test_redirects_are_followed_with_the_manners_of_where_they_lead() -> None:
    async with site({"/robots.txt": "User-agent: *\nDisallow: /no", "/b": LIST}) as there, quick() as web:
        for path, to in (("/a", "/b"), ("/c", "/no/b"), ("/d", "/d"), ("/e", "file:///etc/passwd")):
            there.pages[path] = aio_redirect(to)
        assert (await web.get(f"{there.url}/a", row("x", there.url))).url == f"{there.url}/b"
        assert "does not allow it" in await refused(web, f"{there.url}/c")
        assert "more than 5 redirects" in await refused(web, f"{there.url}/d")
        assert "no page" in await refused(web, f"{there.url}/e")


def aio_redirect(to: str) -> object:
    return lambda _: aio.Response(status=302, headers={"Location": to})


async def test_nobody_outside_leads_us_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomful.egress.sources.web.inside", lambda host: host == "localhost")
    async with site({"/b": LIST}) as there, quick() as web:
        there.pages["/a"] = aio_redirect(f"http://localhost:{there.url.rpartition(':')[2]}/b")
        assert "address of this machine" in await refused(web, f"{there.url}/a")
        assert there.paths == ["/a"]


async def test_keys_go_to_their_own_site_only_and_are_named_by_variables() -> None:
    async with site({"/b": LIST}) as other, site() as there:
        there.pages["/a"] = aio_redirect(f"{other.url}/b")
        source = row("x", f"{there.url}/a", headers={"X-Key": "$LIST_KEY", "X-Plain": "1"})
        async with quick(variables={"LIST_KEY": "sesame"}) as web:
            await web.get(f"{there.url}/a", source)
        assert keys(there) == [("sesame", "1")]
        assert keys(other) == [(None, None)]
        async with quick(variables={}) as web:
            with pytest.raises(SourceError, match="The variable LIST_KEY, which X-Key of the source wants, is not set"):
                await web.get(f"{there.url}/a", source)


def keys(there: Site) -> list[tuple[str | None, str | None]]:
    return [(request.headers.get("X-Key"), request.headers.get("X-Plain")) for request in there.asked]


async def test_addresses_in_messages_have_no_keys() -> None:
    async with site() as there, quick() as web:
        why = await refused(web, there.url.replace("http://", "http://u:hidden@") + "/a?key=hidden")
        assert "hidden" not in why


async def test_a_page_without_end_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomful.egress.sources.web.MOST", 100_000)
    async with site({"/a": "x" * 200_000}) as there, quick() as web:
        assert "is longer than 97 KiB" in await refused(web, f"{there.url}/a")


async def test_texts_are_read_in_the_character_set_that_they_name() -> None:
    def page(_: aio.Request) -> aio.Response:
        return aio.Response(body="Zürich".encode("latin-1"), headers={"Content-Type": "text/plain; charset=ISO-8859-1"})

    async with site({"/a": page}) as there, quick() as web:
        assert (await web.get(f"{there.url}/a", row("x", there.url))).text == "Zürich"


async def test_a_source_may_be_asked_through_a_proxy() -> None:
    async with site({"/a": LIST}) as proxy, quick() as web:
        source = row("x", "http://lists.example/a", proxy=proxy.url, robots=False)
        assert (await web.get(source.url, source)).text == LIST
        assert proxy.asked[0].headers["Host"] == "lists.example"
