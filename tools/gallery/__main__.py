"""python -m tools.gallery FOLDER [--only PATTERN]: pictures of every state into a folder, with index.html to look at them."""

import argparse
import asyncio
import re
import sys
import tempfile
from pathlib import Path

from tools.gallery import coming, docs, guests, owners
from tools.gallery.shots import Shots
from tools.gallery.stage import stage


async def play(shots: Shots) -> None:
    """All scenes, on one server; those about the connection on one of their own, as they stop it."""
    with tempfile.TemporaryDirectory() as folder:
        async with stage(Path(folder), shots) as one:
            await guests.entry(one)
            await owners.play(one)
    with tempfile.TemporaryDirectory() as folder:
        await coming.play(Path(folder), shots)


def main() -> int:
    """The command line."""
    words = argparse.ArgumentParser(prog="python -m tools.gallery", description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--docs", action="store_true", help="only those that the documentation shows")
    words.add_argument("--only", default="", help="states whose name this pattern finds")
    given = words.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.docs:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(docs.play(Path(folder), given.folder.resolve()))
        return 0
    shots = Shots(given.folder.resolve(), re.compile(given.only))
    asyncio.run(play(shots))
    print(f"{len(shots.taken)} pictures: {shots.sheet()}")
    print("\n".join(shots.faults))
    return 1 if shots.faults else 0


if __name__ == "__main__":
    sys.exit(main())
