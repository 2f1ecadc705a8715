"""The page: the built web client; or, where none was built, one that says how to connect."""

import base64
import hashlib
import html
import re

from aiohttp import web
from aiohttp.typedefs import Handler

from roomful import __version__

from .assets import Asset, load
from .door import Door
from .security import BARE, CSP

DEFAULT_TCP = "127.0.0.1:5002"  # what `roomful chat` calls without an address
CODE = re.compile("[0-9]{6}")

STYLE = """
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
code { font: 1em ui-monospace, monospace; padding: .15em .4em; border-radius: .3em; background: #8882 }
"""
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Roomful</title>
<style>{style}</style>
<h1>Roomful</h1>
<p>A chat server runs here: release {version}, {online} connected, {rooms} rooms in use.</p>
<p>Its web client was not built into this installation.</p>
<p>Talk in a terminal: <code>roomful chat{address}</code></p>
<p>Write your own client: the protocol is JSON in length-prefixed frames on <code>{tcp}</code>.</p>
<p>For machines: <a href="healthz">healthz</a> · <a href="readyz">readyz</a> · <a href="metrics">metrics</a></p>
</html>
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PLAIN = {"Content-Security-Policy": f"{BARE}; style-src 'sha256-{_DIGEST}'"}
CLIENT = {"Content-Security-Policy": CSP}


class Page:
    """Its answers where no client was built."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def plain(self, request: web.Request) -> web.Response:
        """How to connect."""
        address = self._reached_by(request)
        code = request.query.get("code", "")
        words = "" if address == DEFAULT_TCP else f" tcp://{address}"
        text = PAGE.format(
            style=STYLE,
            version=html.escape(__version__),
            online=len(self._door.hub.participants),
            rooms=len(self._door.hub.rooms),
            tcp=html.escape(address or "(off)"),
            address=html.escape(words if address else "") + (f" --code {code}" if CODE.fullmatch(code) else ""),
        )
        return web.Response(text=text, content_type="text/html", headers=PLAIN)

    def _reached_by(self, request: web.Request) -> str:
        """Where whoever asks reaches the chat: by the address that brought them here, if it listens there."""
        if not self._door.tcp or request.transport is None or not self._door.hub.settings.code:
            return self._door.tcp
        host, port = request.transport.get_extra_info("sockname")[0], self._door.tcp.rpartition(":")[2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def add(app: web.Application, door: Door) -> None:
    """A route for each file of the client, and for the addresses that its rooms have in a browser."""
    files = load()
    index = files.pop("index.html", None)
    if index is None:
        app.router.add_get("/", Page(door).plain)
        return
    for path in ("/", "/r/{place:.*}"):
        app.router.add_get(path, _serve(index))
    for name, asset in files.items():
        app.router.add_get(f"/{name}", _serve(asset))


def _serve(asset: Asset) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        return asset.answer(request, CLIENT)

    return serve
