"""One page of the open web. Redirects are followed by hand, each looked at like the first address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlunsplit

from roomful import __version__
from roomful.domain.addresses import networks, parts_of
from roomful.domain.links import Preview
from roomful.egress.pinning import Place, Resolve, pinned, resolve

from .reading import decoded, host_of, said
from .settings import PreviewSettings

if TYPE_CHECKING:
    import aiohttp

REDIRECTS = 5
CONNECT = 5.0  # s
PAGES = ("text/html", "application/xhtml+xml")
AGENT = f"roomful-previews/{__version__} (a bot: what a page says of itself, for people who were sent its address)"
MOVED = (301, 302, 303, 307, 308)


class NothingToShow(Exception):
    """There is no preview, and the message says why."""


class Fetcher:
    """Fetches pages. `proxy`: the way, `http://[USER:PASSWORD@]HOST:PORT`; empty: directly."""

    def __init__(self, settings: PreviewSettings, proxy: str = "", resolve: Resolve = resolve) -> None:
        self._private = networks(settings.private.split())
        self._seconds, self._most = settings.seconds, settings.max_kib * 1024
        self._proxy = proxy
        self._resolve = resolve
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, link: str) -> Preview:
        """What a link leads to. Raises NothingToShow."""
        import aiohttp

        try:
            async with asyncio.timeout(self._seconds):
                return await self._fetch(link)
        except TimeoutError:
            raise NothingToShow(f"it took longer than {self._seconds:g} s") from None
        except aiohttp.ClientError as why:
            raise NothingToShow(f"the server could not be read: {type(why).__name__}") from None
        except (OSError, ValueError) as why:  # the name stands for nothing, or for what is forbidden
            raise NothingToShow(str(why)) from None

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()

    async def _fetch(self, link: str) -> Preview:
        url = link
        for _ in range(REDIRECTS + 1):
            parts = parts_of(url)
            async with self._get(await pinned(parts, self._private, self._resolve)) as response:
                if response.status in MOVED and "Location" in response.headers:
                    url = urljoin(urlunsplit(parts), response.headers["Location"])
                    continue
                page = await self._read(response)
                return await asyncio.to_thread(_preview, link, urlunsplit(parts), page, response.charset)
        raise NothingToShow(f"it leads on more than {REDIRECTS} times")

    @asynccontextmanager
    async def _get(self, place: Place) -> AsyncIterator["aiohttp.ClientResponse"]:
        from yarl import URL

        async with self._opened().get(
            URL(place.url, encoded=True),
            headers={"Host": place.named},
            server_hostname=place.host,
            proxy=self._proxy or None,
            allow_redirects=False,
        ) as response:
            yield response

    def _opened(self) -> "aiohttp.ClientSession":
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True),
                timeout=aiohttp.ClientTimeout(total=self._seconds, sock_connect=CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": AGENT, "Accept": ", ".join(PAGES), "Accept-Encoding": "identity"},
                auto_decompress=False,  # what unfolds to a thousand times its size is not unfolded
                trust_env=False,
            )
        return self._session

    async def _read(self, response: "aiohttp.ClientResponse") -> bytes:
        """The first part of a page. Raises NothingToShow."""
        if response.status != 200:
            raise NothingToShow(f"the server answers {response.status}")
        if response.content_type not in PAGES:
            raise NothingToShow(f"it is {response.content_type:.80}, and no page")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise NothingToShow("the server compresses what it was asked not to")
        page = bytearray()
        async for part in response.content.iter_any():
            page += part
            if len(page) >= self._most:
                response.close()
                break
        return bytes(page[: self._most])


def _preview(link: str, address: str, page: bytes, charset: str | None) -> Preview:
    """What the page is. Raises NothingToShow."""
    told = said(decoded(page, charset))
    if not told.title:
        raise NothingToShow("the page does not say what it is called")
    return Preview(link, address, told.title, told.site or host_of(address), told.description)
