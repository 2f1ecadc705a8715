"""What goes wrong at a provider, as errors of ours: a code, and one sentence that names the fix.

Texts of providers are not passed on: they may hold parts of keys, and nobody in a room can act on them. For the same reason
ours are raised without theirs as a cause, which would stand in the log.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

from roomful import errors
from roomful.errors import ModelError

from .names import Name, nearest


def caught() -> tuple[type[BaseException], ...]:
    """What asking a provider may raise, besides our own errors."""
    import httpx2
    from pydantic_ai.exceptions import AgentRunError

    # The SDKs' own errors are AgentRunErrors by now, but for those of the one that is loaded.
    loaded = [sys.modules[name] for name in ("openai", "anthropic") if name in sys.modules]
    own = [vars(sdk)[error] for sdk in loaded for error in ("OpenAIError", "AnthropicError") if error in vars(sdk)]
    # ValueError: what came is not JSON, or not of the shape that was agreed on.
    return AgentRunError, httpx2.HTTPError, httpx2.StreamError, ValueError, *own


def translated(why: BaseException, name: Name, wall: Callable[[], float], *, began: bool) -> ModelError:
    """The error of ours for one of `caught`.

    `wall`: seconds since 1970, for dates in Retry-After; `began`: some of the answer had come.
    """
    from pydantic_ai import exceptions as theirs

    who = name.source.name
    if isinstance(why, theirs.ModelQuotaExceededError):
        return errors.QuotaSpent(f"The account at {who} has no credit left: top it up, or take another model.")
    if isinstance(why, theirs.ModelHTTPError):
        return by_status(why.status_code, why.headers or {}, name, wall)
    if isinstance(why, theirs.ModelRateLimitError):
        return errors.ModelRateLimited(f"{who} takes no more requests for now.", retry_after=why.retry_after)
    if isinstance(why, theirs.ModelTimeoutError):
        return unreachable(name)
    if isinstance(why, theirs.ModelConnectionError):
        return unreachable(name) if why.phase in (None, "connect", "pool") and not why.in_stream else broke_off(name)
    if isinstance(why, theirs.ContentFilterError):
        return errors.ModelRefused(f"{name} does not answer this: the provider's filter forbids it.")
    return broke_off(name) if began else of_transport(why, name)


def of_transport(why: BaseException, name: Name) -> ModelError:
    """The error for a fault of HTTP itself, or for a body that is not what was agreed on."""
    import httpx2

    if isinstance(why, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout | httpx2.ProxyError):
        return unreachable(name)
    if isinstance(why, httpx2.TransportError):
        return broke_off(name)
    return errors.ModelFailed(f"{name} answered with something that is no answer.")


def by_status(status: int, headers: dict[str, str], name: Name, wall: Callable[[], float]) -> ModelError:
    """The error for an HTTP status; `headers` with their names in lower case."""
    who = name.source.name
    wait = retry_after(headers.get("retry-after", ""), wall)
    match status:
        case 401 | 403:
            place = f" Look at {name.source.key_place}." if name.source.key_place else ""
            return errors.KeyRefused(f"{who} refuses the key, or the key does not allow {name.model}.{place}")
        case 402:
            return errors.QuotaSpent(f"The account at {who} has no credit left: top it up, or take another model.")
        case 404:
            return unknown(name, ())
        case 407:
            return errors.ModelUnreachable(f"The proxy of {who} refuses its user or password.")
        case 408 | 504:
            return errors.ModelTimeout(f"{name} took too long: try it again later.", retry_after=wait)
        case 429:
            when = f"; try again in {wait:.0f} s" if wait else ""
            return errors.ModelRateLimited(f"{who} takes no more requests for now{when}.", retry_after=wait)
        case _ if status < 500:
            return errors.ModelRefused(
                f"{name} does not take this conversation (HTTP {status}): shorten it, or take another model."
            )
        case _:
            return errors.ModelFailed(f"{who} failed (HTTP {status}): try again later.", retry_after=wait)


def retry_after(text: str, wall: Callable[[], float]) -> float | None:
    """Seconds to wait, of a Retry-After (RFC 9110, 10.2.3): a number of them, or a date."""
    text = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - wall())


def unreachable(name: Name) -> ModelError:
    """Nobody answers at the provider's address."""
    found = name.source
    if found.proxy:
        return errors.ModelUnreachable(f"{found.name} cannot be reached through its proxy: is the proxy running?")
    if found.loopback:
        start = f"start it with `{found.known.start}`" if found.known and found.known.start else "start it first"
        return errors.ModelUnreachable(f"Nothing answers at {found.shown}: {start}.")
    return errors.ModelUnreachable(f"{found.destination} cannot be reached: look at the network, or set a proxy.")


def broke_off(name: Name) -> ModelError:
    """The connection ended in the middle of an answer."""
    return errors.ModelFailed(f"{name} broke off in the middle of its answer: ask again.")


def too_slow(name: Name, seconds: float, *, began: bool) -> ModelError:
    """Nothing came for so long."""
    what = "stopped in the middle of its answer" if began else "did not begin to answer"
    return errors.ModelTimeout(f"{name} {what} for {seconds:g} s: try again, or raise its timeout.")


def unknown(name: Name, known: tuple[str, ...]) -> ModelError:
    """The provider has no such model; it has those in `known`, if that is known."""
    who, model = name.source.name, name.model
    if name.source.kind == "azure":
        fix = "Azure knows models by the names of their deployments."
    elif who == "ollama":
        near = nearest(model, known) if known else ""
        fix = f"Run `ollama pull {model}`, or take another. {near}".rstrip()
    elif known:
        fix = nearest(model, known)
    elif name.source.known is None:
        fix = f"Look at the name, and at base_url in [providers.{who}]."
    else:
        fix = f"`roomful models --probe` lists what {who} has."
    return errors.ModelUnknown(f"{who} has no model {model}. {fix}")
