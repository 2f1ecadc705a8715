"""Trying providers out with a real call, as small as one can be, and saying what is wrong."""

import asyncio
from collections.abc import Sequence

from msgspec import structs

from roomful.errors import ModelError, ModelTimeout

from .catalogue import Entry, entry, is_set_up
from .clients import check
from .contract import Message
from .desk import Desk
from .listing import known_models
from .names import Name, parse, split
from .settings import ModelsSettings, Source, names, source

SECONDS = 30.0  # for one provider
QUESTION = (Message("user", "Say yes."),)
TOKENS = 16  # of the answer; some providers refuse fewer


async def probe(settings: ModelsSettings, also: Sequence[str] = ()) -> list[Entry]:
    """The entries of all that is set up, and of the providers `also`, each tried out, side by side."""
    sources = [found for name in names(settings) if (found := source(name, settings)) is not None]
    wanted = [found for found in sources if found.name in also or is_set_up(found, settings)]
    desk = Desk(settings)
    try:
        return list(await asyncio.gather(*(_probed(desk, found) for found in wanted)))
    finally:
        await desk.close()


async def verify(names: str | Sequence[str], settings: ModelsSettings) -> None:
    """Whether a model, or one of a chain, can be used: before a bot is made of it.

    Nothing is charged where the provider tells that it has the model; else it takes one small call.

    Raises:
        ModelError: it cannot be used; the message says why and what to do.
    """
    desk = Desk(settings)
    failure: ModelError | None = None
    try:
        for name in [parse(text, settings) for text in split(names)]:
            try:
                return await _verified(desk, name)
            except ModelError as why:
                failure = failure or why
        if failure is not None:
            raise failure
    finally:
        await desk.close()


async def _verified(desk: Desk, name: Name) -> None:
    if name.source.kind == "offline":
        desk.bare(name)
        return
    check(name.source)
    listed = (
        await known_models(name.source, desk.clients().http(name.source)) if not name.source.settings.models else ()
    )
    if name.model not in listed:  # lists leave out other names of the same model
        await ask(desk, name)


async def ask(desk: Desk, name: Name, seconds: float = SECONDS) -> None:
    """One small call. Raises ModelError: why the model cannot be used."""
    try:
        async with asyncio.timeout(seconds), desk.bare(name).stream(QUESTION, max_tokens=TOKENS) as answer:
            async for _ in answer:
                return
    except TimeoutError:
        raise ModelTimeout(f"{name} did not answer within {seconds:g} s.") from None


async def _probed(desk: Desk, found: Source) -> Entry:
    told = entry(found)
    if told.problem or told.working:
        return structs.replace(told, working=not told.problem)
    try:
        models = await known_models(found, desk.clients().http(found))
        model = told.default_model or next(iter(models), "default")
        told = structs.replace(told, models=models, default_model=model)
        await ask(desk, Name(found, model))
    except ModelError as why:
        return structs.replace(told, working=False, problem=why.message)
    return structs.replace(told, working=True)
