"""Where proxies are found: rows of the configuration, read with manners.

    from roomful.egress.sources import Source, scrape

    async for found in scrape([Source("mine", kind="text", url="https://lists.example.org/today.txt", enabled=True)]):
        print(found.source, found.proxy)

scraping.py  all sources at once, each proxy once
kinds.py     the kinds by name; a package may bring more
kind.py      what a kind is, and what those have in common that ask by HTTP
html.py  json.py  text.py  csv.py  browser.py  files.py      the kinds
cells.py     what stood in a row, and the proxy that it makes
columns.py   fields by the names that lists give them
paths.py     paths into JSON
web.py       pages by HTTP: retries, redirects, conditions
manners.py   robots.txt, and one request after the other
cache.py     pages as they last came
example.py   the rows that are shown to whoever has none
"""

from ..source import Source
from .cells import Bad, Cells, Page
from .kind import Fetched, Kind
from .scraping import Done, Found, Trouble, scrape
from .trouble import SourceError
from .web import Web

__all__ = [
    "Bad",
    "Cells",
    "Done",
    "Fetched",
    "Found",
    "Kind",
    "Page",
    "Source",
    "SourceError",
    "Trouble",
    "Web",
    "scrape",
]
