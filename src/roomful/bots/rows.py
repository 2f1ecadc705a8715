"""Bots as the server's rows keep them: what the server must know has a column, all the rest is JSON for the host."""

from typing import Any

import msgspec

from roomful.domain.verdicts import BotInfo, BotPlace

from .settings import BotSettings, BudgetSettings, RoomBotSettings

OF_FILE, OF_COMMAND = "file", "command"  # where a bot comes from; those of the file are put again at each start

_COLUMNS = frozenset(("nick", "model", "rooms", "max_bounce"))
_OF_PLACES = frozenset(RoomBotSettings.__struct_fields__)


def rest_of_bot(bot: BotSettings, source: str, budget: BudgetSettings) -> str:
    """The settings that are the bot's own, as its row keeps them; and, for whoever asks the server, what limits its costs."""
    values: dict[str, Any] = msgspec.to_builtins(bot)
    own = {name: value for name, value in values.items() if name not in _COLUMNS | _OF_PLACES}
    return msgspec.json.encode({**own, "source": source, "limits": limits(bot, budget)}, order="sorted").decode()


def limits(bot: BotSettings, budget: BudgetSettings) -> list[dict[str, Any]]:
    """What may be spent in a day for such a bot's answers, by level; 0: no limit."""
    return [
        {"level": "server", "usd": budget.server_usd_day, "tokens": budget.server_tokens_day},
        {"level": "room", "usd": budget.room_usd_day, "tokens": budget.room_tokens_day},
        {"level": "bot", "usd": bot.budget or budget.bot_usd_day, "tokens": budget.bot_tokens_day},
        {"level": "person", "usd": budget.person_usd_day, "tokens": budget.person_tokens_day},
    ]


def rest_of(place: RoomBotSettings) -> str:
    """The settings of a place beyond its mode and whether the bot is host there, as its row keeps them."""
    values: dict[str, Any] = msgspec.to_builtins(place)
    rest = {name: value for name, value in values.items() if name not in ("mode", "host", "max_bounce")}
    return msgspec.json.encode(rest, order="sorted").decode()


def bot_values(bot: BotInfo) -> dict[str, Any]:
    """What a bot's row holds, as settings."""
    rest = _decoded(bot.settings)
    own = {name: value for name, value in rest.items() if name in BotSettings.__struct_fields__}
    models = tuple(part for part in bot.model.split(",") if part)
    return own | {"nick": bot.nick, "model": models, "rooms": (), "max_bounce": bot.max_bounce}


def place_values(place: BotPlace | None) -> dict[str, Any]:
    """What a place's row holds, as settings; None: nothing yet."""
    if place is None:
        return {}
    rest = _decoded(place.settings)
    known = {name: value for name, value in rest.items() if name in _OF_PLACES}
    return known | {"mode": place.mode, "host": place.host}


def source(bot: BotInfo) -> str:
    """Where a bot comes from: `file` or `command`."""
    return str(_decoded(bot.settings).get("source", OF_COMMAND))


def of_file(bot: BotInfo) -> bool:
    """Whether the configuration's file puts the bot at each start."""
    return source(bot) == OF_FILE


def _decoded(text: str) -> dict[str, Any]:
    """A newer host may have written what this one does not know; what is no JSON is nothing."""
    try:
        found = msgspec.json.decode(text.encode())
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
