"""What speech costs, as the services' price lists had it in November 2026; `[speech] listen_usd` and `speak_usd` know better.

A service of unknown price is taken to cost as much as the dearest one here: a budget must not be spent unseen.
"""

from msgspec import Struct

MINUTE = 60.0  # s
MILLION = 1_000_000  # characters

# By the beginning of a model's name; of those that fit, the longest. Azure has no names.
LISTEN = {  # USD a minute
    "azure": 1.0 / 60,
    "whisper": 0.006,
    "gpt-4o-transcribe": 0.006,
    "gpt-4o-mini-transcribe": 0.003,
}
SPEAK = {  # USD for a million characters; of a model that is paid by the minute, a minute is a thousand
    "azure": 15.0,
    "tts-1": 15.0,
    "tts-1-hd": 30.0,
    "gpt-4o-mini-tts": 15.0,
}


class Rate(Struct, frozen=True):
    """What one second of a clip costs, or one character of a text; and who takes it."""

    by: str = ""  # for people: `offline`, `openai:whisper-1`
    usd: float = 0.0
    counted: bool = False  # else it is done on this machine, and there is nothing to count


def rate(by: str, model: str, table: dict[str, float], unit: float, set_usd: float, *, local: bool) -> Rate:
    """A rate by a table, for so many units; `set_usd`: as the settings have it, below 0: they say nothing."""
    if set_usd >= 0:
        return Rate(by, set_usd / unit, not local or set_usd > 0)
    if local:
        return Rate(by)
    known = [name for name in table if model.startswith(name)]
    usd = table[max(known, key=len)] if known else max(table.values())
    return Rate(by, usd / unit, counted=True)
