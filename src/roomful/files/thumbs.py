"""Small pictures, made by Pillow where it is installed (`pip install 'roomful[images]'`).

A picture of somebody else's making is decoded here, so what is decoded is little: four formats, the first picture of those that
move, and only as many pixels as fit in memory comfortably. What comes out is a new picture: no metadata of the old one is in it.
"""

import importlib.util
import warnings
from functools import cache
from pathlib import Path
from typing import IO, Any

from roomful.errors import NoThumbnail

TYPE = "image/webp"
SIDE = 640  # pixels, the longer one at most
MOST_PIXELS = 32_000_000  # 128 MB while it is decoded
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
QUALITY = 80


@cache
def available() -> bool:
    """Whether there is Pillow."""
    return importlib.util.find_spec("PIL") is not None


def make(source: Path, kind: str, target: IO[bytes]) -> None:
    """Write the small picture. Raises NoThumbnail, OSError: it cannot be read, or written."""
    from PIL import Image, ImageOps  # only here: 50 ms

    if kind not in FORMATS:
        raise NoThumbnail(f"There are no small pictures of {kind}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is looked at here; they would go to the log
            with Image.open(source, formats=[FORMATS[kind]]) as picture:
                _check(picture)
                picture.draft("RGB", (SIDE * 2, SIDE * 2))  # of a JPEG: decode no more than is needed
                small: Any = ImageOps.exif_transpose(picture)
                small.thumbnail((SIDE, SIDE))
                small = small.convert("RGBA" if _transparent(small) else "RGB")
                small.info.clear()
                small.save(target, "WEBP", quality=QUALITY, method=4)
    except NoThumbnail:
        raise
    except Exception as why:  # noqa: BLE001 - decoders fail in many ways over what was made to break them: all mean this
        raise NoThumbnail(f"The picture is damaged, or is none ({type(why).__name__}).") from None


def _check(picture: Any) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise NoThumbnail(f"The picture has {width:,} x {height:,} pixels, which are too many.")


def _transparent(picture: Any) -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info
