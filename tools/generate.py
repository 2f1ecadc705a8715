"""Writes what is derived from the source: `python -m tools.generate`. With `--check` it only says what differs, and exits 1.

To add a file, add a line to FILES: its path, and a function from its present text (None: there is none) to what it should be.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from roomful.gateways.http.api.openapi import document

from . import schema, settings, tables, typescript, vectors
from .pages import PageError, filled, hexed

ROOT = Path(__file__).parents[1]


def protocol(text: str | None) -> str:
    """docs/protocol.md: prose by hand; tables from the types, none of them left out; the bytes of examples."""
    if text is None:
        raise PageError("the page is missing")
    return hexed(filled(text, tables.tables(), tables.required()))


def openapi() -> str:
    """docs/schema/roomful-http-1.json: the HTTP API as an OpenAPI document, as the server itself hands it out."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


FILES: dict[str, Callable[[str | None], str]] = {
    "docs/schema/roomful-native-1.json": lambda _: schema.native_schema(),
    "docs/schema/roomful-http-1.json": lambda _: openapi(),
    "docs/protocol.md": protocol,
    "docs/configuration.md": lambda _: settings.manual(),
    "examples/roomful.toml": lambda _: settings.example(),
    "web/src/protocol/types.ts": lambda _: typescript.types(),
    "web/src/protocol/tables.ts": lambda _: typescript.tables(),
    "web/src/protocol/words.ts": lambda _: typescript.words(),
}


def generate(root: Path, *, check: bool) -> list[str]:
    """Write every file under `root`, or with `check` none. Returns what differed, or was wrong, a line each."""
    said = []
    found = {str(path.relative_to(root)): vectors.refreshed for path in sorted(root.glob("tests/vectors/*.json"))}
    for name, make in {**FILES, **found}.items():
        path = root / name
        old = path.read_text(encoding="utf-8") if path.exists() else None
        try:
            new = make(old)
        except (PageError, ValueError) as why:
            said.append(f"{name}: {why}")
            continue
        if new != old:
            said.append(f"{name}: differs from its source" if check else f"{name}: written")
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(new, encoding="utf-8")
    return said


def main(arguments: list[str]) -> int:
    """The command. Returns its exit code."""
    check = arguments == ["--check"]
    if arguments and not check:
        print("usage: python -m tools.generate [--check]", file=sys.stderr)
        return 2
    said = generate(ROOT, check=check)
    for line in said:
        print(line, file=sys.stderr)
    if check and said:
        print("Mend what is wrong, then write the rest anew: just docs", file=sys.stderr)
    return 1 if any(not line.endswith(": written") for line in said) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
