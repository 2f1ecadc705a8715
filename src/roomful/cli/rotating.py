"""`roomful proxies serve`: a local proxy that passes each connection on through one of the pool."""

import asyncio
import secrets
import sys
import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from roomful.config import ConfigError

from .common import USAGE, ConfigFile, Data, failed, settings
from .proxying import finishes, pool_file

if TYPE_CHECKING:
    from roomful.config import Config
    from roomful.egress.pool import Pool

LISTEN = "127.0.0.1:8118"


def served(
    listen: Annotated[str, Parameter(help="HOST:PORT; port 0 takes a free one.")] = LISTEN,
    /,
    *,
    password_stdin: Annotated[
        bool, Parameter(negative=(), help="Read the password from standard input; else one is made and shown.")
    ] = False,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Run a local proxy, HTTP and SOCKS5, over the pool. It ends with Ctrl-C.

    Each connection goes through a proxy that works. The user name is a session: it stays with one proxy while that works.
    """
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        return failed(f"{listen} is no place to listen: one would be {LISTEN}.", USAGE)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(16)
    if not password:
        return failed("Standard input holds no password.", USAGE)
    try:
        found = settings(config_file, data)
        asyncio.run(_serving(found, host.strip("[]"), int(port), password))
    except ConfigError as why:
        return failed(str(why), USAGE)
    except OSError as why:
        return failed(f"The proxy cannot listen at {listen}: {why.strerror}.")
    return 0


async def _serving(found: "Config", host: str, port: int, password: str) -> None:
    from roomful.egress.pool import Pool, Rotator, keep_fresh
    from roomful.egress.pool.serving import local_url

    pool = await Pool.open(pool_file(found))
    rotator = Rotator(pool, password)
    try:
        address = await rotator.listen(host, port)
        print(f"ready proxy={local_url(address, password)}", flush=True)
        sys.stderr.write(_standing(pool))
        target = found.egress.target
        await finishes(keep_fresh(pool, target, found.egress.judge, failed) if target else _for_ever())
    finally:
        await rotator.close()
        await pool.close()


def _standing(pool: "Pool") -> str:
    now = time.time()
    count = len(pool.records)
    if not count:
        return "The pool is empty: `roomful proxies check FILE --target URL` fills it.\n"
    good = sum(one.standing(now) == "good" for one in pool.records.values())
    return (
        f"HTTP and SOCKS5; {count} prox{'y' if count == 1 else 'ies'} in the pool, {good} of them good. Stop: Ctrl-C\n"
    )


async def _for_ever() -> None:
    await asyncio.Event().wait()
