"""Pages are fetched from a real server on loopback: what they say of themselves, and which are never asked."""

import gzip

import pytest

from roomful.domain.links import Preview
from roomful.previews import Fetcher, PreviewSettings
from roomful.previews.fetching import NothingToShow
from tests.support.proxy import Proxy

from .sites import Sites, page

HERE = "127.0.0.0/8"
OPEN_GRAPH = """<meta property="og:title" content="Cats &amp; dogs > birds"><meta property=og:site_name content='The Zoo'>
<meta content="They sleep.&#10; A&#x202e; lot." property="og:description"><meta name="description" content="no">"""


async def fetch(sites: Sites, link: str, proxy: str = "", **settings: object) -> Preview:
    """By a fetcher that may ask loopback, unless the settings say other things."""
    fetcher = Fetcher(PreviewSettings(**{"private": HERE, **settings}), proxy, sites.resolve)  # type: ignore[arg-type]
    try:
        return await fetcher.fetch(link)
    finally:
        await fetcher.close()


async def test_a_page_says_what_it_is(sites: Sites) -> None:
    link = sites.say("/zoo", page("plain", OPEN_GRAPH)) + "#part"
    assert await fetch(sites, link) == Preview(
        link, sites.url("/zoo"), "Cats & dogs > birds", "The Zoo", "They sleep. A lot."
    )
    headers = sites.asked[0].headers
    assert headers["Host"] == f"site.example:{sites.port}"
    assert "roomful-previews" in headers["User-Agent"]
    assert not {"Cookie", "Referer", "Authorization"} & set(headers)


async def test_a_page_without_cards_has_its_title_and_its_host(sites: Sites) -> None:
    found = await fetch(sites, sites.say("/", page("  A\n title ", "<meta name=description content=Words>")))
    assert (found.title, found.site, found.description) == ("A title", "site.example", "Words")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "site.example", "2130706433", "[::1]", "xn--bcher-kva.example"]
)
async def test_a_private_address_is_never_asked(sites: Sites, host: str) -> None:
    sites.say("/", page("secret"))
    if host == "[::1]":
        sites.names["::1"] = [["::1"]]
    with pytest.raises(NothingToShow, match="no address of the open internet"):
        await fetch(sites, sites.url("/", host), private="")
    assert not sites.asked


async def test_a_redirect_into_the_house_is_not_followed(sites: Sites) -> None:
    sites.names["inside.example"] = [["169.254.169.254"]]
    link = sites.say("/out", "", status=302, Location="http://inside.example/keys")
    with pytest.raises(NothingToShow, match=r"inside.example is at 169\.254\.169\.254"):
        await fetch(sites, link)
    assert (sites.paths, sites.resolved) == (["/out"], ["site.example", "inside.example"])


async def test_a_name_is_resolved_once_and_asked_where_it_was_looked_at(sites: Sites) -> None:
    """The second answer would be another address: nobody asks for it."""
    sites.names["site.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    await fetch(sites, sites.say("/", page("here")))
    assert sites.resolved == ["site.example"]


async def test_through_a_proxy_the_address_that_was_looked_at_is_asked_too(sites: Sites) -> None:
    link = sites.say("/", page("here"))
    async with Proxy("http", "mail", "secret") as proxy:
        assert (await fetch(sites, link, proxy.url)).title == "here"
        with pytest.raises(NothingToShow):
            await fetch(sites, link, proxy.url, private="")
    assert proxy.asked == [f"127.0.0.1:{sites.port}"]


async def test_redirects_lead_to_where_the_page_is(sites: Sites) -> None:
    sites.say("/there", page("here"))
    link = sites.say("/short", "", status=301, Location="/there")
    found = await fetch(sites, link)
    assert (found.link, found.address, found.title) == (link, sites.url("/there"), "here")


async def test_a_ring_of_redirects_ends(sites: Sites) -> None:
    with pytest.raises(NothingToShow, match="more than 5 times"):
        await fetch(sites, sites.say("/ring", "", status=307, Location="/ring"))
    assert len(sites.asked) == 6


async def test_a_slow_server_is_given_up(sites: Sites) -> None:
    with pytest.raises(NothingToShow, match=r"longer than 0.2 s"):
        await fetch(sites, sites.slow("/slow"), seconds=0.2)


async def test_of_a_huge_page_the_beginning_is_read(sites: Sites) -> None:
    found = await fetch(sites, sites.say("/", page("huge") + "x" * 20_000_000), max_kib=16)
    assert found.title == "huge"


@pytest.mark.parametrize(
    ("told", "body"),
    [
        ("text/html; charset=windows-1251", page("Привет").encode("cp1251")),
        ("text/html", page("Grüße", "<meta charset=iso-8859-1>").encode("cp1252")),
        (
            "text/html",
            page("日本語", '<meta http-equiv=Content-Type content="text/html; charset=Shift_JIS">').encode("cp932"),
        ),
        ("text/html; charset=ascii", b"\xef\xbb\xbf" + page("Ναι").encode()),
        ("text/html; charset=nonsense", page("Ναι").encode()),
        ("text/html; charset=punycode", page("Ναι").encode()),
    ],
)
async def test_a_page_is_read_in_its_charset(sites: Sites, told: str, body: bytes) -> None:
    titles = ("Привет", "Grüße", "日本語", "Ναι")
    assert (await fetch(sites, sites.say("/", body, told))).title in titles


async def test_a_page_that_lies_about_its_charset_is_shown_as_far_as_it_can_be(sites: Sites) -> None:
    link = sites.say("/", page("Grüße").encode("latin-1"), "text/html; charset=utf-8")
    assert (await fetch(sites, link)).title == "Gr\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}e"


@pytest.mark.parametrize(
    ("body", "kind", "status", "headers", "says"),
    [
        (page("no"), "text/html", 404, {}, "answers 404"),
        (b"\x89PNG", "image/png", 200, {}, "it is image/png"),
        (gzip.compress(b"0" * 10**6), "text/html", 200, {"Content-Encoding": "gzip"}, "compresses"),
        ("<p>nothing", "text/html", 200, {}, "what it is called"),
        ("", "text/html", 302, {"Location": "file:///etc/passwd"}, "https://"),
        ("", "text/html", 302, {"Location": "http://me:secret@site.example/"}, "user name"),
    ],
)
async def test_what_is_no_page_has_no_preview(
    sites: Sites, body: str | bytes, kind: str, status: int, headers: dict[str, str], says: str
) -> None:
    with pytest.raises(NothingToShow, match=says):
        await fetch(sites, sites.say("/", body, kind, status, **headers))


async def test_texts_are_cut(sites: Sites) -> None:
    found = await fetch(sites, sites.say("/", page("t" * 9_000, f'<meta name=description content="{"d " * 900}">')))
    assert (len(found.title), found.title[-1], len(found.description)) == (200, "…", 400)
