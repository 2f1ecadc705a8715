"""How the checker judges: by the target that matters, by what is known of it, in time, and without harm to anybody."""

import asyncio
import contextlib
import random
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
import uvloop
from aiohttp import web

from roomful.egress import Journal, Proxy, Result, check
from roomful.egress.checking.tls import fingerprint
from roomful.egress.judge import judging
from tests.support.proxies import LOGIN_PAGE, BlackHole, Double, Saying
from tests.support.tls import Authority

from .test_truth import inject
from .world import OWN, PAGE, World, serving, world

SOCKS5H = ("socks5h",)


@pytest.fixture
async def everything() -> AsyncIterator[World]:
    async with world() as it:
        yield it


async def test_a_target_without_tls_is_compared_with_what_it_is_directly(everything: World) -> None:
    plain = {"target": everything.plain, "judge": ""}
    async with Double() as honest, Double(rewrite=inject) as injects, Saying(LOGIN_PAGE) as login:
        results = await everything.results([honest.at(), injects.at(), login.at()], **plain)
    assert results[honest.at()].working
    assert "http" in results[honest.at()].protocols
    assert results[injects.at()].failure == "altered"
    assert results[login.at()].failure == "wrong_page"


async def test_a_target_that_turns_proxies_away_is_not_reached(everything: World) -> None:
    async def picky(request: web.Request) -> web.Response:
        return web.Response(status=200 if request.remote == OWN else 403)

    async with Double() as proxy, serving(everything.authority.server("localhost"), picky) as target:
        result = await everything.result(proxy.at(), target=target)
        wanted = await everything.result(proxy.at(), target=target, status=403)
    assert (result.working, result.failure) == (False, "bad_status")
    assert wanted.working


async def test_a_page_that_differs_each_time_is_known_by_a_text(everything: World) -> None:
    async def lively(_: web.Request) -> web.Response:
        return web.Response(text=PAGE + str(random.random()), content_type="text/html")

    async with Double() as honest, Saying(LOGIN_PAGE) as login, serving(None, lively) as target:
        wishes = {"target": target, "judge": "", "expect": "As it must be"}
        results = await everything.results([honest.at(), login.at()], **wishes)
    assert results[honest.at()].working
    assert results[login.at()].failure == "wrong_page"


async def test_a_certificate_that_nobody_vouches_for_is_compared_exactly(everything: World) -> None:
    async with (
        serving(Authority().server("localhost")) as target,
        Double() as honest,
        Double(tls=Authority().server("localhost")) as opens,
    ):
        results = await everything.results([honest.at(), opens.at()], target=target)
    assert results[honest.at()].working
    assert results[honest.at()].intercepts_tls is False
    assert results[opens.at()].failure == "tls_intercepted"
    assert opens.overheard == b""


async def test_without_a_direct_way_it_says_what_it_cannot_know(everything: World) -> None:
    told: list[str] = []
    hosts = {"target.invalid": "localhost"}  # what only the proxies know
    foreign = Authority().server("target.invalid")
    async with (
        serving(everything.authority.server("target.invalid")) as target,
        Double(hosts=hosts) as honest,
        Double(hosts=hosts, tls=foreign) as opens,
    ):
        wishes = {"target": target.replace("localhost", "target.invalid"), "tell": told.append}
        results = await everything.results([honest.at(), opens.at()], **wishes)
    result = results[honest.at()]
    assert result.working
    assert result.intercepts_tls is None
    assert result.remote_dns
    assert results[opens.at()].failure == "tls_untrusted"
    assert opens.overheard == b""
    assert len(told) == 1
    assert "target.invalid" in told[0]


async def test_a_pinned_judge_shows_who_opens_what_is_encrypted(everything: World) -> None:
    issued = trustme.CA().issue_cert("localhost")
    tls = everything.authority.server()
    issued.configure_cert(tls)
    digits = fingerprint(der_of(issued)).upper()
    pin = ":".join(digits[at : at + 2] for at in range(0, 64, 2))  # as openssl writes it
    async with (
        judging(tls=tls) as judge,
        Double() as honest,
        Double(tls=everything.authority.server("localhost")) as opens,
    ):
        results = await everything.results([honest.at(), opens.at()], target="", judge=judge, pin=pin)
    assert results[honest.at()].working
    assert results[honest.at()].intercepts_tls is False
    assert results[honest.at()].anonymity == "elite"
    assert results[opens.at()].failure == "tls_intercepted"


def der_of(issued: trustme.LeafCert) -> bytes:
    return ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())


async def test_what_should_be_a_judge_must_be_one(everything: World) -> None:
    with pytest.raises(ValueError, match="is no judge"):
        await everything.results([], judge=everything.plain)
    with pytest.raises(ValueError, match="a target, a judge, or both"):
        await everything.results([], judge="", target="")


async def test_tries_are_counted_and_timed(everything: World) -> None:
    wishes = {"protocols": SOCKS5H, "samples": 4}
    async with Double(fails_every=2) as flaky, Double(delay=0.2) as slow:
        results = await everything.results([flaky.at(), slow.at()], **wishes)
    result = results[flaky.at()]  # judge, target, -, target, target, -
    assert (result.tries, result.successes, result.success_rate) == (4, 3, 0.75)
    assert result.working
    assert result.failures == {"socks5h": "closed"}
    result = results[slow.at()]
    assert result.latency is not None
    assert 0.2 <= result.latency < 2.0
    assert result.jitter is not None
    assert result.jitter < result.latency
    assert result.throughput is not None
    assert result.throughput > 0
    assert result.checked_at > 1.7e9


async def test_who_has_answered_is_not_hurried_by_another_protocol(everything: World) -> None:
    async with Double(["http", "https"], stall=1.3) as slow:  # http answers at once, and silence then has 1 s
        result = await everything.result(slow.at(), samples=1, payload=0)
    assert result.protocols == ("http", "https")
    assert result.working


async def test_most_tries_must_reach_the_target(everything: World) -> None:
    async with Double(fails_every=2) as flaky:
        result = await everything.result(flaky.at(), protocols=SOCKS5H, samples=2)
    assert (result.successes, result.tries, result.working) == (1, 2, False)


async def test_whoever_stops_keeps_what_came_and_nothing_goes_on(everything: World, tmp_path: Path) -> None:
    async with Double() as quick, BlackHole() as hole:
        listed = [Proxy("127.0.0.1", quick.port, "http", user=f"n{n}") for n in range(5)]
        listed += [Proxy("127.0.0.1", hole.port, "http", user=f"n{n}") for n in range(5)]
        before = asyncio.all_tasks()
        with Journal(tmp_path / "results.jsonl") as journal:
            async with contextlib.aclosing(everything.check(listed, timeout=60.0)) as results:
                async for result in results:
                    journal.add(result)
                    if len(journal.results) == 5:
                        break
        ours = {task for task in asyncio.all_tasks() - before if "roomful.egress" in str(task.get_coro())}
        assert not ours
        with Journal(tmp_path / "results.jsonl") as again:
            assert [proxy.port for proxy in again.missing(listed)] == [hole.port] * 5
            assert all(result.working for result in again.results.values())


def test_a_journal_survives_a_line_that_was_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    one, two = (
        Result(Proxy("192.0.2.1", 80), checked_at=1.0),
        Result(Proxy("192.0.2.2", 80), failures={"http": "refused"}),
    )
    with Journal(file) as journal:
        journal.add(one)
        journal.add(two)
        journal.add(Result(Proxy("192.0.2.3", 80), failures={"http": "no_sockets"}))  # was not judged
    assert file.stat().st_mode & 0o077 == 0  # it holds passwords
    file.write_bytes(file.read_bytes()[:-9])
    with Journal(file) as journal:
        assert list(journal.results.values()) == [one]
        journal.add(two)
    with Journal(file) as journal:
        assert list(journal.results.values()) == [one, two]
    file.write_text("not a journal\n")
    with pytest.raises(ValueError, match="name another file"):
        Journal(file).__enter__()


async def test_a_source_that_fails_is_heard(everything: World) -> None:
    async def source(proxy: Proxy) -> AsyncIterator[Proxy]:
        yield proxy
        raise OSError("the list is gone")

    async with Double() as quick:
        with pytest.raises(OSError, match="the list is gone"):
            [one async for one in check(source(quick.at()), target=everything.plain)]


FEW_FILES = """
import asyncio, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
from roomful.egress import Proxy, check
async def main():
    listed = [Proxy("127.0.0.1", int(port), user=str(n)) for n in range(20) for port in sys.argv[2:]]
    failures = [one.failure async for one in check(listed, target=sys.argv[1], timeout=0.5, tell=print)]
    print(sorted(set(failures)), len(failures))
asyncio.run(main())
"""


async def test_descriptors_are_not_used_up(everything: World) -> None:
    async with Double() as quick, BlackHole() as hole:
        words = [everything.plain, str(quick.port), str(hole.port)]
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", FEW_FILES, *words, stdout=subprocess.PIPE)
        said, _ = await process.communicate()
    told, found = said.decode().splitlines()
    assert "the process may not open more files" in told
    assert found == "['', 'silent'] 40"


def test_it_runs_on_uvloop_too() -> None:
    async def main() -> list[Result]:
        async with world() as it, Double() as proxy, Double(tls=Authority().server()) as opens:
            return [result async for result in it.check([proxy.at(), opens.at()], samples=9)]

    results = {result.failure: result for result in uvloop.run(main())}
    assert set(results) == {"", "tls_intercepted"}
    assert results[""].jitter  # its own clock has milliseconds only
