"""Running `roomful accounts` as its users do: processes of their own, with a pipe or nothing to read from."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from tests.support.server import PATIENCE, ROOMFUL, surroundings


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


async def roomful(home: Path, *words: str, said: str = "", **environment: str) -> Ran:
    """Run `roomful` to its end, on the data in `home/data`; `said`: what it reads."""
    process = await asyncio.create_subprocess_exec(
        ROOMFUL,
        *words,
        cwd=home,
        env=surroundings(home, home / "data") | environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate(said.encode())
    assert process.returncode is not None
    assert b"Traceback" not in err, err.decode()
    return Ran(process.returncode, out.decode(), err.decode())


async def done(home: Path, *words: str, said: str = "") -> str:
    """Run `roomful accounts` with these words, which must succeed; what it printed."""
    ran = await roomful(home, "accounts", *words, said=said)
    assert ran.code == 0, ran.err
    return ran.out


async def refused(home: Path, *words: str, said: str = "", code: int = 1) -> str:
    """Run `roomful accounts` with these words, which must fail; what it said."""
    ran = await roomful(home, "accounts", *words, said=said)
    assert ran.code == code, ran
    assert ran.out == ""
    return ran.err
