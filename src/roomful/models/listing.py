"""What models a provider has, as it tells itself. Nobody depends on it: whoever does not tell has told nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .settings import Source

if TYPE_CHECKING:
    import httpx2

SECONDS = 3.0  # to tell
ANTHROPIC_VERSION = "2023-06-01"


async def known_models(source: Source, http: httpx2.AsyncClient, seconds: float = SECONDS) -> tuple[str, ...]:
    """The names of the provider's models; none: it does not tell."""
    if source.settings.models:
        return source.settings.models
    if source.kind in ("azure", "web-token", "offline"):  # Azure lists what could be deployed, not what is
        return ()
    import httpx2

    try:
        async with asyncio.timeout(seconds):
            response = await http.get(f"{_base(source)}/models", headers=_headers(source))
            return (names_in(response.json()) or ()) if response.is_success else ()
    except (TimeoutError, httpx2.HTTPError, ValueError):
        return ()


def names_in(page: Any) -> tuple[str, ...] | None:
    """The models' names in a list of OpenAI's form; None: it is of another."""
    rows = page.get("data") if isinstance(page, dict) else None
    if not isinstance(rows, list):
        return None
    return tuple(row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str))


def _base(source: Source) -> str:
    return f"{source.base_url}/v1" if source.kind == "anthropic" else source.base_url


def _headers(source: Source) -> dict[str, str]:
    if source.kind == "anthropic":
        return {"x-api-key": source.key, "anthropic-version": ANTHROPIC_VERSION}
    return {"authorization": f"Bearer {source.key}"} if source.key else {}
