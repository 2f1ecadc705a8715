"""A provider of one's own: a class with a name that streams answers.  python examples/ai/oracle.py QUESTION"""

import asyncio
import re
import sys
import time
from collections.abc import AsyncGenerator, Sequence

from roomful.errors import ModelFailed
from roomful.models import Answer, Message, Tool, Usage

SAYINGS = ("Ask again when the sea is calm.", "Know thyself.", "Nothing in excess.", "A wooden wall will save you.")


class Oracle:
    """Answers with a saying. See roomful.models.Model."""

    name = "delphi:oracle"
    local = True
    destination = "this machine"

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        """Nothing happens before the first piece is asked for."""
        return Answer(self._pieces(messages, seed or 0))

    async def _pieces(self, messages: Sequence[Message], seed: int) -> AsyncGenerator[str | Usage, None]:
        asked = "".join(message.text for message in messages)
        if not asked.strip():
            raise ModelFailed("The oracle was asked nothing.")
        begun, first = time.monotonic(), None
        words = re.findall(r"\S+\s*", SAYINGS[(len(asked) + seed) % len(SAYINGS)])
        for word in words:
            first = first if first is not None else time.monotonic() - begun
            yield word
        took = time.monotonic() - begun
        yield Usage(self.name, len(asked.split()), len(words), 0.0, first, took, "stop")


async def main(question: str) -> None:
    async with Oracle().stream([Message("user", question)]) as answer:
        async for text in answer:
            print(text, end="", flush=True)
    print(f"\n{answer.usage}")


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
