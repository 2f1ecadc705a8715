"""Imports go down only, and floor 1 and 2 do no I/O: the architecture, held by a test.

Imports inside functions and under TYPE_CHECKING count too: what depends on a name depends on it, whenever it is loaded.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "roomful"

FLOORS = {
    **dict.fromkeys(("__init__", "errors", "log"), 0),
    **dict.fromkeys(("domain", "threads"), 1),
    "protocol": 2,
    **dict.fromkeys(("store", "search", "bus", "files", "speech", "egress"), 3),
    **dict.fromkeys(("client", "models"), 4),
    "hub": 5,
    **dict.fromkeys(
        ("gateways", "bots", "voice", "hooks", "previews", "keeping", "registry", "starting", "terminal", "testing"), 6
    ),
    **dict.fromkeys(("config", "server", "rehearsal"), 7),
    **dict.fromkeys(("cli", "__main__"), 8),
}

SIDEWAYS = {("server", "config")}  # the composition root builds what the settings say
UP = {("__main__", "cli")}

# Downwards, and yet not allowed.
FORBIDDEN = {
    "client": {"store", "search", "bus"},
    "terminal": {"store", "search", "bus", "hub", "models"},
    "bots": {"store", "search", "bus", "hub"},
    "keeping": {"search", "bus", "client", "hub", "models"},
    "gateways": {"bus", "client", "models"},
    "hooks": {"search", "bus", "client", "models"},
    "previews": {"store", "search", "bus", "client", "models", "hub"},
    "hub": {"client", "models"},
}

ADAPTERS = (
    "roomful.store.sqlite",
    "roomful.store.postgres",
    "roomful.search.sqlite",
    "roomful.bus.local",
    "roomful.bus.nats",
)
KNOWS_ADAPTERS = {"server", "rehearsal", "store", "search", "bus"}

GATEWAYS = {"tcp", "websocket", "http", "irc"}  # what else is in gateways/, they share

IMPURE = frozenset(
    """asyncio concurrent http io logging multiprocessing os pathlib random secrets select selectors shutil signal
    socket socketserver sqlite3 ssl subprocess tempfile threading time urllib uuid
    aiohttp anyio apsw trio uvloop""".split()  # noqa: SIM905
)
TEXT_ONLY = "urllib.parse."  # the one part of an impure package that looks at text and at nothing else
PURE = {"domain", "protocol"}


class Import(NamedTuple):
    """One name that one file imports."""

    importer: str  # the importing module, dotted
    line: int
    name: str  # what is imported, dotted

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.name}"


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def absolute(node: ast.ImportFrom, path: Path) -> str:
    """The module a `from … import` reads from, with its dots resolved."""
    if not node.level:
        return node.module or ""
    package = path.relative_to(SOURCE.parent).parts[:-1]
    base = package[: len(package) - (node.level - 1)]
    return ".".join((*base, node.module) if node.module else base)


def imports_of(path: Path) -> Iterator[Import]:
    importer = module_of(path)
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node, path)
            for alias in node.names:
                yield Import(importer, node.lineno, f"{module}.{alias.name}")


def part(module: str) -> str:
    """The package or top module of roomful that a dotted name belongs to: 'roomful.hub.session' is of 'hub'."""
    names = module.split(".")
    return names[1] if len(names) > 1 and names[1] in FLOORS else "__init__"


IMPORTS = [found for path in sorted(SOURCE.rglob("*.py")) for found in imports_of(path)]
OURS = [found for found in IMPORTS if found.name.split(".")[0] == "roomful"]


def listed(found: list[Import]) -> str:
    return "\n".join(map(str, found))


def test_there_is_something_to_check() -> None:
    assert {part(found.importer) for found in OURS} >= {"domain", "protocol", "hub"}


@pytest.mark.parametrize("name", sorted(path.stem for path in SOURCE.iterdir() if path.suffix in ("", ".py")))
def test_every_package_stands_on_a_floor(name: str) -> None:
    if name != "__pycache__":
        assert name in FLOORS, f"{name} has no floor: add it to FLOORS here and to ARCHITECTURE.md"


def test_imports_go_down_only() -> None:
    def wrong(found: Import) -> bool:
        here, there = part(found.importer), part(found.name)
        if here == there or (here, there) in SIDEWAYS | UP:
            return False
        return FLOORS[there] >= FLOORS[here] or there in FORBIDDEN.get(here, ())

    assert not (bad := [found for found in OURS if wrong(found)]), listed(bad)


def test_gateways_do_not_import_each_other() -> None:
    def gateway(module: str) -> str:
        names = module.split(".")
        return names[2] if names[:2] == ["roomful", "gateways"] and names[2:3] and names[2] in GATEWAYS else ""

    def wrong(found: Import) -> bool:
        here, there = gateway(found.importer), gateway(found.name)
        return bool(here and there) and here != there

    assert not (bad := [found for found in OURS if wrong(found)]), listed(bad)


def test_only_the_composition_root_knows_adapters() -> None:
    bad = [found for found in OURS if found.name.startswith(ADAPTERS) and part(found.importer) not in KNOWS_ADAPTERS]
    assert not bad, listed(bad)


def test_domain_and_protocol_do_no_io() -> None:
    impure = [found for found in IMPORTS if part(found.importer) in PURE and found.name.split(".")[0] in IMPURE]
    bad = [found for found in impure if not found.name.startswith(TEXT_ONLY)]
    assert not bad, listed(bad)
