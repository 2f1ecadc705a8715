"""What a bot host is told when it is started: by `roomful serve`, through a pipe, or by `roomful bots run`.

It holds the host's token, and perhaps keys of providers, so it is never an argument of a program nor in an environment.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from roomful.egress.settings import EgressSettings
from roomful.log import Form, Level
from roomful.models.settings import Provider

from .settings import BotSettings, BudgetSettings, ConversationSettings
from .tools.settings import McpSettings, ToolSettings

TAKEN_OVER = 3  # exit code: another bot host has come, and the token is good no more

LOBBY = "#lobby"
OFFLINE = (  # known without a word of configuration; they cost nothing, and nothing leaves the machine
    BotSettings("eliza", "offline:eliza", rooms=(LOBBY,), host=True),
    BotSettings("parry", "offline:parry", rooms=()),
    BotSettings("librarian", "offline:librarian", rooms=()),
)


class Launch(Struct, frozen=True):
    """Where the server is, who the host is, and what the configuration says of bots."""

    address: str
    token: str  # of the host's account
    pin: str | None = None  # the fingerprint of the server's certificate, where it has one of its own
    bots: tuple[BotSettings, ...] | None = None  # None: nobody said anything; then there is one in the lobby
    conversations: tuple[ConversationSettings, ...] = ()
    budget: BudgetSettings = BudgetSettings()
    providers: dict[str, Provider] = {}
    log: Form = "text"
    least: Level = "info"
    next_speaker: str = "round_robin"  # in conversations of rooms for which the configuration says nothing
    greet: bool = True  # False: nobody is there to whom bots would say who they are
    mcp: tuple[McpSettings, ...] = ()
    tools: dict[str, ToolSettings] = {}
    egress: EgressSettings = EgressSettings()
    data: str = ""  # the data folder, in which the pool of proxies is
    zone: str = ""  # by whose clocks schedules go; empty: this machine's
    metrics: str = ""  # HOST:PORT of figures for Prometheus; empty: none are served

    def wanted(self) -> tuple[BotSettings, ...]:
        """The bots of the configuration, and the offline ones, which may be fetched by name."""
        given = self.bots or ()
        names = {bot.nick.casefold() for bot in given}
        others = (bot for bot in OFFLINE if bot.nick not in names)
        if self.bots is None:
            return tuple(others)
        return (*given, *(msgspec.structs.replace(bot, rooms=(), host=False) for bot in others))

    def __repr__(self) -> str:
        return f"Launch({self.address!r})"  # neither token nor keys: a trace may show this


class Configured(Protocol):
    """What the configuration says of bots."""

    @property
    def bots(self) -> tuple[BotSettings, ...] | None: ...
    @property
    def conversations(self) -> tuple[ConversationSettings, ...]: ...
    @property
    def budget(self) -> BudgetSettings: ...
    @property
    def providers(self) -> dict[str, Provider]: ...
    @property
    def mcp(self) -> tuple[McpSettings, ...]: ...
    @property
    def tools(self) -> dict[str, ToolSettings]: ...
    @property
    def bots_metrics(self) -> str: ...
    @property
    def bots_zone(self) -> str: ...
    @property
    def egress(self) -> EgressSettings: ...
    @property
    def data(self) -> Path: ...


def of(
    config: Configured, address: str, token: str, pin: str | None = None, form: Form = "text", least: Level = "info"
) -> Launch:
    """What to tell a host."""
    return Launch(
        address,
        token,
        pin,
        config.bots,
        config.conversations,
        config.budget,
        config.providers,
        form,
        least,
        mcp=config.mcp,
        tools=config.tools,
        egress=config.egress,
        data=str(config.data),
        zone=config.bots_zone,
        metrics=config.bots_metrics,
    )


def way_in(addresses: Mapping[str, str], fingerprint: str) -> tuple[str, str | None]:
    """The address of a server, seen from its own machine, and the fingerprint to know it by; no address: there is none."""
    for name in ("tcp", "tls"):
        if where := addresses.get(name):
            host, _, port = where.rpartition(":")
            here = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound
            return f"{name}://{here}:{port}", fingerprint if name == "tls" else None
    return "", None


encode: Callable[[Launch], bytes] = msgspec.json.Encoder().encode
decode: Callable[[bytes], Launch] = msgspec.json.Decoder(Launch).decode
