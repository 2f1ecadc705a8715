"""Reads and writes in hex, with the boundaries of frames marked.

000031  00 00 00 2d                                       ...-              frame 2 header; 45 bytes follow
000035  7b 22 74 79 70 65 22 3a  22 70 6f 73 74 22 2c 22  {"type":"post","  frame 2 payload
000045  69 64 22                                          id"                 continues: 26 bytes missing
"""

from collections.abc import Iterator

from roomful.protocol.slicing import Piece

_ROW = 16  # bytes in a row
_HEX_WIDTH = _ROW * 3 + 1


def rows(piece: Piece) -> Iterator[str]:
    """A piece as rows of offset, hex and ASCII, with a word on what it is at its first row and its last."""
    starts = range(0, len(piece.data), _ROW)
    for at in starts:
        said = _beginning(piece) if at == 0 else ""
        if at == starts[-1]:
            said = f"{said}{'; ' if said else '  '}{_ending(piece)}"
        yield _row(piece, at, said)


def _row(piece: Piece, at: int, said: str) -> str:
    data, hidden = piece.data[at : at + _ROW], piece.hidden[at : at + _ROW]
    cells = [_cell(byte, veiled) for byte, veiled in zip(data, hidden, strict=True)]
    letters = "".join(_letter(byte, veiled) for byte, veiled in zip(data, hidden, strict=True))
    half = _ROW // 2
    digits = " ".join(cells[:half]) + "  " + " ".join(cells[half:])
    return f"{piece.offset + at:06x}  {digits:{_HEX_WIDTH}} {letters:{_ROW}}  {said}".rstrip()


def _cell(byte: int, veiled: int) -> str:
    return "**" if veiled else f"{byte:02x}"


def _letter(byte: int, veiled: int) -> str:
    return "*" if veiled else chr(byte) if 0x20 <= byte < 0x7F else "."


def _beginning(piece: Piece) -> str:
    if piece.part == "garbage":
        return "no frame"
    return f"frame {piece.frame} {piece.part}{'' if piece.begins else ' goes on'}"


def _ending(piece: Piece) -> str:
    if piece.part == "garbage":
        return _counted(len(piece.data))
    if piece.missing:
        return f"continues: {_counted(piece.missing)} missing"
    if piece.part == "payload":
        return f"frame {piece.frame} ends"
    return f"{_counted(piece.size)} follow" if piece.size is not None else _counted(len(piece.data))


def _counted(count: int) -> str:
    return f"{count:,} byte{'' if count == 1 else 's'}"
