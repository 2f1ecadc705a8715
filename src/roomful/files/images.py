"""How large a picture is, by its headers alone: nothing is decoded, so nothing can blow up."""

from collections.abc import Callable
from struct import Struct as Layout
from typing import BinaryIO, Literal

_BE2, _LE2, _LE4 = Layout("!HH"), Layout("<HH"), Layout("<I")
_MOST_SEGMENTS = 200  # of a JPEG before its frame
# Start of frame, whichever way it is coded (ITU-T T.81, table B.1): not DHT, JPG and DAC, which lie between.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TURNED = (5, 6, 7, 8)  # orientations that lay a picture on its side (Exif 2.3, 4.6.4)


def dimensions(kind: str, file: BinaryIO) -> tuple[int, int] | None:
    """Width and height as the picture is shown, in pixels; None: it is none that is known, or a broken one."""
    look = _LOOKS.get(kind)
    if look is None:
        return None
    file.seek(0)
    try:
        width, height = look(file)
    except (ValueError, IndexError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def _png(file: BinaryIO) -> tuple[int, int]:
    head = _exactly(file, 24)
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _gif(file: BinaryIO) -> tuple[int, int]:
    width, height = _LE2.unpack(_exactly(file, 10)[6:])
    return width, height


def _bmp(file: BinaryIO) -> tuple[int, int]:
    head = _exactly(file, 26)
    if head[14] == 12:
        width, height = _LE2.unpack(head[18:22])
        return width, height
    return int.from_bytes(head[18:22], "little"), abs(int.from_bytes(head[22:26], "little", signed=True))


def _webp(file: BinaryIO) -> tuple[int, int]:
    """RFC 9649, 2.5 to 2.7."""
    head = _exactly(file, 30)
    match head[12:16]:
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
        case b"VP8L":
            (bits,) = _LE4.unpack(head[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = _LE2.unpack(head[26:30])
            return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no WebP")


def _jpeg(file: BinaryIO) -> tuple[int, int]:
    _exactly(file, 2)
    turned = False
    for _ in range(_MOST_SEGMENTS):
        marker = _exactly(file, 2)
        while marker[1] == 0xFF:  # padding
            marker = marker[1:] + _exactly(file, 1)
        if marker[0] != 0xFF or marker[1] in (0xD9, 0xDA):
            break
        size = int.from_bytes(_exactly(file, 2), "big") - 2
        segment = _exactly(file, size)
        if marker[1] in _FRAMES:
            height, width = _BE2.unpack(segment[1:5])
            return (height, width) if turned else (width, height)
        if marker[1] == 0xE1 and segment.startswith(b"Exif\0\0"):
            turned = _orientation(segment[6:]) in _TURNED
    raise ValueError("no frame")


def _orientation(exif: bytes) -> int:
    """The orientation that a camera noted; 0: none, or what cannot be read."""
    order: Literal["little", "big"] = "little" if exif.startswith(b"II") else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], order)

    first = number(4, 4)
    for at in range(first + 2, min(first + 2 + 12 * number(first, 2), len(exif) - 11), 12):
        if number(at, 2) == 0x0112:
            return number(at + 8, 2)
    return 0


def _exactly(file: BinaryIO, size: int) -> bytes:
    """The next bytes. Raises ValueError: there are fewer."""
    data = file.read(max(size, 0))
    if size < 0 or len(data) < size:
        raise ValueError("it ends too early")
    return data


_LOOKS: dict[str, Callable[[BinaryIO], tuple[int, int]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/bmp": _bmp,
}
