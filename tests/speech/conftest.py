"""Sounds for the tests, spoken by espeak-ng; those that need it skip where the extra is not installed."""

import pytest

from roomful.speech.audio import settled
from roomful.speech.offline.espeak import Espeak

pytest.importorskip("espeakng_loader", reason="speech needs the extra: pip install 'roomful[speech]'")
pytest.importorskip("av", reason="speech needs the extra: pip install 'roomful[speech]'")


async def said(text: str, voice: str = "") -> bytes:
    """A text as a WAV file."""
    return settled(b"".join([chunk async for chunk in Espeak().speak(text, voice)]))
