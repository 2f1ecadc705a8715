"""The limits that hold on a server, as its owner is told of them: each with its setting, and how much of it is used."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, get_type_hints

from msgspec import Meta, Struct
from msgspec.structs import replace

from roomful.domain.answers import LimitInfo
from roomful.domain.verdicts import Used

from .deciding.accounts import MAX_DEVICES
from .deciding.messages import MAX_PINS
from .deciding.moderation import MAX_SANCTIONS
from .door import ROOMS, ROOMS_PER_SECOND
from .limits import Limits

if TYPE_CHECKING:
    from .hub import Hub

DAY = 86_400_000  # ms
_UNITS = {
    "max_frame": "bytes",
    "max_text": "bytes",
    "login_timeout": "seconds",
    "idle": "seconds",
    "slow_reader": "seconds",
    "messages_per_second": "per second",
    "questions_per_second": "per second",
    "address_per_second": "per second",
    "logins_per_second": "per second",
    "max_size": "bytes",
    "daily": "bytes",
    "keep_free": "bytes",
    "give_up_days": "days",
}
_STAY = frozenset(
    ("max_frame", "max_text", "max_in_flight", "login_timeout", "idle", "slow_reader")
)  # see Limits.enabled
_LEVELS = ("room", "bot", "person")


def told(table: str, settings: Struct, units: dict[str, str], *, none: bool = False) -> Iterator[LimitInfo]:
    """Those settings of a table that are numbers. `none`: a 0 means that there is no limit."""
    hints = get_type_hints(type(settings), include_extras=True)
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            notes = (one for one in getattr(hints[name], "__metadata__", ()) if isinstance(one, Meta))
            about = next((note.description for note in notes if note.description), "")
            yield LimitInfo(f"{table}.{name}", float(value), units.get(name, ""), about, lifted=none and not value)


async def allowances(hub: "Hub") -> tuple[LimitInfo, ...]:
    """All limits. Raises StoreUnavailable."""
    found = [*_of_connections(hub), *_of_files(hub)]
    found.append(
        LimitInfo(
            "store.retention_days",
            float(hub.settings.retention),
            "days",
            "Days after which texts are erased in rooms that set no `retention`; 0: never.",
            lifted=not hub.settings.retention,
        )
    )
    found += told("webhooks", hub.settings.webhooks, _UNITS)
    if hub.settings.budget is not None:
        budgets = told("budget", hub.settings.budget, {}, none=True)
        found += _of_budgets(budgets, await _used(hub))
    return (*found, *_built_in(hub))


def _of_connections(hub: "Hub") -> Iterator[LimitInfo]:
    limits: Limits = hub.limits
    busiest = Counter(session.source for session in hub.sessions).most_common(1)
    used = {
        "limits.max_connections": float(len(hub.sessions)),
        "limits.max_connections_per_address": float(busiest[0][1] if busiest else 0),
    }
    for one in told("limits", limits, _UNITS):
        lifted = not limits.enabled and one.name.partition(".")[2] not in _STAY
        yield replace(one, used=used.get(one.name), lifted=lifted)


def _of_files(hub: "Hub") -> Iterator[LimitInfo]:
    for one in told("files", hub.files.settings, _UNITS):
        off = not hub.files.most or (one.name == "files.daily" and not hub.limits.enabled)
        yield replace(one, lifted=off)


async def _used(hub: "Hub") -> list[Used]:
    now = hub.clock()
    return await hub.store.used(None, now - now % DAY)


def _of_budgets(budgets: Iterable[LimitInfo], rows: list[Used]) -> Iterator[LimitInfo]:
    """What may be spent, and what was, today (UTC): by all, or by the room, bot or person that has spent most."""
    for one in budgets:
        level, _, what = one.name.partition(".")[2].partition("_")
        spent: Counter[str] = Counter()
        for row in rows:
            whom = getattr(row, level) if level in _LEVELS else level
            if whom:
                spent[whom] += row.cost if what == "usd_day" else row.tokens_in + row.tokens_out  # type: ignore[assignment]
        known = level in ("server", *_LEVELS)
        unit = "USD" if what.startswith("usd") else "tokens"
        yield replace(one, unit=unit, used=float(max(spent.values(), default=0)) if known else None)


def _built_in(hub: "Hub") -> Iterator[LimitInfo]:
    talk = hub.settings.talk
    for name, value, unit, about in (
        ("devices", MAX_DEVICES, "", "Devices and tokens of one account."),
        ("new_rooms", ROOMS, "", "Rooms that one participant begins at once."),
        ("new_rooms_per_second", ROOMS_PER_SECOND, "per second", "Rooms that one participant begins, in the long run."),
        ("pins", MAX_PINS, "", "Messages pinned in one room."),
        ("sanctions", MAX_SANCTIONS, "", "Bans of one room; and so many mutes."),
        ("talk_run", talk.run, "", "Lines by bots in a row, without a person."),
        ("talk_pace", talk.pace / 1000, "seconds", "Between two lines of one bot that no person woke."),
        ("talk_minute", talk.minute, "", "Lines by bots in one room and minute."),
    ):
        yield LimitInfo(name, float(value), unit, about, fixed=True)
