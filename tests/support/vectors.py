"""Plays conformance vectors against a server. tests/vectors/README.md says what they mean."""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.raw import PATIENCE, RawClient
from tools.vectors import frame_of, names

FOLDER = Path(__file__).parents[1] / "vectors"
FILES = sorted(FOLDER.glob("*.json"))
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

KINDS: dict[str, Callable[[Any], bool]] = {
    "*": lambda value: True,
    "*string": lambda value: isinstance(value, str) and value != "",
    "*number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "*list": lambda value: isinstance(value, list),
    "*time": lambda value: isinstance(value, str) and TIME.fullmatch(value) is not None,
}


def steps_of(path: Path) -> list[dict[str, Any]]:
    """The steps of a file."""
    steps: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["steps"]
    return steps


class Mismatch(AssertionError):
    """What came is not what the vector expects; the message says where."""


class Player:
    """One file, played once."""

    def __init__(self, address: str, **known: str) -> None:
        """`known`: what some names stand for from the beginning, such as the bot host's token."""
        self._address = address
        self._clients: dict[str, RawClient] = {}
        self._values: dict[str, Any] = {f"${name}": value for name, value in known.items()}

    async def play(self, steps: list[dict[str, Any]]) -> None:
        """Do every step. Raises Mismatch, or what the connection raises, with the step's number as a note."""
        try:
            for number, step in enumerate(steps, 1):
                try:
                    await self._do(step)
                except Exception as error:
                    error.add_note(f"step {number}: {str(step)[:300]}")
                    raise
        finally:
            for client in self._clients.values():
                with contextlib.suppress(ConnectionError):
                    await client.close()

    async def _do(self, step: dict[str, Any]) -> None:
        match step:
            case {"connect": name}:
                self._clients[name] = await RawClient.connect(self._address)
            case {"to": name, "bytes": data}:
                await self._write(name, bytes.fromhex(data))
            case {"to": name, "send": obj}:
                await self._write(name, frame_of(self._filled(obj)))
            case {"from": name, "expect": pattern}:
                self._match(pattern, await self._next(name, pattern, step.get("skip")), "")
            case {"from": name, "end": True}:
                await self._expect_end(name)
            case {"close": name}:
                await self._clients[name].close()
            case _:
                raise ValueError(f"no such step: {step}")

    async def _write(self, name: str, data: bytes) -> None:
        writer = self._clients[name].writer
        writer.write(data)
        await writer.drain()

    async def _next(self, name: str, pattern: dict[str, Any], skipped: str | None) -> Any:
        """The next object, but for signals that are not the one expected, and what the step skips."""
        wanted = pattern["body"]["type"] if pattern["type"] == "signal" else None
        while True:
            obj = await self._clients[name].receive()
            if obj["type"] != skipped and (obj["type"] != "signal" or obj["body"]["type"] == wanted):
                return obj

    async def _expect_end(self, name: str) -> None:
        client = self._clients[name]
        async with asyncio.timeout(PATIENCE):
            rest = await client.reader.read()
        if rest:
            raise Mismatch(f"nothing more may come; {rest!r} came")

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        return self._values[value] if names(value) else value

    def _match(self, pattern: Any, value: Any, place: str) -> None:
        match pattern:
            case dict():
                self._match_object(pattern, value, place)
            case list():
                if not isinstance(value, list) or len(value) != len(pattern):
                    raise Mismatch(f"{place}: an array of {len(pattern)} is expected, not {value!r}")
                for index, (one, item) in enumerate(zip(pattern, value, strict=True)):
                    self._match(one, item, f"{place}[{index}]")
            case str() if pattern in KINDS:
                if not KINDS[pattern](value):
                    raise Mismatch(f"{place}: {value!r} is not {pattern}")
            case str() if names(pattern):
                if self._values.setdefault(pattern, value) != value:
                    raise Mismatch(f"{place}: {pattern} is {self._values[pattern]!r}, not {value!r}")
            case _:
                if pattern != value or type(pattern) is not type(value):
                    raise Mismatch(f"{place}: {pattern!r} is expected, not {value!r}")

    def _match_object(self, pattern: dict[str, Any], value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise Mismatch(f"{place}: an object is expected, not {value!r}")
        for key, inner in pattern.items():
            if inner == "*absent":
                if key in value:
                    raise Mismatch(f"{place}.{key} should not be there; it is {value[key]!r}")
            elif key not in value:
                raise Mismatch(f"{place}.{key} is missing in {value!r}")
            else:
                self._match(inner, value[key], f"{place}.{key}")
