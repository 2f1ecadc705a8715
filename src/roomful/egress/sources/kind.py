"""What a kind of source is: a class that makes pages of a row of the configuration.

One of your own is a small class in a package of your own, named in its metadata:

    [project.entry-points."roomful.egress.sources"]
    yaml = "my_package:YamlSource"

    class YamlSource(Fetched):
        def read(self, text: str, url: str) -> Page:
            return Page([Cells(f"item {n}", address=item["at"]) for n, item in enumerate(yaml.safe_load(text), 1)])
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ..source import Source
from .cells import FIELDS, Page, Spot

if TYPE_CHECKING:
    from .web import Web


class Kind(ABC):
    """A source, ready to be read. Making one raises ValueError where its row lacks something."""

    def __init__(self, source: Source) -> None:
        self.source = source

    @abstractmethod
    def pages(self, web: "Web") -> AsyncIterator[Page]:
        """Its pages, one after another. Whoever reads them stops when a page brought nothing new. Raises SourceError."""

    def spots(self) -> dict[str, Spot]:
        """Where its fields stand, as the row says; those of which it says nothing are not among them."""
        given = {name: getattr(self.source, name) for name in FIELDS}
        return {name: Spot.parse(text) for name, text in given.items() if text}


class Fetched(Kind):
    """A source whose pages are asked for by HTTP, each read by `read`."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        if not source.url:
            raise ValueError(f"a source of kind {source.kind!r} needs a `url`")

    @abstractmethod
    def read(self, text: str, url: str) -> Page:
        """What a page holds; `url` is where it came from. Raises ValueError where it is no page of this kind."""

    async def pages(self, web: "Web") -> AsyncIterator[Page]:
        """Page by page, by number or by the link to the next one."""
        url = self.source.page(self.source.first)
        for number in range(self.source.first, self.source.first + self.source.pages):
            answer = await web.get(url, self.source)
            page = self.read(answer.text, answer.url)
            yield page
            url = following(self.source, number, answer.url, page.next)
            if not url:
                return


def following(source: Source, number: int, url: str, link: str) -> str:
    """The address of the page after this one; "" where there is none. A link to another site is none."""
    if source.paged:
        return source.page(number + 1)
    there = urljoin(url, link) if link else ""
    return there if there and site(there) == site(url) and there.partition("#")[0] != url.partition("#")[0] else ""


def site(url: str) -> tuple[str, str]:
    """Scheme and place of an address."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
