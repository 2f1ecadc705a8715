"""What files are, told by what they hold; how large pictures are; and pictures that were made to break whoever looks."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from roomful.errors import NoThumbnail
from roomful.files import thumbs
from roomful.files.images import dimensions
from roomful.files.kinds import Looking, by_signature
from tests.support.raw import RawClient

from .conftest import Served, png

EBML = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm"
FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes

KINDS: dict[str, tuple[bytes, ...]] = {
    "image/png": (png(),),
    "image/jpeg": (b"\xff\xd8\xff\xe0",),
    "image/gif": (b"GIF89a", b"GIF87a"),
    "image/webp": (b"RIFF\0\0\0\0WEBPVP8 ",),
    "audio/wav": (b"RIFF\0\0\0\0WAVEfmt ",),
    "video/x-msvideo": (b"RIFF\0\0\0\0AVI LIST",),
    "audio/ogg": (b"OggS\0\2" + bytes(22) + b"OpusHead",),
    "video/ogg": (b"OggS\0\2" + bytes(22) + b"\x80theora",),
    "audio/webm": (EBML + bytes(80) + b"A_OPUS",),
    "video/webm": (EBML + bytes(80) + b"V_VP9 A_OPUS", EBML),
    "video/x-matroska": (b"\x1a\x45\xdf\xa3matroska",),
    "audio/mpeg": (b"ID3\4", FRAME + FRAME),
    "video/mp4": (b"\0\0\0\x20ftypisom",),
    "audio/mp4": (b"\0\0\0\x20ftypM4A ",),
    "image/avif": (b"\0\0\0\x20ftypavif",),
    "application/pdf": (b"%PDF-1.7",),
    "application/zip": (b"PK\3\4" + bytes(60),),
    "application/epub+zip": (
        b"PK\3\4" + bytes(14) + struct.pack("<I", 20) + bytes(8) + b"mimetypeapplication/epub+zip",
    ),
    "application/x-executable": (b"\x7fELF\2",),
    "text/plain": (
        b"hello",
        b"BM only a word",
        b"MThe",
        "grüße\tmit\x1b[1m Farbe\r\n".encode(),
        b"a < b",
        b"{}",
        b"#!/bin/sh\n",
    ),
    "text/html": (b"<p>", b"\n\n  <HTML>", b"\xef\xbb\xbf<!DOCTYPE html>", b"<?php"),
    "image/svg+xml": (b"<svg>", b'<?xml version="1.0"?>\n<!-- x -->\n<SVG '),
    "application/xml": (b'<?xml version="1.0"?><feed/>',),
    "application/octet-stream": (
        b"\0\1\2\3",
        b"text\0",
        b"caf\xe9",
        "half a 字".encode()[:-1],
        FRAME,
        b"\xff\xfetext"[:3],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind: str) -> None:
    for data in KINDS[kind]:
        for size in (1, 7, 4096):  # however it comes
            looking = Looking()
            for at in range(0, len(data), size):
                looking.feed(data[at : at + size])
            assert looking.kind() == kind, data


def test_what_comes_late_counts_too() -> None:
    looking = Looking()
    for piece in (b"text " * 10_000, b"\0", b"text"):
        looking.feed(piece)
    assert looking.kind() == "application/octet-stream"


def picture(form: str, size: tuple[int, int], mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": Image.Exif()}),
        ("BMP", {}),
    ],
)
def test_how_large_pictures_are(form: str, options: dict[str, Any]) -> None:
    data = picture(form, (301, 47), **options)
    kind = by_signature(data)
    assert dimensions(kind, io.BytesIO(data)) == (301, 47)
    for cut in (0, 1, 9):
        assert dimensions(kind, io.BytesIO(data[:cut])) is None, "nothing is made up, and nothing breaks"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_that_lie_on_their_side(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = picture("JPEG", (300, 40), exif=exif.tobytes())
    assert dimensions("image/jpeg", io.BytesIO(data)) == ((40, 300) if orientation > 4 else (300, 40))


# -- small pictures -----------------------------------------------------------------------------------


async def small(served: Served, who: RawClient, data: bytes, name: str = "p") -> tuple[int, bytes, str]:
    file = await served.put(who, data, name)
    got = await served.ask("GET", f"/files/{file['id']}/thumb", who)
    return got.status, got.body, got.headers["Content-Type"]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_small_pictures(served: Served, alice: RawClient, form: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera that somebody owns"
    options: dict[str, Any] = {"exif": exif.tobytes()} if form != "GIF" else {}
    data = picture(form, (800, 400), **options)
    status, body, kind = await small(served, alice, data)
    assert (status, kind) == (200, "image/webp")
    with Image.open(io.BytesIO(body)) as made:
        assert made.size == ((640, 320) if form == "GIF" else (320, 640)), "upright, as it is shown"
        assert not made.getexif()
    assert b"camera" not in body
    assert len([path for path in served.bytes_there() if path.startswith("thumbs/")]) == 1


async def test_what_is_no_picture_has_no_small_one(served: Served, alice: RawClient) -> None:
    cut = picture("PNG", (900, 900))[:5_000]
    lies = png(900, 900).replace(b"IDAT", b"XDAT")
    for data in (b"text", b"%PDF-1.7", cut, lies, b"GIF89a\x90\1\x90\1" + bytes(20)):
        status, body, kind = await small(served, alice, data)
        assert (status, kind) == (404, "application/problem+json"), data[:9]
        assert b"no_thumbnail" in body
    assert not [path for path in served.bytes_there() if "thumbs" in path]
    assert not [line for line in served.node.logged if "error" in line]


def bomb(width: int, height: int) -> bytes:
    """A picture of few bytes and very many pixels."""
    return png(1, 1)[:16] + struct.pack("!II", width, height) + png(1, 1)[24:]


async def test_bombs_do_not_go_off(served: Served, alice: RawClient) -> None:
    rows = zlib.compress(bytes(30_001) * 3_000, 9)
    chunk = struct.pack("!I", len(rows)) + b"IDAT" + rows + struct.pack("!I", zlib.crc32(b"IDAT" + rows))
    header = b"IHDR" + struct.pack("!IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    real = b"\x89PNG\r\n\x1a\n" + struct.pack("!I", 13) + header + struct.pack("!I", zlib.crc32(header)) + chunk
    for data in (real, bomb(2**31 - 1, 2**31 - 1), bomb(100_000, 400)):
        status, body, _ = await small(served, alice, data)
        assert status == 404
        assert b"too many" in body


def test_a_header_that_lies_to_us_does_not_lie_to_the_decoder(tmp_path: Path) -> None:
    file = tmp_path / "bomb.png"
    file.write_bytes(bomb(40_000, 40_000))
    with pytest.raises(NoThumbnail):
        thumbs.make(file, "image/png", io.BytesIO())
    file.write_bytes(picture("JPEG", (10, 10)))
    with pytest.raises(NoThumbnail):  # it is no PNG, and nothing else is tried
        thumbs.make(file, "image/png", io.BytesIO())


async def test_without_pillow_small_files_are_their_own_small_pictures(
    served: Served, alice: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbs, "available", lambda: False)
    assert (await small(served, alice, png(9, 9)))[:2] == (200, png(9, 9))
    large = await served.put(alice, png(9, 9, noise=b"x" * 999_000), "large.png")
    monkeypatch.setattr("roomful.hub.files.SMALL", 10_000)
    got = await served.ask("GET", f"/files/{large['id']}/thumb", alice)
    assert (got.status, got.code) == (404, "no_thumbnail")
    assert "roomful[images]" in got.json["detail"]
