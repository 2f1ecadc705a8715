"""Answers: anybody may close one, and what it took is known however it ended."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from roomful.models import Answer, Usage

USED = Usage("m", 3, 2, 0.5, 0.1, 0.2, "stop")


async def pieces(*some: str | Usage) -> AsyncIterator[str | Usage]:
    for one in some:
        yield one


async def test_an_answer_grows_and_then_tells_what_it_took() -> None:
    answer = Answer(pieces("a", "", "b", USED))
    assert [text async for text in answer] == ["a", "b"]
    assert answer.usage == USED
    assert [text async for text in answer] == []


async def test_closing_ends_the_generation_and_whoever_reads() -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[str | Usage]:
        try:
            yield "a"
            await asyncio.Event().wait()
        finally:
            ended.set()

    answer = Answer(endless(), lambda said: Usage("m", 9, len(said), 0.5, None, 1.0, ""))
    assert await anext(answer) == "a"
    reading = asyncio.create_task(anext(answer, "the end"))
    await asyncio.sleep(0)
    await answer.close()
    assert ended.is_set()
    async with asyncio.timeout(5):
        assert await reading == "the end"
    assert (answer.usage.tokens_out, answer.usage.finish) == (1, "stopped")
    await answer.close()


async def test_closing_does_not_wait_for_a_reader_that_is_behind() -> None:
    answer = Answer(pieces(*["x"] * 1000))
    assert await anext(answer) == "x"
    async with asyncio.timeout(5):
        await answer.close()
    assert [text async for text in answer] == []


async def test_what_was_never_asked_for_never_began() -> None:
    begun = []

    async def noted() -> AsyncIterator[str | Usage]:
        begun.append(True)
        yield "a"

    answer = Answer(noted())
    await answer.close()
    assert [text async for text in answer] == []
    assert not begun
    assert answer.usage.tokens_in == 0


async def test_what_fails_is_raised_to_the_reader_after_what_was_said() -> None:
    async def failing() -> AsyncIterator[str | Usage]:
        yield "a"
        raise ValueError("no")

    answer = Answer(failing())
    assert await anext(answer) == "a"
    with pytest.raises(ValueError, match="no"):
        await anext(answer)
    assert answer.usage.finish == "failed"
