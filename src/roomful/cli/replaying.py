"""`roomful bots replay`: what bots would have decided in a recorded room, without a model. For tuning when they speak."""

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cyclopts import Parameter

from roomful.bots.engine.replay import Replayed, replay
from roomful.bots.launch import OFFLINE
from roomful.bots.settings import RoomBotSettings, one_host
from roomful.config import ConfigError
from roomful.keeping import dump
from roomful.keeping.failures import KeepingError

from .common import USAGE, ConfigFile, failed, settings
from .listing import Form, tabled, write_out

COLUMNS = ("at", "lines", "bot", "verdict", "rule", "words")


def replayed(
    file: Annotated[Path, Parameter(help="A room, as `roomful export` writes it in JSONL.")],
    tried: Annotated[
        list[str] | None,
        Parameter(help="Bots to try, and when they speak: muse=lines:5 eliza=host. Else those of the configuration."),
    ] = None,
    /,
    *,
    room: Annotated[str, Parameter(help="Of which room's bots; else the one that was exported.")] = "",
    silent: Annotated[
        bool, Parameter(negative=(), help="Show why bots are silent too, not only when they speak.")
    ] = False,
    timezone: Annotated[str, Parameter(help="Of schedules and active hours, as Europe/Zurich.")] = "UTC",
    form: Annotated[Form, Parameter(name="--format")] = "table",
    out: Annotated[Path | None, Parameter(help="Write into this new file.")] = None,
    config_file: ConfigFile = None,
) -> int:
    """Show what bots would have decided in a room that was recorded. No model is called.

    The bots are those of the configuration for that room, or those that are named. What they would have said is not known,
    so each of their turns counts as one in which nothing was said.
    """
    try:
        header = dump.read_header(file)
        bots = _bots(tried, room or header.name, config_file)
        zone = _zone(timezone)
        events = [dumped.told for dumped in dump.read_events(file, header.head)]
    except KeepingError as why:
        return failed(str(why))
    except (ConfigError, ValueError) as why:
        return failed(str(why), USAGE)
    decided = replay(events, bots, direct=header.kind == "direct", zone=zone)
    shown = [one for one in decided if silent or one.verdict != "not_addressed"]
    text = tabled(COLUMNS, [_row(one) for one in shown], form)
    return write_out(text + (_summed_up(decided, len(events), bots) if form == "table" else ""), out)


def _bots(tried: Sequence[str] | None, room: str, config_file: Path | None) -> dict[str, RoomBotSettings]:
    """Nicks, and how each is in the room. Raises ConfigError, ValueError."""
    if tried:
        given = [word.partition("=") for word in tried]
        bots = {nick: _tried(nick, mode or "mention") for nick, _, mode in given}
        one_host(bots)
        return bots
    found = settings(config_file, None).bots
    all_ = OFFLINE if found is None else found
    bots = {bot.nick: bot.in_room() for bot in all_ if room.casefold() in map(str.casefold, bot.rooms)}
    if not bots:
        raise ValueError(
            f"The configuration has no bot in {room}: name one to try, as in muse=lines:5, or another --room."
        )
    one_host(bots)
    return bots


def _tried(nick: str, mode: str) -> RoomBotSettings:
    if mode == "host":
        return RoomBotSettings(host=True)
    try:
        return RoomBotSettings(mode)
    except ValueError as why:
        raise ValueError(f"{nick}: {why}.") from None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"There is no time zone '{name}': they are called as in Europe/Zurich.") from None


def _row(one: Replayed) -> dict[str, str]:
    lines = "" if not one.last else f"{one.first}" if one.first == one.last else f"{one.first}-{one.last}"
    return {
        "at": one.at,
        "lines": lines,
        "bot": one.bot,
        "verdict": one.verdict.replace("_", " "),
        "rule": one.rule,
        "words": one.words,
    }


def _summed_up(decided: Sequence[Replayed], events: int, bots: dict[str, RoomBotSettings]) -> str:
    spoke = Counter(one.bot for one in decided if one.verdict == "would_speak")
    each = ", ".join(f"{nick} ({settings.mode}) {spoke[nick]:,}" for nick, settings in bots.items())
    silent = Counter(one.verdict for one in decided if one.verdict != "would_speak")
    why = ", ".join(f"{verdict.replace('_', ' ')} {count:,}" for verdict, count in silent.most_common())
    reasons = f"\nVerdicts of silence: {why}." if why else ""
    return f"{reasons}\nIn {events:,} events, so many times they would have spoken: {each}.\n"
