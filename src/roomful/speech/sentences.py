"""Where to begin to speak: a text that streams is cut into sentences, so that the first is heard while the rest is written."""

import re
from collections.abc import AsyncIterator

SHORT = {"Dr", "Mr", "Mrs", "Ms", "Nr", "St", "bzw", "etc", "usw", "vs"}  # words that end with a dot and no sentence
LETTERS = re.compile(r"(\w\.)+\w")  # e.g. i.e. z.B. U.S.


async def sentences(pieces: AsyncIterator[str], longest: int = 300) -> AsyncIterator[str]:
    """Text that streams, cut where one can begin to speak: at the end of a sentence or a line."""
    waiting = ""
    async for piece in pieces:
        waiting += piece
        while (cut := ends(waiting, longest)) > 0:
            yield waiting[:cut].strip()
            waiting = waiting[cut:]
    if waiting.strip():
        yield waiting.strip()


def split(text: str, longest: int = 300) -> list[str]:
    """The sentences of a whole text."""
    found: list[str] = []
    while (cut := ends(text, longest)) > 0:
        found.append(text[:cut].strip())
        text = text[cut:]
    return [one for one in (*found, text.strip()) if one]


def ends(text: str, longest: int = 300) -> int:
    """Where the first sentence of a text ends, surely; 0: not yet."""
    for at, character in enumerate(text[:-1]):
        if character == "\n" and text[:at].strip():
            return at + 1
        if (
            character in ".!?…。！？"
            and (text[at + 1].isspace() or character in "。！？")
            and not _abbreviates(text, at)
        ):
            return at + 1
    return text.rfind(" ", 0, longest) + 1 if len(text) > longest else 0


def _abbreviates(text: str, at: int) -> bool:
    """Whether the dot belongs to a short word, as in Mr. or e.g."""
    word = text[:at].rsplit(None, 1)[-1] if text[:at].strip() else ""
    return text[at] == "." and (len(word) == 1 or word in SHORT or bool(LETTERS.fullmatch(word)))
