"""Who talks: bots of the configuration by their nick, offline ones by their name, any model as `provider:model`."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from roomful.bots.settings import BotSettings
from roomful.domain.names import parse_nick
from roomful.errors import NoSuchNick
from roomful.models import ModelsSettings, parse
from roomful.models.names import OFFLINE, nearest
from roomful.models.offline import model as offline

LONGEST = 28  # characters of a nick that is made of a model's name


def cast(names: Sequence[str], configured: Sequence[BotSettings], models: ModelsSettings) -> tuple[BotSettings, ...]:
    """A bot for each name; one that is named twice has a namesake, so that it may talk with itself.

    Raises:
        NoSuchNick: it is no bot of the configuration, no offline one and no `provider:model`.
        NoSuchProvider, ModelUnknown: the model means nothing.
    """
    found: list[BotSettings] = []
    for name in names:
        bot = _bot(name, configured, models)
        taken = {one.nick.casefold() for one in found}
        nick = next(nick for nick in _numbered(bot.nick) if nick.casefold() not in taken)
        found.append(replace(bot, nick=nick))
    return tuple(found)


def _bot(name: str, configured: Sequence[BotSettings], models: ModelsSettings) -> BotSettings:
    known = {bot.nick.casefold(): bot for bot in configured}
    if (bot := known.get(name.removeprefix("@").casefold())) is not None:
        for model in bot.models:
            parse(model, models)
        return bot
    if name not in OFFLINE and ":" not in name:
        raise NoSuchNick(f"There is no bot {name}, and a model is provider:model. {nearest(name, [*known, *OFFLINE])}")
    found = parse(name, models)
    if found.source.kind == "offline":
        offline(found.model)  # which says what is wrong with it
    return BotSettings(_nick(found.model), str(found))


def _nick(model: str) -> str:
    """A nick that tells which model it is: `gpt-5-mini`."""
    text = re.sub(r"[^A-Za-z0-9]+", "-", model.rpartition("/")[2]).strip("-")[:LONGEST] or "model"
    return parse_nick(text if text[0].isalpha() else f"m-{text}").text


def _numbered(nick: str) -> "list[str]":
    return [nick, *(f"{nick}-{number}" for number in range(2, 10))]
