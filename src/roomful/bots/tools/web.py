"""web_fetch: a page of the open internet, as text.

The connection goes to the very address that was looked at (egress/pinning.py). Redirects are followed by hand, each of them
looked at like the first address.
"""

import asyncio
import codecs
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlunsplit

from roomful.domain.addresses import networks, parts_of
from roomful.egress.pinning import Place, Resolve, pinned, resolve
from roomful.egress.settings import DIRECT
from roomful.errors import ExtraMissing

from .rights import Described
from .settings import ToolSettings

if TYPE_CHECKING:
    import httpx2

MOST = 1024 * 1024  # bytes of a page
SECONDS = 15.0  # in all, redirects too
REDIRECTS = 5
DEEPEST = 400  # elements within each other; browsers stop at 512
AGENT = "roomful-web-fetch/1 (a bot, at somebody's request)"

WEB_FETCH = Described(
    "web_fetch",
    "reaches",
    "Fetch a page of the web by its address, and read it as text.",
    {
        "type": "object",
        "properties": {
            "url": {"type": "string", "description": "It begins with https:// or http://.", "maxLength": 2000}
        },
        "required": ["url"],
        "additionalProperties": False,
    },
)


class NotFetched(Exception):
    """There is no page, and the message says why."""


class Web:
    """Fetches pages."""

    def __init__(self, settings: ToolSettings, resolve: Resolve = resolve, *, seconds: float = SECONDS) -> None:
        self._private = networks(settings.private)
        self._proxy = None if settings.proxy in ("", DIRECT) else settings.proxy
        self._resolve = resolve
        self._seconds = seconds

    async def called(self, arguments: dict[str, Any]) -> str:
        """The tool. Raises NotFetched, ExtraMissing."""
        url = arguments.get("url")
        if not isinstance(url, str):
            raise NotFetched("url is the address of a page, as text")
        return await self.fetch(url)

    async def fetch(self, url: str) -> str:
        """A page as text, with its address in front. Raises NotFetched."""
        try:
            import httpx2
        except ImportError:
            raise ExtraMissing('web_fetch needs more packages: pip install "roomful[ai]".') from None
        try:
            async with asyncio.timeout(self._seconds):
                return await self._fetch(url)
        except TimeoutError:
            raise NotFetched(f"it took longer than {self._seconds:g} s") from None
        except httpx2.HTTPError as why:
            raise NotFetched(f"the server could not be read: {type(why).__name__}") from None
        except (OSError, ValueError) as why:  # the name stands for nothing, or for what is forbidden
            raise NotFetched(str(why)) from None

    async def _fetch(self, url: str) -> str:
        for _ in range(REDIRECTS + 1):
            parts = parts_of(url)
            async with self._get(await pinned(parts, self._private, self._resolve)) as response:
                if response.has_redirect_location:
                    url = urljoin(url, response.headers["location"])
                    continue
                if response.status_code != 200:
                    raise NotFetched(f"the server answers {response.status_code}")
                text = await _text(response)
                return f"{urlunsplit(parts)}\n\n{text}"
        raise NotFetched(f"it leads on more than {REDIRECTS} times")

    @asynccontextmanager
    async def _get(self, place: Place) -> AsyncIterator["httpx2.Response"]:
        import httpx2

        headers = {
            "Host": place.named,
            "User-Agent": AGENT,
            "Accept": "text/html, text/*;q=0.9, application/json;q=0.8",
            "Accept-Encoding": "identity",  # what unfolds to a thousand times its size is not asked for
        }
        async with (
            httpx2.AsyncClient(proxy=self._proxy, trust_env=False, timeout=self._seconds) as client,
            client.stream("GET", place.url, headers=headers, extensions={"sni_hostname": place.host}) as response,
        ):
            yield response


async def _text(response: "httpx2.Response") -> str:
    """What a page says. Raises NotFetched."""
    kind = response.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
    if not (kind.startswith("text/") or kind.endswith(("json", "xml"))):
        raise NotFetched(f"it is {kind}, and no text")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise NotFetched("the server compresses what it was asked not to")
    body = b""
    async for part in response.aiter_raw():
        body += part
        if len(body) > MOST:
            raise NotFetched(f"it is longer than {MOST // 1024:,} KiB")
    text = body.decode(_encoding(response.charset_encoding), errors="replace")
    if kind not in ("text/html", "application/xhtml+xml"):
        return text.strip()
    if _too_deep(text):
        raise NotFetched(f"its elements are nested deeper than {DEEPEST}")
    return await asyncio.to_thread(plain, text)


def _encoding(name: str | None) -> str:
    try:
        return codecs.lookup(name or "utf-8").name
    except LookupError:
        return "utf-8"


_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.IGNORECASE | re.ASCII)
# What has no end tag, or may go without.
_FLAT = re.compile(
    r"area|base|br|col|colgroup|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|tbody|td|tfoot|th|thead|tr|track|wbr"
)


def _too_deep(html: str) -> bool:
    """Whether its elements are nested so that the parser, which lets nothing else run, would take minutes."""
    still_open: Counter[str] = Counter()
    depth = 0
    for closing, tag in _TAG.findall(html):
        name = tag.lower()
        if _FLAT.fullmatch(name):
            continue
        if not closing:
            still_open[name] += 1
            depth += 1
        elif still_open[name]:  # the end of what was never begun ends nothing
            still_open[name] -= 1
            depth -= 1
        if depth > DEEPEST:
            return True
    return False


def plain(html: str) -> str:
    """What a reader sees of HTML: its title and its text, without scripts and styles."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    title = tree.css_first("title")
    head = title.text(strip=True) if title is not None else ""
    tree.strip_tags(["script", "style", "noscript", "template", "svg", "iframe", "head"])
    text = tree.body.text(separator="\n", strip=True) if tree.body is not None else ""
    return f"{head}\n\n{text}".strip()
