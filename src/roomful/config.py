"""The settings, read once. The descriptions here are the manual: docs/configuration.md is generated from them.

Later wins: defaults, `roomful.toml`, `.env`, the environment (`ROOMFUL_TCP__LISTEN`), flags. A key that does not exist, or a
value that does not fit, is refused at the start with its place and what would be right.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, structs

from roomful.bots.settings import BotSettings, BudgetSettings, ConversationSettings
from roomful.bots.tools.settings import McpSettings, ToolSettings
from roomful.bots.zone import zone
from roomful.client.local import data_folder
from roomful.egress.settings import EgressSettings
from roomful.egress.source import Source
from roomful.hub.files import FileSettings
from roomful.hub.hooks import WebhookSettings
from roomful.hub.limits import Limits
from roomful.models.environment import dotenv
from roomful.models.settings import Provider
from roomful.previews.settings import PreviewSettings
from roomful.speech.settings import SpeechSettings

PREFIX = "ROOMFUL_"
FILE = "roomful.toml"


# Tables of which there may be several, each with keys of its own.
SEVERAL: dict[str, type[Struct]] = {
    "bots": BotSettings,
    "conversations": ConversationSettings,
    "providers": Provider,
    "mcp": McpSettings,
    "tools": ToolSettings,
    "egress.sources": Source,  # within another table
}
NAMED = {"providers", "tools"}  # these have names; the others stand in a list


class ConfigError(Exception):
    """A setting is wrong. The message is one sentence that names the place and what would be right."""


class Server(Struct, frozen=True, forbid_unknown_fields=True):
    """`[server]`: this server as a whole."""

    data: Annotated[str, Meta(description="Folder of the database; empty: the platform's folder for user data.")] = ""
    welcome: Annotated[str, Meta(max_length=1000, description="Shown to whoever joins a public room.")] = ""
    loop: Annotated[
        Literal["uvloop", "asyncio", "select"],
        Meta(description="The event loop. `select` uses select.select() and serves fewer than 1,000 connections."),
    ] = "uvloop"
    open: Annotated[
        bool, Meta(description="Plain text beyond this machine, on purpose: whoever is on the way can read everything.")
    ] = False
    lan: Annotated[
        bool,
        Meta(
            description="Listen on this machine's private addresses too, in plain text, and let guests from there in by a code."
        ),
    ] = False
    bots: Annotated[bool, Meta(description="Run the bots, in a process beside the server; `--no-bots`: do not.")] = True
    timezone: Annotated[
        str,
        Meta(
            description="By whose clocks bots' schedules and active hours go, as `Europe/Zurich`; empty: this machine's."
        ),
    ] = ""
    bots_metrics: Annotated[
        str, Meta(description="HOST:PORT at which the bots' figures are served to Prometheus; empty: off.")
    ] = ""

    def __post_init__(self) -> None:
        zone(self.timezone)


class Tcp(Struct, frozen=True, forbid_unknown_fields=True):
    """`[tcp]`: the native protocol."""

    listen: Annotated[str, Meta(description="HOST:PORT; port 0 takes a free one; empty: off.")] = "127.0.0.1:5002"


class Tls(Struct, frozen=True, forbid_unknown_fields=True):
    """`[tls]`: the native protocol, encrypted."""

    listen: Annotated[str, Meta(description="HOST:PORT; port 0 takes a free one; empty: off.")] = ""
    certificate: Annotated[
        str,
        Meta(
            description="PEM file: the server's certificate, then those above it; empty: a self-signed one of our own."
        ),
    ] = ""
    key: Annotated[str, Meta(description="PEM file of its key, not encrypted; empty: it is in `certificate`.")] = ""


class Http(Struct, frozen=True, forbid_unknown_fields=True):
    """`[http]`: the web client, its WebSocket and the API; health and metrics."""

    listen: Annotated[str, Meta(description="HOST:PORT; port 0 takes a free one; empty: off.")] = "127.0.0.1:5003"
    origins: Annotated[
        str,
        Meta(
            description="Under which names browsers reach this server, as `https://chat.example.org`, with spaces between; its "
            "addresses and the machine's own name need not be named."
        ),
    ] = ""
    proxies: Annotated[
        str,
        Meta(
            description="Addresses of reverse proxies whose `X-Forwarded-For` is believed, with spaces between; one on this "
            "machine need not be named."
        ),
    ] = ""

    def __post_init__(self) -> None:
        for origin in self.origins.split():
            scheme, separator, host = origin.partition("://")
            if scheme not in ("http", "https") or not separator or not host or "/" in host:
                raise ValueError(f"{origin!r} in origins is no origin; one is written as https://chat.example.org")


class Accounts(Struct, frozen=True, forbid_unknown_fields=True):
    """`[accounts]`: who is let in."""

    guests: Annotated[
        Literal["on", "loopback", "off"],
        Meta(description="Guests from anywhere, from this machine only, or none."),
    ] = "loopback"
    registration: Annotated[
        Literal["open", "invite", "closed"],
        Meta(
            description=(
                "Who may make an account: anybody; whoever has an invite code; or nobody, and then `roomful accounts` makes them."
            )
        ),
    ] = "invite"


class Storage(Struct, frozen=True, forbid_unknown_fields=True):
    """`[store]`: what is kept."""

    retention_days: Annotated[
        int,
        Meta(
            ge=0, le=36_500, description="Days after which texts are erased in rooms that set no `retention`; 0: never."
        ),
    ] = 0


class Search(Struct, frozen=True, forbid_unknown_fields=True):
    """`[search]`: finding what was said."""

    enabled: Annotated[
        bool, Meta(description="Keep an index of all messages, in a file of its own beside the database.")
    ] = True


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings."""

    server: Server = Server()
    tcp: Tcp = Tcp()
    tls: Tls = Tls()
    http: Http = Http()
    accounts: Accounts = Accounts()
    limits: Limits = Limits()
    store: Storage = Storage()
    search: Search = Search()
    files: FileSettings = FileSettings()
    webhooks: WebhookSettings = WebhookSettings()
    previews: PreviewSettings = PreviewSettings()
    speech: SpeechSettings = SpeechSettings()
    egress: EgressSettings = EgressSettings()
    budget: BudgetSettings = BudgetSettings()
    bots: tuple[BotSettings, ...] | None = None  # [[bots]]; None: there are none in the file
    conversations: tuple[ConversationSettings, ...] = ()  # [[conversations]]
    providers: dict[str, Provider] = {}  # [providers.NAME]
    mcp: tuple[McpSettings, ...] = ()  # [[mcp]]
    tools: dict[str, ToolSettings] = {}  # [tools.NAME]

    @property
    def bots_metrics(self) -> str:
        """Where the bots' figures are served."""
        return self.server.bots_metrics

    @property
    def bots_zone(self) -> str:
        """By whose clocks their schedules go."""
        return self.server.timezone

    @property
    def data(self) -> Path:
        """The data folder."""
        return Path(self.server.data).expanduser() if self.server.data else data_folder()


class Given(Struct, frozen=True):
    """One setting as it was given, and where."""

    section: str
    key: str
    value: Any
    place: str  # for a person: 'roomful.toml, line 7'


def load(file: Path | None, environ: Mapping[str, str], flags: Mapping[str, str | None]) -> Config:
    """The settings from everywhere.

    Args:
        file: the configuration file; None: `roomful.toml` here, if there is one.
        environ: the process's environment.
        flags: by 'section.key'; None: not given.

    Raises:
        ConfigError: a file that cannot be read, an unknown key, a value that does not fit.
    """
    given: dict[tuple[str, str], Given] = {}
    for one in (*_from_file(file), *_from_environment(environ), *_from_flags(flags)):
        given[one.section, one.key] = one
    sections: dict[str, dict[str, Any]] = {}
    for one in given.values():
        sections.setdefault(one.section, {})[one.key] = _checked(one)
    several: dict[str, Any] = {name: sections.pop(name) for name in SEVERAL if name in sections}
    for name in several.keys() - NAMED:
        several[name] = tuple(several[name].values())
    try:
        return structs.replace(msgspec.convert(sections, Config), **several)
    except msgspec.ValidationError as why:  # each value fits, and what they say does not
        reason, _, section = str(why).partition(" - at `$.")
        raise ConfigError(f"[{section.rstrip('`')}] does not fit: {reason}.") from None


def faults(file: Path | None, environ: Mapping[str, str], flags: Mapping[str, str | None]) -> list[str]:
    """All that is wrong with the settings: what `load` would refuse, one sentence each."""
    found: list[str] = []
    for source in (_from_file(file), _from_environment(environ), _from_flags(flags)):
        try:
            for one in source:
                try:
                    _checked(one)
                except ConfigError as why:
                    found.append(str(why))
        except ConfigError as why:  # the source cannot be read on
            found.append(str(why))
    if not found:  # each value fits, and what they say together may not
        try:
            load(file, environ, flags)
        except ConfigError as why:
            found.append(str(why))
    return found


def is_given(
    section: str, key: str, file: Path | None, environ: Mapping[str, str], flags: Mapping[str, str | None]
) -> bool:
    """Whether somebody has set this; a default that is in the way may be moved, a wish may not."""
    everything = (*_from_file(file), *_from_environment(environ), *_from_flags(flags))
    return any((one.section, one.key) == (section, key) for one in everything)


def _from_file(file: Path | None) -> Iterator[Given]:
    path = file or Path(FILE)
    if file is None and not path.exists():
        return
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as why:
        raise ConfigError(f"{path} cannot be read: {why.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise ConfigError(f"{path} is not TOML: {why}.") from None
    lines = text.splitlines()
    for section, table in tables.items():
        if section in SEVERAL:
            yield from _several(section, table, str(path), lines)
            continue
        if not isinstance(table, dict):
            raise ConfigError(
                f"{path}, line {_line(lines, '', section)}: {section} stands outside a table such as [server]."
            )
        for key, value in table.items():
            if (within := f"{section}.{key}") in SEVERAL:
                rows = tuple(one.value for one in _several(within, value, str(path), lines))
                yield Given(section, key, rows, f"{path}, line {_line(lines, '', within)}")
                continue
            yield Given(section, key, value, f"{path}, line {_line(lines, section, key)}")


def _several(section: str, found: Any, path: str, lines: list[str]) -> Iterator[Given]:
    """Tables of which there may be several: `[[bots]]`, or `[providers.NAME]`. Raises ConfigError."""
    begins = [_head(line).split(".")[0] if section in NAMED else _head(line) for line in lines]
    heads = [number for number, head in enumerate(begins, 1) if head == section] or [1]
    if not isinstance(found, dict if section in NAMED else list):
        raise ConfigError(f"{path}, line {heads[0]}: {_written(section)} stands before each of these.")
    tables = found.items() if isinstance(found, dict) else enumerate(found)
    for number, (name, table) in enumerate(tables):
        line = heads[min(number, len(heads) - 1)]
        if not isinstance(table, dict):
            raise ConfigError(f"{path}, line {line}: {_written(section)} stands before each of these.")
        yield Given(section, str(name), _one(section, table, path, line, lines), f"{path}, line {line}")


def _one(section: str, table: dict[str, Any], path: str, head: int, lines: list[str]) -> Struct:
    """One of several tables, which begins on the line `head`. Raises ConfigError."""
    kind = SEVERAL[section]
    for key in table:
        if key not in kind.__struct_fields__:
            below = (number for number, line in enumerate(lines[head:], head + 1) if line.split("=")[0].strip() == key)
            near = _nearest(key, dict.fromkeys(kind.__struct_fields__))
            raise ConfigError(f"{path}, line {next(below, head)}: {_written(section)} has no key {key}. {near}")
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as why:
        raise ConfigError(f"{path}, line {head}: {_written(section)} does not fit: {why}.") from None


def _head(line: str) -> str:
    line = line.strip()
    return line.partition("#")[0].strip().strip("[] ") if line.startswith("[") else ""


def _written(section: str) -> str:
    return f"[{section}.NAME]" if section in NAMED else f"[[{section}]]"


def _line(lines: list[str], section: str, key: str) -> int:
    """The line on which a key of a table stands; tomllib does not tell."""
    here = ""
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if stripped.startswith("["):
            here = stripped.strip("[] ")
            if key == here or (section == "" and here == key):
                return number
        elif here == section and stripped.split("=")[0].strip(" \"'") == key:
            return number
    return 1


def _from_environment(environ: Mapping[str, str]) -> Iterator[Given]:
    for place, variables in ((".env", dotenv(Path(".env"))), ("the environment", environ)):
        for name, value in variables.items():
            if name.startswith(PREFIX) and "__" in name:
                section, _, key = name.removeprefix(PREFIX).lower().partition("__")
                yield Given(section, key, value, f"{name} in {place}")


def _from_flags(flags: Mapping[str, str | None]) -> Iterator[Given]:
    for name, value in flags.items():
        if value is not None:
            section, _, key = name.partition(".")
            yield Given(section, key, value, f"--{key if key != 'listen' else section}")


def _checked(one: Given) -> Any:
    """The value in its type. Raises ConfigError."""
    if one.section in SEVERAL and isinstance(one.value, Struct):
        return one.value
    sections = {field.name: field.type for field in msgspec.structs.fields(Config) if field.name not in SEVERAL}
    if one.section not in sections:
        raise ConfigError(f"{one.place}: there is no table [{one.section}]. {_nearest(one.section, sections)}")
    fields = {field.name: field.type for field in msgspec.structs.fields(sections[one.section])}
    if one.key not in fields:
        raise ConfigError(f"{one.place}: [{one.section}] has no key {one.key}. {_nearest(one.key, fields)}")
    try:
        return msgspec.convert(one.value, fields[one.key], strict=not isinstance(one.value, str))
    except msgspec.ValidationError as why:
        raise ConfigError(f"{one.place}: [{one.section}] {one.key} = {one.value!r} does not fit: {why}.") from None


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."


def environment() -> Mapping[str, str]:
    """The process's environment."""
    return os.environ
