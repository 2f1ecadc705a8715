"""Connections to providers: one HTTP client for each, and what pydantic-ai speaks through it.

Everything here is heavy to import, and is loaded when a model is first asked. The SDKs try nothing again by themselves and
have no timeouts but for connecting: `trying` and `remote` see to that, for all providers alike.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from roomful.errors import ExtraMissing, KeyMissing, ProviderIncomplete

from .settings import DIRECT, Patience, Source

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model as Speaker

NO_KEY = "none-needed"  # the SDKs insist on one
SCHEMES = ("http", "https", "socks5", "socks5h")


class Clients:
    """The HTTP clients of providers, made when they are needed."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._open: dict[str, httpx2.AsyncClient] = {}

    def http(self, source: Source) -> httpx2.AsyncClient:
        """The client for a provider, through its proxy. Raises ProviderIncomplete for a proxy that is none."""
        client = self._open.get(source.name)
        if client is None or client.is_closed:
            client = self._open[source.name] = self._made(source)
        return client

    def _made(self, source: Source) -> httpx2.AsyncClient:
        try:
            import httpx2
        except ImportError:
            raise ExtraMissing(_missing(source)) from None
        wait = self._patience.connect
        proxy = source.proxy or None
        if proxy is not None and proxy.partition("://")[0] not in SCHEMES:
            raise ProviderIncomplete(f"The proxy of {source.name} is not http://HOST:PORT or socks5h://HOST:PORT.")
        try:
            return httpx2.AsyncClient(
                proxy=proxy,
                timeout=httpx2.Timeout(None, connect=wait, pool=wait),
                trust_env=proxy is None and source.way != DIRECT and not source.local,
            )
        except (httpx2.InvalidURL, ValueError):  # its message would show the proxy's password
            raise ProviderIncomplete(f"The proxy of {source.name} is no address: say http://HOST:PORT.") from None

    async def close(self) -> None:
        """Close all connections. They are made anew when they are needed again."""
        clients, self._open = self._open, {}
        for client in clients.values():
            await client.aclose()


def speaker(source: Source, model: str, http: httpx2.AsyncClient) -> Speaker:
    """What speaks with a model in its provider's way, after `load`."""
    return _SPEAKERS[source.kind](source, model, http)


def load(source: Source) -> None:
    """Import what speaks with a provider: a second or two, for a thread to spend. Raises ExtraMissing."""
    # What a model has no use for is left out, as whoever configures a chain of several would want; no need to say so.
    warnings.filterwarnings("ignore", "Sampling parameters", UserWarning)
    try:
        import pydantic_ai.direct

        if source.kind == "anthropic":
            import pydantic_ai.models.anthropic
        else:
            import pydantic_ai.models.openai  # noqa: F401
    except ImportError:
        raise ExtraMissing(_missing(source)) from None


def check(source: Source) -> None:
    """Whether the settings suffice to try. Raises KeyMissing or ProviderIncomplete."""
    if source.key_env and not source.key:
        place = f"put it in {source.key_env}, in the environment or in .env"
        raise KeyMissing(f"{source.name} needs a key: {place}.")
    if not source.address:
        if source.kind == "azure":
            raise ProviderIncomplete(f"{source.name} needs its address: set AZURE_OPENAI_ENDPOINT or base_url.")
        what = "endpoint" if source.kind == "web-token" else "base_url"
        raise ProviderIncomplete(f"{source.name} needs its address: set {what} in [providers.{source.name}].")


def _missing(source: Source) -> str:
    return f"What speaks with {source.name} is not installed: pip install 'roomful[ai]'."


def _openai(source: Source, model: str, http: httpx2.AsyncClient) -> Speaker:
    from openai import AsyncOpenAI
    from pydantic_ai.providers.openai import OpenAIProvider

    client = AsyncOpenAI(api_key=source.key or NO_KEY, base_url=source.base_url, http_client=http, max_retries=0)
    return _chat(model, OpenAIProvider(openai_client=client))


def _compatible(source: Source, model: str, http: httpx2.AsyncClient) -> Speaker:
    from openai import AsyncOpenAI
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    client = AsyncOpenAI(api_key=source.key or NO_KEY, base_url=source.base_url, http_client=http, max_retries=0)
    # Older servers know only `max_tokens`, and newer ones know it still.
    return _chat(
        model,
        OpenAICompatibleProvider(source.name, openai_client=client),
        openai_chat_supports_max_completion_tokens=False,
    )


def _chat(model: str, provider: Any, **ways: bool) -> Speaker:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile

    # Without this, a connection that ends too early would pass for the end of an answer.
    profile = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True, **ways)  # type: ignore[typeddict-item]
    return OpenAIChatModel(model, provider=provider, profile=profile)


def _azure(source: Source, model: str, http: httpx2.AsyncClient) -> Speaker:
    if source.base_url.endswith("/v1"):  # the interface without versions speaks as OpenAI's own
        return _openai(source, model, http)
    from openai import AsyncAzureOpenAI
    from pydantic_ai.providers.azure import AzureProvider

    client = AsyncAzureOpenAI(
        api_key=source.key,
        azure_endpoint=source.base_url,
        api_version=source.api_version,
        http_client=http,
        max_retries=0,
    )
    return _chat(model, AzureProvider(openai_client=client))


def _anthropic(source: Source, model: str, http: httpx2.AsyncClient) -> Speaker:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = AsyncAnthropic(api_key=source.key, base_url=source.base_url, http_client=http, max_retries=0)
    return AnthropicModel(model, provider=AnthropicProvider(anthropic_client=client))


_SPEAKERS = {"openai": _openai, "azure": _azure, "anthropic": _anthropic, "compatible": _compatible}
