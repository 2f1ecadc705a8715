"""What members of a room are told of one of its bots: its persona, and the budgets that limit it, beside what is spent.

Both stand in the bot's settings, which its host writes. A persona is told to everybody who talks with the bot: what a model is
told to be is part of why it speaks. One that stands in a file stays there: the server has never read it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from roomful.domain.verdicts import BotBudget, BotInfo, Used
from roomful.store import BotRecord

from ..rooms import Room
from ..session import Participant

if TYPE_CHECKING:
    from ..hub import Hub

DAY = 86_400_000  # ms
Level = Literal["server", "room", "bot", "person"]


class Limit(Struct, frozen=True):
    """A budget, as a bot's host writes it."""

    level: Level
    usd: float = 0.0
    tokens: int = 0


class Described(Struct, frozen=True):
    """What a bot's settings tell of it."""

    persona: str = ""
    persona_file: str = ""
    limits: tuple[Limit, ...] = ()


_described = msgspec.json.Decoder(Described).decode


async def told(hub: "Hub", info: BotInfo, bot: BotRecord, room: Room | None, me: Participant) -> BotInfo:
    """The bot, with what its members may know."""
    try:
        of = _described(bot.settings)
    except msgspec.DecodeError:  # a newer host may have written it
        return info
    used = await _used(hub)
    budgets = tuple(_budget(limit, bot.id, room, me, used) for limit in of.limits if room or limit.level != "room")
    return replace(info, persona=of.persona, persona_kept=bool(of.persona_file), budgets=budgets)


async def _used(hub: "Hub") -> Sequence[Used]:
    """What was paid for today. What cost nothing was of this machine, and no budget counts it."""
    now = hub.clock()
    return [one for one in await hub.store.used(None, now - now % DAY) if one.cost]


def _budget(limit: Limit, bot: str, room: Room | None, me: Participant, used: Sequence[Used]) -> BotBudget:
    whose = {"server": "", "room": room.state.id if room else "", "bot": bot, "person": me.sender.id}[limit.level]
    of_all_rooms = limit.level in ("server", "bot")  # what is used in all rooms is for the server's owners: see `usage`
    if of_all_rooms and not me.owner and me.sender.kind != "service":
        return BotBudget(limit.level, limit.usd, limit.tokens)
    rows = [one for one in used if _COLUMNS[limit.level](one) == whose]
    spent, tokens = sum(one.cost for one in rows), sum(one.tokens_in + one.tokens_out for one in rows)
    return BotBudget(limit.level, limit.usd, limit.tokens, spent, tokens)


_COLUMNS: dict[Level, Callable[[Used], str]] = {
    "server": lambda _: "",
    "room": lambda one: one.room,
    "bot": lambda one: one.bot,
    "person": lambda one: one.person,
}
