"""Logging in by cookie: a browser keeps who it is where no script can read it.

The cookie holds the token of an account's device, or the proof (`resume`) of who was there. Pages of other sites cannot have
it sent (SameSite), what they ask is refused (`Origins`), and no answer repeats it.
"""

import contextlib
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from msgspec import structs, to_builtins

from roomful.domain.answers import Done, LoggedIn
from roomful.domain.commands import Bye, Login, Logout, Register, Request
from roomful.domain.tokens import token_digest
from roomful.errors import (
    BadCredentials,
    BadRequest,
    BadResume,
    BodyTooLarge,
    NotJson,
    RoomfulError,
    TooManyConnections,
)
from roomful.errors import LoggedIn as AlreadyLoggedIn
from roomful.protocol.native import Unreadable, decode_request

from ..calls import Caller, Credential
from .door import Door
from .problems import problem
from .security import is_secure

COOKIE = "roomful"
SECURE_COOKIE = (
    "__Host-roomful"  # under TLS: browsers take one of this name from this very host only, and by TLS (RFC 6265bis)
)
LONGEST = 256  # characters of a secret
MOST = 16 * 1024  # bytes of a body
FIELDS = {
    "login": ("nick", "account", "password", "remember", "token", "code", "bearer"),
    "register": ("account", "password", "invite", "remember", "bearer"),
}
KEPT = 400 * 24 * 3600  # s, which is as long as browsers keep any; the hub forgets devices that are not used sooner
_BROWSERS = ("Firefox", "Edg", "OPR", "Chrome", "Safari")  # the first that is named: each also names those after it
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "CrOS", "Linux")
_SPOKEN = {"Edg": "Edge", "OPR": "Opera", "Macintosh": "macOS", "CrOS": "ChromeOS"}
Act = Callable[[Caller, web.Request], Awaitable[web.Response]]


def kept_by(request: web.Request) -> str:
    """What a browser keeps of who it is; empty: nothing, or nothing of ours."""
    return _plain(request.cookies.get(_cookie(request), ""))


def _cookie(request: web.Request) -> str:
    """What the cookie is called. Under TLS none of another name counts: it could be from another host of the same domain."""
    return SECURE_COOKIE if is_secure(request) or SECURE_COOKIE in request.cookies else COOKIE


def login(id: int, kept: str) -> Login:
    """The login that a cookie stands for: a device's token, or the proof of who was there, beside whoever has it open."""
    return Login(id, token=kept) if token_digest(kept) else Login(id, resume=kept, beside=True)


def completed(request: web.Request) -> Callable[[Request], Request]:
    """Makes a login that says nothing of who comes one by the handshake's cookie."""
    kept = kept_by(request)

    def complete(asked: Request) -> Request:
        if not kept or not isinstance(asked, Login) or asked != Login(asked.id):
            return asked
        return login(asked.id, kept)

    return complete


class Cookies:
    """The routes that set the cookie, and take it away."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def login(self, request: web.Request) -> web.Response:
        """Become a guest, or an account."""
        return await self._answered(request, self._login)

    async def register(self, request: web.Request) -> web.Response:
        """Make an account; a guest that does so keeps its id and its memberships."""
        return await self._answered(request, self._register)

    async def logout(self, request: web.Request) -> web.Response:
        """Log this browser out, and all that it has open."""
        return await self._answered(request, self._logout)

    async def _answered(self, request: web.Request, act: Act) -> web.Response:
        caller: Caller | None = None
        try:
            if not _bearer(request):
                self._door.origins.check_change(request)
            caller = await self._caller(request)
            answer = await act(caller, request)
        except RoomfulError as why:
            return problem(why)
        finally:
            if caller is not None:
                caller.close()
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def _caller(self, request: web.Request) -> Caller:
        hub = self._door.hub
        if hub.limits.enabled and len(hub.sessions) >= hub.limits.max_connections:
            raise TooManyConnections(retry_after=5)
        caller = Caller(hub, self._door.address_of(request))
        await caller.hello(agent(request.headers.get("User-Agent", "")))
        return caller

    async def _login(self, caller: Caller, request: web.Request) -> web.Response:
        asked, bearer = await _body(request, "login")
        assert isinstance(asked, Login)
        if bearer and asked.password is not None:
            asked = structs.replace(asked, remember=True)
        return _welcome(request, await caller.ask(asked, LoggedIn), asked.token or "", bearer=bearer)

    async def _register(self, caller: Caller, request: web.Request) -> web.Response:
        asked, bearer = await _body(request, "register")
        assert isinstance(asked, Register)
        if bearer:
            asked = structs.replace(asked, remember=True)
        kept = _bearer(request) or kept_by(request)
        if kept and not token_digest(kept):  # a guest, perhaps
            try:
                await caller.ask(login(0, kept), LoggedIn)
            except RoomfulError:
                kept = ""  # whoever that was is no more
        try:
            found = await caller.ask(asked, LoggedIn)
        except AlreadyLoggedIn:
            if not kept:
                raise
            await caller.ask(Logout(0), Done)  # the code is for an account that is there: it does not become the guest
            found = await caller.ask(asked, LoggedIn)
        return _welcome(request, found, bearer=bearer)

    async def _logout(self, caller: Caller, request: web.Request) -> web.Response:
        answer = web.Response(status=204)
        if bearer := _bearer(request):
            await self._out(caller, bearer)
        elif (name := _cookie(request)) in request.cookies:
            answer.del_cookie(name, path="/", httponly=True, samesite="Strict", secure=name == SECURE_COOKIE)
            with contextlib.suppress(BadCredentials, BadResume):  # it was logged out elsewhere
                await self._out(caller, kept_by(request))
        return answer

    async def _out(self, caller: Caller, secret: str) -> None:
        """The secret is good no more. A guest's visit ends, unless other connections of it are there."""
        self._door.calls.drop(Credential(secret, caller.session.address))
        me = await caller.ask(login(0, secret), LoggedIn)
        await caller.ask(Logout(0) if me.participant.account else Bye(0), Done)


def add(app: web.Application, door: Door) -> None:
    """Their routes."""
    cookies = Cookies(door)
    app.router.add_post("/api/v1/login", cookies.login)
    app.router.add_post("/api/v1/register", cookies.register)
    app.router.add_post("/api/v1/logout", cookies.logout)


def agent(user_agent: str) -> str:
    """What a browser is called among an account's devices: 'Firefox on Linux'. Programs are called what they say."""
    browser = next((one for one in _BROWSERS if f"{one}/" in user_agent), "")
    system = next((one for one in _SYSTEMS if one in user_agent), "")
    if not browser:
        return re.split(r"[\s(]", user_agent.strip(), maxsplit=1)[0][:60] or "a program"
    words = [_SPOKEN.get(browser, browser), *(("on", _SPOKEN.get(system, system)) if system else ())]
    return " ".join(words)


async def _body(request: web.Request, type: str) -> tuple[Request, bool]:
    """What is asked, and whether its answer shall bear the secret instead of a cookie. Raises BadRequest."""
    fields = await _fields(request)
    for name in fields.keys() - FIELDS[type]:
        raise BadRequest(f"There is no field `{name:.40}` here; there are: {', '.join(FIELDS[type])}.", field=name[:40])
    bearer = fields.pop("bearer", False)
    if not isinstance(bearer, bool):
        raise BadRequest("`bearer` is true or false.", field="bearer")
    try:
        return decode_request(json.dumps({**fields, "type": type, "id": 0}).encode()), bearer
    except Unreadable as why:
        raise why.error from None
    except NotJson:
        raise BadRequest("The body is one JSON object in UTF-8.") from None


async def _fields(request: web.Request) -> dict[str, Any]:
    if (request.content_length or 0) > MOST:
        raise BodyTooLarge(f"A body has at most {MOST:,} bytes here.")
    try:
        fields = json.loads(await request.read())
    except (ValueError, RecursionError):
        fields = None
    except web.HTTPRequestEntityTooLarge:
        raise BodyTooLarge(f"A body has at most {MOST:,} bytes here.") from None
    if not isinstance(fields, dict):
        raise BadRequest("The body is one JSON object in UTF-8.")
    return fields


def _bearer(request: web.Request) -> str:
    """The secret that a program sends."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return _plain(secret.strip()) if scheme.lower() == "bearer" else ""


def _plain(secret: str) -> str:
    return secret if secret.isascii() and len(secret) <= LONGEST else ""


def _welcome(request: web.Request, found: LoggedIn, token: str = "", *, bearer: bool) -> web.Response:
    """Who it is now. The secret is in the cookie; or, for programs that asked for it so, in the answer."""
    told: dict[str, Any] = to_builtins(structs.replace(found, resume="", token=""))
    del told["resume"]
    secret = found.token or token
    if bearer:
        return web.json_response({**told, "token": secret or found.resume})
    answer = web.json_response(told)
    name = _cookie(request)
    answer.set_cookie(
        name,
        secret or found.resume,
        path="/",
        max_age=KEPT if secret else None,  # without: until the browser is closed
        httponly=True,
        samesite="Strict",
        secure=name == SECURE_COOKIE,
    )
    return answer
