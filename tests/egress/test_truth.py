"""The truth table: whatever a proxy is, the checker says exactly that, all of it.

Proxies of ours, each with one habit, and those that others wrote; checked all at once, for a target over TLS.
"""

import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme
from msgspec import Struct

from roomful.egress import PROTOCOLS, Proxy, Result
from roomful.egress.seen import Seen, render
from tests.support.proxies import LOGIN_PAGE, BlackHole, Double, Listening, Saying
from tests.support.real_proxies import free_port, microsocks, missing, proxy_py, tinyproxy
from tests.support.tls import Authority

from .world import World, world

ALL = PROTOCOLS
HTTP, SOCKS4, SOCKS5 = ("http", "https"), ("socks4", "socks4a"), ("socks5", "socks5h")


class Truth(Struct, frozen=True):
    """What a proxy is."""

    protocols: tuple[str, ...] = ()
    anonymity: str = ""
    remote_dns: bool | None = None
    working: bool = False
    via: str = ""
    intercepts_tls: bool | None = None
    failures: Mapping[str, str] = {}
    failure: str = ""
    exit: str = ""


def told(result: Result) -> Truth:
    """What the checker says."""
    return Truth(**{name: getattr(result, name) for name in Truth.__struct_fields__})


def works(protocols: tuple[str, ...], via: str = "", why: str = "closed", **more: Any) -> Truth:
    """One that reaches the target; `why` is what the protocols that it does not speak fail with."""
    failures = {name: why for name in PROTOCOLS if name not in protocols} | more.pop("failures", {})
    known = {"anonymity": "elite", "remote_dns": True, "intercepts_tls": False, "working": True, "exit": "127.0.0.1"}
    return Truth(**{**known, "protocols": protocols, "via": via, "failures": failures, **more})


def fails(why: str, failure: str = "", protocols: tuple[str, ...] = (), **others: Any) -> Truth:
    """One that does not reach the target: `others` are protocols with their own reasons, and what is true all the same."""
    known = {name: others.pop(name) for name in tuple(others) if name in Truth.__struct_fields__}
    failures = {name: why for name in PROTOCOLS if name not in protocols} | others
    return Truth(failures=failures, failure=failure or why, protocols=protocols, **known)


class Case(Struct):
    """A proxy as a list might name it, and what it is."""

    name: str
    proxy: Proxy
    truth: Truth


def inject(data: bytes) -> bytes:
    """Put an advertisement into a page, as a proxy that lives from it does."""
    head, _, body = data.partition(b"\r\n\r\n")
    body = body.replace(b"</body>", b"<script>buy()</script></body>")
    fields = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    return b"\r\n".join((*fields, b"Content-Length: %d" % len(body), b"", body))


@pytest.fixture
async def everything() -> AsyncIterator[World]:
    async with world() as it:
        yield it


@contextlib.asynccontextmanager
async def cases(makes: Mapping[str, tuple[Listening, tuple[str, ...], Truth]]) -> AsyncIterator[list[Case]]:
    """Proxies of ours, listening; each with what a list says of it: scheme, user, password."""
    async with contextlib.AsyncExitStack() as stack:
        for listening, _, _ in makes.values():
            await stack.enter_async_context(listening)
        yield [Case(name, one.at(*known), truth) for name, (one, known, truth) in makes.items()]


async def compare(world: World, table: list[Case], **more: Any) -> None:
    """The checker says of each what is true of it, and of no more than those."""
    results = await world.results([case.proxy for case in table], **more)
    wrong = [
        f"{case.name}\n  is     {case.truth}\n  called {told(results[case.proxy])}"
        for case in table
        if told(results[case.proxy]) != case.truth
    ]
    assert not wrong, "\n".join(wrong)
    assert len(results) == len(table)


async def test_proxies_that_work(everything: World) -> None:
    known = ("", "ada", "of:london")
    rejected = dict.fromkeys(SOCKS4, "rejected")
    makes: dict[str, tuple[Listening, tuple[str, ...], Truth]] = {
        "speaks everything": (Double(), (), works(ALL, "socks5h")),
        "claimed to be SOCKS4": (Double(), ("socks4",), works(ALL, "socks4")),
        "HTTP": (Double(HTTP), (), works(HTTP, "https")),
        "CONNECT only": (Double(["https"]), (), works(("https",), "https", failures={"http": "unsupported"})),
        "SOCKS5": (Double(SOCKS5), (), works(SOCKS5, "socks5h")),
        "SOCKS4": (Double(SOCKS4), (), works(SOCKS4, "socks4a")),
        "SOCKS5 by address": (
            Double(["socks5"]),
            (),
            works(("socks5",), "socks5", remote_dns=False, failures={"socks5h": "unsupported"}),
        ),
        "SOCKS4 by address": (
            Double(["socks4"]),
            (),
            works(("socks4",), "socks4", remote_dns=False, failures={"socks4a": "rejected"}),
        ),
        "no names": (
            Double(SOCKS5 + SOCKS4, names=False),
            (),
            works(
                ("socks4", "socks5"),
                "socks5",
                remote_dns=False,
                failures={"socks4a": "rejected", "socks5h": "unsupported"},
            ),
        ),
        "tells our address": (
            Double(HTTP, reveal=lambda peer: [f"X-Forwarded-For: {peer}"]),
            (),
            works(HTTP, "https", anonymity="transparent"),
        ),
        "says that it is one": (
            Double(HTTP, reveal=lambda _: ["Via: 1.1 somewhere"]),
            (),
            works(HTTP, "https", anonymity="anonymous"),
        ),
        "lies about anonymity": (
            Double(HTTP, reveal=lambda peer: ["X-Anonymity: elite", f"X-Trace: a=1;peer=[::ffff:{peer}];b=2"]),
            (),
            works(HTTP, "https", anonymity="transparent"),
        ),
        "hides somebody else": (
            Double(HTTP, reveal=lambda _: ["X-Forwarded-For: 127.0.0.99"]),
            (),
            works(HTTP, "https", anonymity="anonymous"),
        ),
        "password, given": (Double(login="ada:of:london"), known, works(HTTP + SOCKS5, "socks5h", failures=rejected)),
        "password, given and not wanted": (Double(), known, works(ALL, "socks5h")),
        "slow": (Double(delay=0.4), (), works(ALL, "socks5h")),
    }
    async with cases(makes) as table:
        await compare(everything, table)


async def test_proxies_that_do_not(everything: World) -> None:
    blocked = {everything.port(everything.target)}
    no: dict[str, Any] = {"remote_dns": True, "anonymity": "elite", "exit": "127.0.0.1"}
    unreachable = dict.fromkeys(("https", *SOCKS5), "target_unreachable") | dict.fromkeys(SOCKS4, "rejected")
    page: dict[str, Any] = {"http": "wrong_page", "https": "wrong_page"}
    cached = render(Seen("192.0.2.1", "/before", "1.1", ()))
    makes: dict[str, tuple[Listening, tuple[str, ...], Truth]] = {
        "black hole": (BlackHole(), (), fails("silent")),
        "too slow": (Double(delay=60), (), fails("silent")),
        "garbage": (Saying(b"\x00\xff what\r\n\r\n"), (), fails("garbage")),
        "closes": (Saying(b""), (), fails("closed")),
        "login page": (Saying(LOGIN_PAGE), (), fails("garbage", **page, failure="wrong_page")),
        "from a cache": (
            Saying(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(cached), cached)),
            (),
            fails("garbage", **page, failure="wrong_page"),
        ),
        "cuts": (Double(cut=400), (), fails("cut")),
        "injects": (Double(rewrite=inject), (), fails("altered")),
        "forwards only": (
            Double(["http"]),
            (),
            fails("closed", https="unsupported", failure="unsupported", protocols=("http",), **no),
        ),
        "not to the target": (
            Double(blocked=blocked),
            (),
            Truth(protocols=ALL, failures=unreachable, failure="target_unreachable", **no),
        ),
        "password, not given": (
            Double(login="ada:x"),
            (),
            fails("auth_required", socks4="rejected", socks4a="rejected"),
        ),
        "password, wrong": (
            Double(login="ada:x"),
            ("", "ada", "y"),
            fails("auth_failed", socks4="rejected", socks4a="rejected"),
        ),
    }
    async with cases(makes) as table:
        table.append(Case("nothing there", Proxy("127.0.0.1", free_port()), fails("refused")))
        table.append(Case("no such name", Proxy("nowhere.invalid", 80), fails("unresolved")))
        await compare(everything, table)


async def test_proxies_that_open_what_is_encrypted(everything: World) -> None:
    corporation = trustme.CA(organization_name="A corporation, whose authority is installed here")
    installed = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    corporation.issue_cert("localhost").configure_cert(installed)
    trusting = everything.authority.client()
    corporation.configure_trust(trusting)
    opening = [Double(tls=Authority().server("localhost")), Double(HTTP, tls=installed)]
    caught: dict[str, Any] = {"intercepts_tls": True, "failure": "tls_intercepted", "working": False, "via": ""}
    makes: dict[str, tuple[Listening, tuple[str, ...], Truth]] = {
        "its own authority": (opening[0], (), works(ALL, failures={"socks5h": "tls_intercepted"}, **caught)),
        "an authority that we trust": (opening[1], (), works(HTTP, failures={"https": "tls_intercepted"}, **caught)),
        "honest": (Double(), (), works(ALL, "socks5h")),
    }
    async with cases(makes) as table:
        await compare(everything, table, tls=trusting)
    assert [one.overheard for one in opening] == [b"", b""]  # nothing was sent through them


@pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}")
async def test_proxies_that_others_wrote(everything: World, tmp_path: Path) -> None:
    via = works(HTTP, "https", "silent", anonymity="anonymous")  # wait for the rest of a line that never comes
    socks = works(SOCKS5, "socks5h", "garbage")  # answers whatever it is asked as SOCKS5
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        basic = await enter(proxy_py("--basic-auth", "ada:x"))
        locked = await enter(tinyproxy(tmp_path, "BasicAuth ada x"))
        micro = await enter(microsocks("-u", "ada", "-P", "x"))
        hides = await enter(tinyproxy(tmp_path, "DisableViaHeader Yes"))
        tells = await enter(tinyproxy(tmp_path, "XTinyproxy Yes"))
        table = [
            Case("proxy.py", local(await enter(proxy_py())), via),
            Case("proxy.py, password", local(basic, "ada", "x"), via),
            Case(
                "proxy.py, none given", local(basic), fails("silent", "auth_required", **asked("auth_required", HTTP))
            ),
            Case(
                "proxy.py, wrong",
                local(basic, "ada", "y"),
                fails("silent", "auth_failed", **asked("auth_failed", HTTP)),
            ),
            Case("tinyproxy", local(await enter(tinyproxy(tmp_path))), via),
            Case("tinyproxy that hides", local(hides), works(HTTP, "https", "silent")),
            Case("tinyproxy that tells", local(tells), works(HTTP, "https", "silent", anonymity="transparent")),
            Case("tinyproxy, password", local(locked, "ada", "x"), via),
            Case(
                "tinyproxy, wrong",
                local(locked, "ada", "y"),
                fails("silent", "auth_failed", **asked("auth_failed", HTTP)),
            ),
            Case("microsocks", local(await enter(microsocks())), socks),
            Case("microsocks, password", local(micro, "ada", "x"), socks),
            Case(
                "microsocks, none given",
                local(micro),
                fails("garbage", "auth_required", **asked("auth_required", SOCKS5)),
            ),
            Case(
                "microsocks, wrong",
                local(micro, "ada", "y"),
                fails("garbage", "auth_failed", **asked("auth_failed", SOCKS5)),
            ),
        ]
        await compare(everything, table)


def local(port: int, user: str = "", password: str = "") -> Proxy:
    return Proxy("127.0.0.1", port, "", user, password)


def asked(why: str, protocols: tuple[str, ...]) -> dict[str, Any]:
    return dict.fromkeys(protocols, why)
