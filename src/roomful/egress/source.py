"""A source of proxies: a row of `[[egress.sources]]`. What to ask for, where things stand, and with what manners."""

from typing import Annotated

from msgspec import Meta, Struct

from .proxy import PROTOCOLS, Proxy, split_url

NAME = "{page}"  # in an address: the number of the page
AGENT = "roomful"  # what robots.txt may call us; the agent begins with it unless a row says otherwise

_STANDS = "a CSS selector within the row (html, browser; ` @NAME` takes an attribute), a path (json), a column (csv)"


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[egress.sources]]`: where `roomful proxies scrape` finds proxies. Nothing is asked for that is not `enabled`."""

    name: Annotated[str, Meta(min_length=1, max_length=60, description="What it is called in lists and messages.")]
    kind: Annotated[
        str,
        Meta(
            description="`html`, `json`, `text`, `csv`; `browser`: a page that needs JavaScript; `file`; or one from a package."
        ),
    ] = "html"
    enabled: Annotated[
        bool, Meta(description="Ask it. Say so once you have read what the site allows (docs/fair-scraping.md).")
    ] = False
    url: Annotated[str, Meta(description="The page; `{page}` in it becomes 1, 2, 3 …")] = ""
    path: Annotated[str, Meta(description="`file`: a list as .txt, .csv, .json or .jsonl.")] = ""
    scheme: Annotated[
        str, Meta(description=f"What its proxies are where the page does not say: {', '.join(PROTOCOLS)}.")
    ] = ""
    rows: Annotated[
        str,
        Meta(description="Which rows: a CSS selector (html, browser; `tr`), the path of a list (json; the whole)."),
    ] = ""
    address: Annotated[str, Meta(description=f"Where HOST:PORT stands, or any other spelling: {_STANDS}.")] = ""
    host: Annotated[str, Meta(description="Where the host stands alone; html and browser: else the first cell.")] = ""
    port: Annotated[str, Meta(description="Where the port stands alone; html and browser: else the second cell.")] = ""
    protocol: Annotated[str, Meta(description="Where the protocol stands.")] = ""
    user: Annotated[str, Meta(description="Where the user stands.")] = ""
    password: Annotated[str, Meta(description="Where the password stands.")] = ""
    pattern: Annotated[
        str,
        Meta(
            description="text: a regular expression with groups named `address`, or `host` and `port`, and perhaps `protocol`, "
            "`user`, `password`; empty: a proxy a line."
        ),
    ] = ""
    pages: Annotated[
        int, Meta(ge=1, le=1000, description="At most so many pages; a page without a new proxy is the last.")
    ] = 1
    first: Annotated[int, Meta(ge=0, description="The number of the first page.")] = 1
    next: Annotated[
        str,
        Meta(
            description="Where the address of the next page stands: a selector of a link or a path. browser: a button, too."
        ),
    ] = ""
    robots: Annotated[
        bool,
        Meta(description="Do as robots.txt says. `false` where the site itself gave you leave, as an API of yours."),
    ] = True
    interval: Annotated[
        float, Meta(ge=0, le=3600, description="s between requests to the same host; robots.txt may ask for more.")
    ] = 2.0
    agent: Annotated[str, Meta(description="User-Agent; empty: roomful with its version.")] = ""
    timeout: Annotated[float, Meta(gt=0, le=600, description="s for a request.")] = 20.0
    retries: Annotated[
        int, Meta(ge=0, le=10, description="How often to ask again when it fails, waiting longer each time.")
    ] = 3
    headers: Annotated[
        dict[str, str],
        Meta(description="More header fields; a value that begins with `$` names a variable that holds it."),
    ] = {}
    proxy: Annotated[str, Meta(description="Ask through this proxy, `http://HOST:PORT`.")] = ""
    wait: Annotated[str, Meta(description="browser: a selector to wait for; empty: the first row.")] = ""
    allow: Annotated[
        tuple[str, ...],
        Meta(description="browser: other hosts from which the page may load scripts; all else is held back."),
    ] = ()

    def __post_init__(self) -> None:
        if self.url:
            split_url(self.url.replace(NAME, "1"))
        if bool(self.url) == bool(self.path):
            raise ValueError(f'source {self.name!r} names either a `url` or, with kind = "file", a `path`')
        if self.scheme and self.scheme not in PROTOCOLS:
            raise ValueError(f"source {self.name!r}: the scheme {self.scheme!r} is none of {', '.join(PROTOCOLS)}")
        if self.proxy and Proxy.parse(self.proxy).scheme != "http":
            raise ValueError(f"source {self.name!r}: its proxy is http://HOST:PORT")

    @property
    def paged(self) -> bool:
        """Whether its pages have numbers."""
        return NAME in self.url

    def page(self, number: int) -> str:
        """The address of a page, counted from `first`."""
        return self.url.replace(NAME, str(number))
