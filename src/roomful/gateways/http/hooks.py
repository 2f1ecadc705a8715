"""`POST /hooks/SECRET`: programs that post into a room by a secret address (docs/webhooks.md).

Who knows the address may post, and nothing else: there is no login, no cookie is looked at, and nothing can be read.
"""

import hashlib
import secrets
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from roomful.errors import BadRequest, RoomfulError
from roomful.hub.hooks import PATH

from .door import Door
from .problems import problem

MOST = 64 * 1024  # bytes of a request
LONGEST_KEY = 256  # characters


class Said(Struct):
    """What is posted."""

    text: str = ""
    style: Literal["text", "action", "notice"] = "text"
    reply_to: Annotated[int, Meta(ge=1, le=2**53 - 1)] | None = None
    attachments: Any = None  # what programs made for Slack say beside the text, or instead of it

    @property
    def whole(self) -> str:
        """The text, or else what stands for it."""
        attached = self.attachments if isinstance(self.attachments, list) else []
        return self.text or "\n".join(filter(None, map(_in_words, attached)))


_decode = msgspec.json.Decoder(Said).decode


def _in_words(attached: Any) -> str:
    """What an attachment says: its `fallback`, or else its title and its text."""
    if not isinstance(attached, dict):
        return ""
    fallback, title, text = (
        found if isinstance(found := attached.get(name), str) else "" for name in ("fallback", "title", "text")
    )
    return fallback or f"{title} {text}".strip()


class TooLarge(BadRequest):
    """More than a text, its JSON and its quoting can be."""


def add(app: web.Application, door: Door) -> None:
    """Add the route."""

    async def post(request: web.Request) -> web.Response:
        try:
            hook = door.hub.hooks.find(request.match_info["secret"], door.address_of(request))
            said = _said(await _body(request), request.content_type)
            receipt = await door.hub.hooks.say(
                hook, said.whole, _nonce(request), style=said.style, reply_to=said.reply_to
            )
        except RoomfulError as refused:
            return problem(refused, status=413 if isinstance(refused, TooLarge) else None)
        return web.json_response({"room": receipt.room, "seq": receipt.seq}, headers={"Cache-Control": "no-store"})

    app.router.add_post(PATH + "{secret}", post)


async def _body(request: web.Request) -> bytes:
    """What came. Raises TooLarge."""
    body = b""
    async for part in request.content.iter_any():
        body += part
        if len(body) > MOST:
            raise TooLarge(f"A webhook takes {MOST:,} bytes at most.")
    return body


def _said(body: bytes, kind: str) -> Said:
    """What is to be posted: plain text, JSON, or a form whose `payload` is JSON. Raises BadRequest."""
    try:
        if kind == "text/plain":
            return Said(body.decode())
        if kind == "application/x-www-form-urlencoded" and not body.lstrip().startswith(b"{"):
            fields = parse_qs(body.decode(), errors="strict", max_num_fields=20)
            if payload := fields.get("payload"):
                return _decode(payload[0].encode())
            return Said(fields.get("text", [""])[0])
        return _decode(body)
    except msgspec.DecodeError as why:
        raise BadRequest(f'The body is {{"text": "…"}} as JSON, or plain text as text/plain ({why}).') from None
    except ValueError:  # of UTF-8, and of forms with too many fields
        raise BadRequest("The body is no text in UTF-8.") from None


def _nonce(request: web.Request) -> str:
    """What makes a request that is sent again the same one. Raises BadRequest."""
    key = request.headers.get("Idempotency-Key") or request.headers.get("webhook-id") or ""
    if len(key) > LONGEST_KEY:
        raise BadRequest(f"An Idempotency-Key has at most {LONGEST_KEY} characters.", field="Idempotency-Key")
    return (
        "k-" + hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:40] if key else secrets.token_hex(16)
    )
