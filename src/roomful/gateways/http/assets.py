"""The built web client, as files in memory: each with its type, its tag, and what it is compressed to."""

import gzip
import hashlib
import mimetypes
from functools import cached_property
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
HASHED = "assets/"  # below it, a file's name changes with what is in it
FOR_EVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
SMALL = 512  # bytes that are not worth compressing
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".map": "application/json"}
_COMPRESSED = frozenset((".png", ".webp", ".woff2", ".jpg"))
_READY_MADE = {"br": ".br", "gzip": ".gz"}  # compressed when it was built, the best first


class Asset:
    """One file."""

    def __init__(self, path: Path, *, name: str) -> None:
        self.body = path.read_bytes()
        self.type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.cache = FOR_EVER if name.startswith(HASHED) else ASK_AGAIN
        self.tag = f'"{hashlib.sha256(self.body).hexdigest()[:24]}"'
        self._compressible = path.suffix not in _COMPRESSED and len(self.body) > SMALL
        beside = ((coding, path.with_name(path.name + end)) for coding, end in _READY_MADE.items())
        self._ready = {coding: other.read_bytes() for coding, other in beside if other.exists()}

    def answer(self, request: web.Request, headers: dict[str, str]) -> web.Response:
        """The file, or that it has not changed."""
        headers = {**headers, "Cache-Control": self.cache, "ETag": self.tag, "Vary": "Accept-Encoding"}
        if _matches(request.headers.get("If-None-Match", ""), self.tag):
            return web.Response(status=304, headers=headers)
        coding, body = self._coded(request.headers.get("Accept-Encoding", ""))
        if coding:
            headers["Content-Encoding"] = coding
        charset = "; charset=utf-8" if self.type.startswith("text/") else ""
        return web.Response(body=body, headers={**headers, "Content-Type": self.type + charset})

    def _coded(self, accepted: str) -> tuple[str, bytes]:
        codings = _codings(accepted)
        for coding, body in self._ready.items():
            if coding in codings:
                return coding, body
        if "gzip" in codings and self._compressible:
            return "gzip", self._gzipped
        return "", self.body

    @cached_property
    def _gzipped(self) -> bytes:
        """Compressed when it is first asked for."""
        return gzip.compress(self.body, 6, mtime=0)


def load(folder: Path = STATIC) -> dict[str, Asset]:
    """All files by their path below the folder; none: no client was built."""
    if not (folder / "index.html").exists():
        return {}
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in _READY_MADE.values())
    named = ((path, path.relative_to(folder).as_posix()) for path in files)
    return {name: Asset(path, name=name) for path, name in named}


def _codings(accepted: str) -> set[str]:
    """What a browser takes (RFC 9110, 12.5.3)."""
    found = set()
    for one in accepted.lower().split(","):
        coding, _, rest = one.partition(";")
        if rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            found.add(coding.strip())
    return found


def _matches(asked: str, tag: str) -> bool:
    """Whether a browser has this (RFC 9110, 13.1.2: compared weakly)."""
    return asked.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in asked.split(",")}
