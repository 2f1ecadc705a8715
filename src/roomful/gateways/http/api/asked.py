"""What an HTTP request asks for: who it is from, and which request of the protocol it is."""

import re
import secrets
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import msgspec
from aiohttp import web
from msgspec import Struct

from roomful.domain.commands import Request
from roomful.domain.tokens import token_digest
from roomful.errors import BadCredentials, BadRequest, BodyTooLarge, LoginRequired, WrongMedia

from ...calls import Credential
from ..cookies import kept_by
from ..door import Door
from .parts import NONCE, Parts, fitted, from_text, parts, room_named
from .routes import Route

MOST = 128 * 1024  # bytes of a body: a text of the largest size, in the longest form that JSON has for it, and more
NONCES = "[!-~]{1,64}"
KEY = "Idempotency-Key"
JSON = "application/json"
HARMLESS = ("GET", "HEAD")


def credential(request: web.Request, door: Door) -> Credential:
    """Who asks. Raises LoginRequired, BadCredentials; NotAllowed, BadRequest: a page of another site asks by the cookie."""
    address, agent = door.address_of(request), request.headers.get("User-Agent", "")[:100]
    if (told := request.headers.get("Authorization")) is not None:
        scheme, _, secret = told.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip() or not secret.isascii():
            raise BadCredentials("`Authorization` is `Bearer TOKEN`.", field="Authorization")
        return Credential(secret.strip()[:256], address, agent)
    secret = kept_by(request)
    if not secret:
        raise LoginRequired("Send `Authorization: Bearer TOKEN`; POST /api/v1/login gives a token.")
    if not token_digest(secret) and not door.hub.proofs.id_of(secret):
        raise BadCredentials("The cookie is none of this server: log in again.")
    if request.method in HARMLESS:
        door.origins.check(request)
    else:
        door.origins.check_change(request)
    return Credential(secret, address, agent)


async def asked(request: web.Request, route: Route) -> Struct:
    """What is asked, in its type. Raises BadRequest."""
    there = parts(route)
    check_address(request)
    fields = await _body(request, there)
    for name, field in there.path.items():
        if name in fields:
            raise BadRequest(f"`{name}` stands in the path, and not in the body.", field=name)
        fields[name] = _named(name, from_text(field, [request.match_info[name]]))
    for name in request.query:
        if name not in there.query:
            raise BadRequest(
                f"`{name}` is no parameter here; there are: {', '.join(there.query) or 'none'}.", field=name
            )
        fields[name] = _named(name, from_text(there.query[name], request.query.getall(name)))
    if there.has_nonce and (key := request.headers.get(KEY)) is not None:
        fields[NONCE] = _nonce(key, fields.get(NONCE))
    if there.has_nonce and NONCE not in there.body:
        nonce = fields.pop(NONCE, None)
        return _filled(route, fitted(there.kind, fields), nonce)
    return _filled(route, fitted(there.kind, fields), fields.get(NONCE))


def check_address(request: web.Request) -> None:
    """Raises BadRequest: what is asked for is no text. (As aiohttp has it, `%FF` would be another character, or itself.)"""
    try:
        unquote_to_bytes(request.raw_path).decode()
    except UnicodeError:
        raise BadRequest("The address is no text: behind its `%` stands UTF-8, and this is none.") from None


def _named(name: str, value: Any) -> Any:
    if name != "room":
        return value
    return [room_named(one) for one in value] if isinstance(value, list) else room_named(value)


def _filled(route: Route, found: Struct, nonce: str | None) -> Struct:
    """The request, with what HTTP does not say. Whatever has a nonce of its sender's may have come before."""
    values = {name: getattr(found, name) for name in found.__struct_fields__} | route.fixed
    if NONCE in route.asks.__struct_fields__:
        values |= {NONCE: nonce or secrets.token_hex(16), "again": nonce is not None}
    if issubclass(route.asks, Request):
        values["id"] = 0
    return route.asks(**values)


def _nonce(key: str, nonce: object) -> str:
    if not re.fullmatch(NONCES, key):
        raise BadRequest(f"An {KEY} has 1 to 64 characters of ASCII, and no space.", field=KEY)
    if nonce is not None and nonce != key:
        raise BadRequest(f"`nonce` is another than the {KEY}: one of them suffices.", field=NONCE)
    return key


async def _body(request: web.Request, there: Parts) -> dict[str, Any]:
    """The fields in the body. Raises BadRequest."""
    data = await _read(request)
    if not data:
        if there.needs_body:
            raise BadRequest("The body is missing: one JSON object, as application/json.")
        return {}
    if request.content_type != JSON:
        raise WrongMedia(f"The body is JSON, as `Content-Type: {JSON}`; this is {request.content_type}.")
    try:
        fields = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
        raise BadRequest(f"The body is one JSON object in UTF-8; this is not ({why}).") from None
    if not isinstance(fields, dict):
        raise BadRequest("The body is one JSON object.")
    if fields and not there.body:
        raise BadRequest("Nothing is asked in a body here.", field=next(iter(fields))[:64])
    return cast("dict[str, Any]", fields)


async def _read(request: web.Request) -> bytes:
    data = b""
    async for chunk in request.content.iter_any():
        data += chunk
        if len(data) > MOST:
            raise BodyTooLarge(f"A body has at most {MOST:,} bytes.")
    return data
