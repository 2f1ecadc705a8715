"""Pages for the demonstration: lists of proxies in the shapes in which sites show them, some of which hide their ports."""

import base64
import json
from collections.abc import Sequence

from aiohttp import web
from msgspec import structs

from ..proxy import Proxy
from ..source import Source

ROBOTS = "User-agent: *\nDisallow: /private\n"
TARGET = "<!doctype html><title>The target</title><p>Whoever reads this came through.</p>" + "<p>…</p>" * 40


def application(proxies: Sequence[Proxy]) -> web.Application:
    """A site with lists of these, each on one of its pages, the last one on a page that robots.txt forbids as well."""
    shares = [list(proxies[number::4]) for number in range(4)]
    app = web.Application()
    app.router.add_get("/robots.txt", lambda _: _answer(ROBOTS, "text/plain"))
    app.router.add_get("/table/{page}", lambda request: _answer(_table(shares[0], int(request.match_info["page"]))))
    app.router.add_get("/api", lambda _: _answer(_json(shares[1]), "application/json"))
    app.router.add_get("/list.txt", lambda _: _answer(_lines(shares[2]), "text/plain"))
    app.router.add_get("/script.html", lambda _: _answer(_scripts(shares[3])))
    app.router.add_get("/private/list.txt", lambda _: _answer(_lines(list(proxies)), "text/plain"))
    app.router.add_get("/target", lambda _: _answer(TARGET))
    return app


def sources(site: str) -> tuple[Source, ...]:
    """The rows with which the site is read; `site` is its address without a path."""
    rows = (
        Source("table", url=f"{site}/table/{{page}}", rows="#list tr", protocol="td.kind", pages=5),
        Source("api", "json", url=f"{site}/api", rows="data", host="ip", port="port", protocol="types"),
        Source("text", "text", url=f"{site}/list.txt"),
        Source("scripts", "browser", url=f"{site}/script.html", rows="#list tr", wait="#list td.port"),
        Source("forbidden", "text", url=f"{site}/private/list.txt"),
    )
    return tuple(structs.replace(row, enabled=True, interval=0.0, retries=0) for row in rows)


async def _answer(text: str, kind: str = "text/html") -> web.Response:
    return web.Response(text=text, content_type=kind)


def _table(share: Sequence[Proxy], page: int) -> str:
    """One proxy a page, hosts and ports in cells."""
    rows = [
        f"<tr><td>{one.host}</td><td>{one.port}</td><td class=kind>HTTP</td></tr>" for one in share[page - 1 : page]
    ]
    head = "<tr><th>Address</th><th>Port</th><th>Kind</th></tr>"
    return f"<!doctype html><title>Table</title><table id=list>{head}{''.join(rows)}</table>"


def _json(share: Sequence[Proxy]) -> str:
    return json.dumps({"data": [{"ip": one.host, "port": one.port, "types": ["HTTP", "HTTPS"]} for one in share]})


def _lines(share: Sequence[Proxy]) -> str:
    return "# today's list\n" + "".join(f"{one.address}\n" for one in share) + "not a proxy\n"


def _scripts(share: Sequence[Proxy]) -> str:
    """Hosts in base64, ports put together by a script, and a decoy in each cell that no eye sees."""
    hidden = json.dumps([[base64.b64encode(one.host.encode()).decode(), one.port ^ 0x2A2A] for one in share])
    return f"""<!doctype html><title>Scripts</title><style>.no {{ display: none }}</style>
<table id=list></table>
<script>
  const list = document.getElementById("list");
  for (const [host, port] of {hidden}) {{
    const row = list.insertRow();
    row.insertCell().innerHTML = '<span class=no>203.0.113.9</span>' + atob(host);
    const cell = row.insertCell();
    cell.className = "port";
    cell.append(String(port ^ 0x2A2A));
  }}
</script>"""
