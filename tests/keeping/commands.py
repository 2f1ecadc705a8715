"""Running the commands as users do: processes of their own."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from tests.support.server import PATIENCE, ROOMFUL, surroundings


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


async def roomful(home: Path, *words: str, **environment: str) -> Ran:
    """Run `roomful` to its end, on the data in `home/data` unless the words say otherwise."""
    process = await asyncio.create_subprocess_exec(
        ROOMFUL,
        *words,
        cwd=home,
        env=surroundings(home, home / "data") | environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    assert b"Traceback" not in err, err.decode()
    return Ran(process.returncode, out.decode(), err.decode())
