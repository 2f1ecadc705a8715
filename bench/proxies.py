"""Measure the checker of proxies: live ones and dead ones, all at once; found what is true, how fast, at what cost.

python -m bench.proxies                                    1,000 live and 4,000 dead, a time limit of 5 s
python -m bench.proxies --peer /tmp/venv/bin/python        the same list through proxybroker2, installed there
"""

import argparse
import contextlib
import json
import resource
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import uvloop

from bench.driver.proxies import LIVE, World
from roomful.egress import check, raise_limit

SECONDS, MEGABYTES, MS_EACH = 30.0, 300.0, 1.0
PROTOCOLS = {"http": ("http", "https"), "socks5": ("socks5", "socks5h"), "socks4": ("socks4", "socks4a")}
FILES = 20_000


def main() -> int:
    """The command. Returns the exit code: 1 if a target is missed or a verdict is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--live", type=int, default=1_000)
    parser.add_argument("--dead", type=int, default=4_000)
    parser.add_argument("--timeout", type=float, default=5.0)
    parser.add_argument("--plain", action="store_true", help="the judge is the target: no TLS")
    parser.add_argument("--peer", default="", help="a Python that has proxybroker2")
    parser.add_argument("--world", default="", help=argparse.SUPPRESS)
    wishes = parser.parse_args()
    raise_limit(FILES)
    if wishes.world:
        return uvloop.run(_check(wishes, msgspec.json.decode(wishes.world, type=World)))
    with tempfile.TemporaryDirectory() as folder, _world(Path(folder)) as world:
        words = [sys.executable, "-m", "bench.proxies", "--world", msgspec.json.encode(world).decode(), *sys.argv[1:]]
        code = subprocess.run(words, check=False).returncode  # alone in its process: memory and CPU time are its own
        if wishes.peer:
            _peer(wishes, world)
    return code


@contextlib.contextmanager
def _world(folder: Path) -> Iterator[World]:
    words = [sys.executable, "-m", "bench.driver.proxies", str(folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield msgspec.json.decode(process.stdout.readline(), type=World)
        process.stdin.close()
        print(f"connections that came: {process.stdout.readline().strip()}")


async def _check(wishes: argparse.Namespace, world: World) -> int:
    listed = world.proxies(wishes.live, wishes.dead)
    tls = ssl.create_default_context(cafile=world.ca)
    target = "" if wishes.plain else world.target
    began, cpu, wrong, requests = time.perf_counter(), time.process_time(), 0, Counter[str]()
    kinds = dict(listed)
    latencies: list[float] = []
    results = check(
        [proxy for proxy, _ in listed], target=target, judge=world.judge, tls=tls, timeout=wishes.timeout, tell=print
    )
    async for result in results:
        kind = kinds[result.proxy]
        right = LIVE.get(kind) is not None
        wrong += result.working != right or result.protocols != PROTOCOLS.get(kind, ())
        requests[kind] += _requests(kind, result.tries, with_target=bool(target))
        latencies += [result.latency] if result.latency is not None else []
    took, spent = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made = requests.total()
    print(
        f"{wishes.live:,} live, {wishes.dead:,} dead: {took:.1f} s, {peak:.0f} MB, {wrong} wrong; "
        f"{made:,} requests, {spent / made * 1000:.2f} ms CPU each; latency {_quantiles(latencies)}"
    )
    missed = [took > SECONDS, peak > MEGABYTES, spent / made * 1000 > MS_EACH, wrong > 0]
    print(f"targets: {SECONDS:g} s, {MEGABYTES:g} MB, {MS_EACH:g} ms; {'MISSED' if any(missed) else 'reached'}")
    return int(any(missed))


def _quantiles(latencies: list[float]) -> str:
    """What the loopback seems to take: all of it is waiting for a processor."""
    cuts = statistics.quantiles(latencies, n=20)
    return f"{cuts[9] * 1000:.0f} ms (median), {cuts[18] * 1000:.0f} ms (95 %)"


def _requests(kind: str, tries: int, *, with_target: bool) -> int:
    """How many times one was connected to: each protocol, each family, or once where nothing is there; target; throughput."""
    if kind == "refused":
        return 1
    return 6 + tries - (not with_target) + 1 if kind in LIVE else 4


PEER = """
import asyncio, json, resource, sys, time, warnings
warnings.simplefilter("ignore")
from proxybroker2 import Broker
from proxybroker2.resolver import Resolver
wishes = json.loads(sys.argv[1])
Resolver._ip_hosts = [wishes["ip"]]
async def main():
    queue, found = asyncio.Queue(), []
    broker = Broker(queue, timeout=wishes["timeout"], max_conn=1000, max_tries=1, judges=[wishes["judge"]])
    began, cpu = time.perf_counter(), time.process_time()
    await broker.find(types=["HTTP", "CONNECT:80", "SOCKS4", "SOCKS5"], data=[tuple(one) for one in wishes["data"]])
    while (proxy := await queue.get()) is not None:
        found.append([proxy.host, proxy.port])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([found, time.perf_counter() - began, time.process_time() - cpu, peak]))
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
"""


def _peer(wishes: argparse.Namespace, world: World) -> None:
    if ":80/" not in world.judge:
        print("proxybroker2: not measured: its judges listen at port 80, which is taken or not ours to take")
        return
    listed = world.proxies(wishes.live, wishes.dead)
    judge = world.judge.replace("localhost:80", "127.0.0.1")
    data = {"data": [(proxy.host, proxy.port) for proxy, _ in listed], "timeout": wishes.timeout}
    words = json.dumps(data | {"judge": f"{judge}x", "ip": "http://127.0.0.1/ip"})
    run = subprocess.run([wishes.peer, "-c", PEER, words], capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"proxybroker2 failed: {run.stderr.strip().splitlines()[-1:]}")
        return
    found, took, cpu, peak = json.loads(run.stdout.splitlines()[-1])
    kinds = {proxy.host: kind for proxy, kind in listed}
    right = sum(kinds[host] in LIVE for host, _ in found)
    print(
        f"proxybroker2: {took:.1f} s, {peak:.0f} MB, {cpu:.1f} s CPU; {right:,} of {wishes.live:,} live found, "
        f"{len(found) - right:,} of {wishes.dead:,} dead taken for live"
    )


if __name__ == "__main__":
    sys.exit(main())
