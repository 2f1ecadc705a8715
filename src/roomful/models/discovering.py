"""Looking for models that are there already: keys in the environment, and servers on this machine.

It reports, and uses nothing: that needs somebody to say so.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp
from msgspec import Struct

from .listing import names_in
from .settings import KNOWN, ModelsSettings, Source, source

SECONDS = 0.3  # for all of it
HERE = ("ollama", "llamacpp", "lmstudio")
KEYED = ("openai", "azure", "anthropic", "openrouter")


class Finding(Struct, frozen=True):
    """A provider that could be used."""

    provider: str
    why: str  # for people: "OPENAI_API_KEY is set", "answers at 127.0.0.1:11434"
    models: tuple[str, ...]  # `provider:model`, as far as it told
    destination: str  # where lines would go


async def discover(settings: ModelsSettings, seconds: float = SECONDS) -> list[Finding]:
    """What is there, within `seconds`: those on this machine first. Of the internet, nothing is asked."""
    here = [found for name in HERE if (found := source(name, settings)) is not None and found.loopback]
    timeout = aiohttp.ClientTimeout(total=seconds)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        answers = await asyncio.gather(*(_asked(session, found) for found in here))
    return [*(one for one in answers if one is not None), *keyed(settings)]


def keyed(settings: ModelsSettings) -> Sequence[Finding]:
    """The providers whose keys are set."""
    findings = []
    for name in KEYED:
        found = source(name, settings)
        if found is not None and found.key and found.address:
            default = KNOWN[name].default_model
            models = (f"{name}:{default}",) if default else ()
            findings.append(Finding(name, f"{found.key_place} is set", models, found.destination))
    return findings


async def _asked(session: aiohttp.ClientSession, found: Source) -> Finding | None:
    try:
        async with session.get(f"{found.base_url}/models", allow_redirects=False) as response:
            models = names_in(await response.json()) if response.status == 200 else None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None  # nobody there, or nobody who speaks of models
    if models is None:
        return None
    names = tuple(f"{found.name}:{model}" for model in models)
    return Finding(found.name, f"answers at {urlsplit(found.base_url).netloc}", names, found.destination)
