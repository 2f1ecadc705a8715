"""Pages that need JavaScript, in a real chromium: what eyes would see is found, and nothing is reached but the site."""

import base64
import shutil
from collections.abc import Mapping

import pytest
from aiohttp import web as aio

from roomful.egress.source import Source
from roomful.egress.sources import Done, Trouble, scrape
from roomful.egress.sources.browser import PROGRAMS

from .site import Site, quick, row, site

pytestmark = pytest.mark.skipif(not any(map(shutil.which, PROGRAMS)), reason="there is no chromium on this machine")

HOST = base64.b64encode(b"10.0.0.1").decode()
HIDDEN = f"""<!doctype html><style>.no {{ display: none }} .p::before {{ content: "80" }}</style>
<table id=list><tr><th>Host</th><th>Port</th></tr></table>
<script>
  const list = document.getElementById("list");
  const add = (host, port) => {{
    const row = list.insertRow();
    row.insertCell().innerHTML = host;
    row.insertCell().innerHTML = port;
  }};
  const odd = 0x1f90 ^ 0x55;
  setTimeout(() => {{
    add(atob("{HOST}"), "<script>" + "</" + "script>" + (odd ^ 0x55));
    add("<i class=no>9.9.9</i>10<b>.0.</b><span class=no>7</span>0.2", "<i class=no>1</i>31" + [2, 8].join(""));
    add("10.0.0.3", "<span class=p></span>");
    add("<b style='opacity: 0'>9.</b>10.0.0.4<u style='visibility: hidden'>4</u>", "<em style='font-size: 0'>1</em>81");
    list.classList.add("done");
  }}, 50);
</script>"""


async def scraped(*sources: Source, variables: Mapping[str, str] | None = None) -> tuple[list[str], list[str]]:
    """The addresses that were found, and what was told."""
    told: list[Trouble | Done] = []
    async with quick(variables=variables or {}) as web:
        found = [one.proxy.address async for one in scrape(sources, web=web, tell=told.append)]
    return found, [str(one) for one in told]


def shown(there: Site, path: str, **more: object) -> Source:
    """A row for a page of the site."""
    return row("x", f"{there.url}{path}", kind="browser", **more)


async def test_hosts_and_ports_that_scripts_and_styles_hide() -> None:
    async with site({"/list": HIDDEN}) as there:
        assert await scraped(shown(there, "/list", wait="#list.done")) == (
            ["10.0.0.1:8080", "10.0.0.2:3128", "10.0.0.3:80", "10.0.0.4:81"],
            ["x: 4 on 1 page"],
        )
        static = await scraped(row("x", f"{there.url}/list"))
        assert static[0] == []  # without a browser there is nothing to see


PRESSED = """<!doctype html><p class=p title="10.0.0.1:80">1</p><button onclick="next()">more</button><script>
  let page = 1;
  function next() {
    if (++page > 3) return;
    document.querySelector("p").title = `10.0.0.${page}:80`;
    document.querySelector("p").textContent = page;
    document.querySelector("button").disabled = page === 3;
  }
</script>"""


async def test_a_button_is_pressed_for_the_next_page() -> None:
    async with site({"/list": PRESSED}) as there:
        found, told = await scraped(shown(there, "/list", rows="p.p", address=" @title", next="button", pages=9))
        assert found == ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"]
        assert told == ["x: 3 on 3 pages"]


async def test_links_and_numbers_lead_to_pages_as_well() -> None:
    def page(number: int) -> str:
        link = f"<a href='/{number + 1}'>next</a>" if number < 3 else ""
        return f"<p>10.0.0.{number}:80</p>{link}<script>document.querySelector('p').className = 'p'</script>"

    async with site({f"/{number}": page(number) for number in (1, 2, 3)}) as there:
        where = {"rows": "p.p", "address": "@title", "pages": 9}
        there.pages = {
            path: text.replace("<p>", "<p title=").replace("</p>", "></p>") for path, text in there.pages.items()
        }
        assert (await scraped(shown(there, "/1", next="a", **where)))[0] == [f"10.0.0.{n}:80" for n in (1, 2, 3)]
        found, told = await scraped(shown(there, "/{page}", **where))
        assert found == [f"10.0.0.{n}:80" for n in (1, 2, 3)]
        assert told[0] == f"x: {there.url}/4 answered with status 404."


async def test_a_page_reaches_its_own_site_and_what_its_row_allows_and_nothing_else() -> None:
    def page(others: list[str]) -> str:
        tries = "".join(f"fetch('{url}').catch(() => 0);new Image().src='{url}?i';" for url in others)
        return f"<script>{tries}new WebSocket('{others[0].replace('http', 'ws')}')</script><p class=p title=10.0.0.1:80></p>"

    async with site({"/x": "x", "/hop": "x"}, "localhost") as inside, site({"/x": "x"}) as allowed, site() as there:
        there.pages["/hop"] = lambda _: aio.Response(status=302, headers={"Location": f"{inside.url}/hop"})
        allowed.url = allowed.url.replace("127.0.0.1", "scripts.localhost")
        there.pages["/list"] = page([f"{inside.url}/x", f"{there.url}/hop", f"{allowed.url}/x"])
        source = shown(
            there, "/list", rows="p.p", address="@title", allow=("scripts.localhost",), headers={"X-Key": "$K"}
        )
        found, _ = await scraped(source, variables={"K": "sesame"})
        assert found == ["10.0.0.1:80"]
        assert inside.paths == []
        assert "/hop" in there.paths
        assert there.asked[0].headers["X-Key"] == "sesame"
        assert there.asked[0].headers["User-Agent"].startswith("roomful/")
        assert allowed.paths == ["/x"]
        assert "X-Key" not in allowed.asked[0].headers


async def test_robots_txt_holds_for_browsers_too() -> None:
    async with site({"/robots.txt": "User-agent: *\nDisallow: /", "/list": HIDDEN}) as there:
        found, told = await scraped(shown(there, "/list"))
        assert found == []
        assert "does not allow it" in told[0]
        assert there.paths == []


async def test_a_page_without_its_rows_is_told_in_one_sentence() -> None:
    async with site({"/list": "<p>Nothing here</p>"}) as there:
        found, told = await scraped(shown(there, "/list", rows="tr.never", timeout=2.0))
        assert found == []
        assert told[0].startswith(f"x: {there.url}/list: ")
        assert "2000" in told[0]
        assert "\n" not in told[0]
