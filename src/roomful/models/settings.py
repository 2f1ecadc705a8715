"""The settings of models: providers by name, and how patient to be with them."""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Annotated, Literal
from urllib.parse import urljoin, urlsplit, urlunsplit

from msgspec import Meta, Struct

Kind = Literal["openai", "azure", "anthropic", "compatible", "offline", "web-token"]
Form = Literal["events", "lines", "text"]

THIS_MACHINE = "this machine"
DIRECT = "direct"  # through no proxy


class Provider(Struct, frozen=True, forbid_unknown_fields=True):
    """`[providers.NAME]`: where models are; a bot names one as `NAME:MODEL`. Well-known names need no table."""

    kind: Annotated[
        Literal["openai", "azure", "anthropic", "compatible", "web-token"] | None,
        Meta(description="How it is spoken with; null: as the name is known for, else `compatible` (with OpenAI's)."),
    ] = None
    base_url: Annotated[str, Meta(description="Address of its interface; empty: the provider's own.")] = ""
    key: Annotated[str, Meta(description="The key itself; better kept in a variable and named by `key_env`.")] = ""
    key_env: Annotated[str, Meta(description="The variable, of the environment or of `.env`, that holds the key.")] = ""
    api_version: Annotated[str, Meta(description="Azure: the version of its interface.")] = ""
    proxy: Annotated[
        str,
        Meta(
            description="`http://` or `socks5h://`, with `USER:PASSWORD@` if need be; `pool`; `direct`; empty: as `[egress]`."
        ),
    ] = ""
    timeout: Annotated[
        float, Meta(gt=0, le=3600, description="Seconds to wait for a sign of life, before and while it answers.")
    ] = 60.0
    local: Annotated[
        bool | None,
        Meta(description="Whether lines stay on this machine; null: yes for `compatible` on a loopback address."),
    ] = None
    models: Annotated[tuple[str, ...], Meta(description="Models to list; empty: those it tells of itself.")] = ()
    default_model: Annotated[str, Meta(description="The model meant where only the provider is named.")] = ""
    page: Annotated[str, Meta(description="web-token: the page that hands out tokens.")] = ""
    endpoint: Annotated[str, Meta(description="web-token: where messages are posted, seen from `page`.")] = ""
    tokens: Annotated[
        dict[str, str],
        Meta(description="web-token: by name, `SELECTOR@ATTRIBUTE` (CSS), or `/PATTERN/` with one group, in the page."),
    ] = {}
    fields: Annotated[
        dict[str, str],
        Meta(
            description=(
                "web-token: what is posted; in values, `{message}`, `{conversation}`, `{system}`, `{model}`, and tokens by name."
            )
        ),
    ] = {}
    encoding: Annotated[Literal["form", "json"], Meta(description="web-token: how fields are posted.")] = "form"
    answer: Annotated[
        Form, Meta(description="web-token: the answer is an event stream, lines of JSON, or plain text.")
    ] = "events"
    text: Annotated[
        str, Meta(description="web-token: where the text is in an answer's JSON, such as `choices.0.delta.content`.")
    ] = ""

    def __repr__(self) -> str:
        return f"Provider({self.kind!r}, {shown(self.base_url)!r})"  # neither key nor proxy: a trace may show this


class Patience(Struct, frozen=True):
    """How long to wait and how often to try, where no other limit is set."""

    connect: float = 10.0  # s
    total: float = 300.0  # s for an answer, with all tries
    tries: int = 3
    backoff: float = 0.5  # s before the second try; twice as long before each further one
    longest: float = 20.0  # s: who is told to come back later than this gives up instead


Route = Callable[[str, str], str]  # what a provider's table says, its name -> the proxy (roomful.egress.routing)


def as_said(way: str, _: str) -> str:
    """By the way that the table says."""
    return way


class ModelsSettings(Struct, frozen=True, eq=False):
    """What models are built from. Models of the same settings share connections and circuit breakers."""

    providers: Mapping[str, Provider] = {}  # from [providers.NAME]
    variables: Mapping[str, str] = {}  # the environment and .env: keys by their makers' names
    patience: Patience = Patience()
    route: Route = as_said

    def __repr__(self) -> str:
        return f"ModelsSettings({', '.join(self.providers)})"


class Known(Struct, frozen=True):
    """A provider that is there without a table."""

    kind: Kind
    base_url: str = ""
    url_env: str = ""
    key_env: str = ""
    page: str = ""  # for people
    default_model: str = ""
    start: str = ""  # how to start it, on this machine


KNOWN: dict[str, Known] = {
    "openai": Known(
        "openai",
        "https://api.openai.com/v1",
        "OPENAI_BASE_URL",
        "OPENAI_API_KEY",
        "https://platform.openai.com/docs/models",
        "gpt-5-mini",
    ),
    "azure": Known(
        "azure",
        "",
        "AZURE_OPENAI_ENDPOINT",
        "AZURE_OPENAI_API_KEY",
        "https://learn.microsoft.com/azure/ai-foundry/openai",
    ),
    "anthropic": Known(
        "anthropic",
        "https://api.anthropic.com",
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_KEY",
        "https://platform.claude.com/docs",
        "claude-haiku-5-5",
    ),
    "openrouter": Known(
        "compatible", "https://openrouter.ai/api/v1", "", "OPENROUTER_API_KEY", "https://openrouter.ai/models"
    ),
    "ollama": Known(
        "compatible", "http://127.0.0.1:11434/v1", "OLLAMA_HOST", "", "https://ollama.com/library", "", "ollama serve"
    ),
    "llamacpp": Known(
        "compatible",
        "http://127.0.0.1:8080/v1",
        "",
        "",
        "https://github.com/ggml-org/llama.cpp",
        "default",
        "llama-server -m FILE",
    ),
    "lmstudio": Known("compatible", "http://127.0.0.1:1234/v1", "", "", "https://lmstudio.ai", "", "lms server start"),
    "offline": Known("offline", default_model="eliza"),
}

AZURE_VERSION = "2024-10-21"  # the newest version of Azure's interface that is not a preview


class Source(Struct, frozen=True):
    """A provider with everything filled in: what its table says, else its variables, else what is known of its name."""

    name: str
    kind: Kind
    base_url: str
    key: str  # empty: none is set
    key_env: str  # where the key belongs; empty: it needs none
    settings: Provider
    known: Known | None = None
    api_version: str = ""  # Azure's
    way: str = ""  # the proxy; `direct`: none, whatever the environment says; empty: as that says

    @property
    def proxy(self) -> str:
        """The proxy; empty: none, or the environment's. What runs on this machine has none, unless its table says so."""
        if self.way == DIRECT or (self.local and not self.settings.proxy):
            return ""
        return self.way

    @property
    def loopback(self) -> bool:
        """Whether requests go to this machine, wherever they go from there."""
        return _is_loopback(urlsplit(self.address).hostname or "")

    @property
    def local(self) -> bool:
        """Whether lines stay on this machine. What listens here for OpenAI's or Anthropic's own calls passes them on."""
        if self.settings.local is not None:
            return self.settings.local
        return self.kind == "offline" or (self.loopback and self.kind in ("compatible", "web-token"))

    @property
    def destination(self) -> str:
        """Where lines go, for people."""
        return THIS_MACHINE if self.local else urlsplit(self.address).hostname or self.name

    @property
    def key_place(self) -> str:
        """Where its key stands, for people; empty: it needs none."""
        return f"key in [providers.{self.name}]" if self.settings.key else self.key_env

    @property
    def address(self) -> str:
        """Where requests go."""
        if self.kind == "web-token":
            return urljoin(self.settings.page, self.settings.endpoint)
        return self.base_url

    @property
    def shown(self) -> str:
        """Its address, for people."""
        return shown(self.address)

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {self.kind!r})"


def source(name: str, settings: ModelsSettings) -> Source | None:
    """The provider of this name; None: there is none."""
    known, own = KNOWN.get(name), settings.providers.get(name)
    if known is None and own is None:
        return None
    table, fallback = own or Provider(), known or Known("compatible")
    kind = table.kind or fallback.kind
    if known is None:  # another account or place of a known kind: it is spoken with alike
        fallback = KNOWN.get(kind, fallback)
    variables = settings.variables
    key_env = table.key_env or fallback.key_env
    address = table.base_url or variables.get(fallback.url_env, "") or fallback.base_url
    return Source(
        name,
        kind,
        _with_scheme(address, name),
        table.key or variables.get(key_env, ""),
        key_env,
        table,
        known,
        table.api_version or variables.get("OPENAI_API_VERSION", "") or AZURE_VERSION,
        settings.route(table.proxy, name),
    )


def names(settings: ModelsSettings) -> list[str]:
    """Every provider's name: those of the settings first."""
    return [*settings.providers, *(name for name in KNOWN if name not in settings.providers)]


def shown(address: str) -> str:
    """An address without what may be secret in it: user, password, query."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _with_scheme(address: str, name: str) -> str:
    """OLLAMA_HOST may be a host, a port behind a colon, or an address to listen on; a client needs a URL."""
    if name != "ollama" or not address or address.endswith("/v1"):
        return address.rstrip("/")
    parts = urlsplit(address if "://" in address else f"http://{address}")
    host = parts.hostname or "127.0.0.1"
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{parts.port or 11434}/v1"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
