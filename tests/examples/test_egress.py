"""examples/egress plays the whole chain, from a list of proxies to a model's answer, as its page shows it."""

import asyncio
import re
import sys

from .test_examples import EXAMPLES


def masked(text: str) -> str:
    return re.sub(r"^\d\d:\d\d ", "HH:MM ", text, flags=re.MULTILINE)


async def test_the_evening_is_as_the_page_shows_it() -> None:
    page = (EXAMPLES / "egress/README.md").read_text("utf-8")
    command = (sys.executable, str(EXAMPLES / "egress/evening.py"))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    played = (await process.communicate())[0].decode()
    assert process.returncode == 0, played
    shown = page.partition("evening.py\n")[2].partition("```")[0]
    assert masked(shown) == masked(played)
