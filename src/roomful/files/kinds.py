"""What a file is, told by what it holds: what whoever sends it says, or how its name ends, counts for nothing.

Only what can be told apart safely has a type of its own; the rest is text, or bytes.
"""

import codecs
import re
from collections.abc import Callable

HEAD = 4_096  # bytes that are looked at
BYTES, TEXT = "application/octet-stream", "text/plain"

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (  # where, what, and what that means
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"\0\0\1\0", "image/vnd.microsoft.icon"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"MThd", "audio/midi"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
    (0, b"\0asm", "application/wasm"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"OTTO", "font/otf"),
    (0, b"\0\1\0\0", "font/ttf"),
)
_BRANDS = {  # of ISO base media files
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_ZIPPED = re.compile(rb"application/(epub\+zip|vnd\.oasis\.opendocument\.[a-z-]{1,40})\Z")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[a-z!?]", re.IGNORECASE)
# What no text has: control characters, but for tab, line ends, form feed, and escape, with which logs are coloured.
_IN_TEXTS = bytes(set(range(256)) - set(range(32)) - {0x7F} | set(b"\t\n\r\f\x1b"))


class Looking:
    """Looks at a file as it comes."""

    def __init__(self) -> None:
        self._head = b""
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text = True

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        if len(self._head) < HEAD:
            self._head += data[: HEAD - len(self._head)]
        if self._text:
            self._text = self._is_text(data)

    def kind(self) -> str:
        """The media type, once all has come."""
        return by_signature(self._head) or (self._of_text() if self._text and self._is_text(b"", last=True) else BYTES)

    def _is_text(self, data: bytes, *, last: bool = False) -> bool:
        try:
            self._decode(data, last)
        except UnicodeDecodeError:
            return False
        return not data.translate(None, _IN_TEXTS)

    def _of_text(self) -> str:
        """A text that a browser might take for a page is none that is shown."""
        if not _MARKUP.match(self._head):
            return TEXT
        if b"<svg" in self._head.lower():
            return "image/svg+xml"
        return "application/xml" if b"<?xml" in self._head[:64] else "text/html"


def by_signature(head: bytes) -> str:
    """The type that a file's first bytes tell; empty: they tell none."""
    for at, signature, kind in _SIGNATURES:
        if head.startswith(signature, at):
            return kind
    return next(filter(None, (look(head) for look in _CONTAINERS)), "")


def _riff(head: bytes) -> str:
    if not head.startswith(b"RIFF"):
        return ""
    return {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}.get(head[8:12], "")


def _ogg(head: bytes) -> str:
    """Whether there are pictures in it: the first page says so for each stream (RFC 3533)."""
    if not head.startswith(b"OggS"):
        return ""
    return "video/ogg" if b"\x80theora" in head else "audio/ogg"


def _matroska(head: bytes) -> str:
    """WebM's tracks name their codecs near the beginning."""
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return ""
    if b"webm" not in head[:64]:
        return "video/x-matroska"
    return "audio/webm" if b"A_" in head and b"V_" not in head else "video/webm"


def _iso_media(head: bytes) -> str:
    return _BRANDS.get(head[8:12], "video/mp4") if head[4:8] == b"ftyp" else ""


def _zip(head: bytes) -> str:
    """A ZIP; some formats say in its first entry, uncompressed, what they are."""
    if not head.startswith((b"PK\3\4", b"PK\5\6")):
        return ""
    first = head[38 : 38 + int.from_bytes(head[18:22], "little")] if head[30:38] == b"mimetype" else b""
    return first.decode() if _ZIPPED.match(first) else "application/zip"


def _bmp(head: bytes) -> str:
    sizes = (12, 40, 52, 56, 64, 108, 124)  # of the second header
    return "image/bmp" if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in sizes else ""


def _mp3(head: bytes) -> str:
    """A frame of MPEG audio, layer III, and another where it ends (ISO 11172-3, 2.4)."""
    length = _frame(head[:4])
    return "audio/mpeg" if length and _frame(head[length : length + 4]) else ""


def _frame(header: bytes) -> int:
    """How long a frame with this header is, bytes; 0: it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, rate, sampling = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or not 0 < rate < 15 or sampling == 3:
        return 0
    first = version == 3
    kilobits = (_RATES_1 if first else _RATES_2)[rate]
    hertz = (44_100, 48_000, 32_000)[sampling] >> (3 - version if version else 2)
    return (144_000 if first else 72_000) * kilobits // hertz + (header[2] >> 1 & 1)


_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_CONTAINERS: tuple[Callable[[bytes], str], ...] = (_riff, _ogg, _matroska, _iso_media, _zip, _bmp, _mp3)
