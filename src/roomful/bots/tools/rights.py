"""Who lets a bot do what. A turn may do what the least of those may who asked for it or whose lines it reads.

What people, pages and other bots say is data, and yet a model may follow it: so whoever gets words into a turn must be one
who might have asked for the deed.
"""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct

from roomful.domain.events import Role

from .settings import Kind, ToolSettings

_EVERYBODY: frozenset[Role] = frozenset(("owner", "moderator", "member", "bot", "guest"))
_MEMBERS: frozenset[Role] = frozenset(("owner", "moderator", "member"))

MAY: dict[Kind, frozenset[Role]] = {
    "reads": _EVERYBODY,  # what is in this room, and everybody in it can read
    "reaches": _MEMBERS,
    "writes": _MEMBERS,
}

MODERATORS: frozenset[Role] = frozenset(("owner", "moderator"))


class Described(Struct, frozen=True):
    """A tool, without what it does."""

    name: str  # `web_fetch`, or `files.write`
    kind: Kind
    description: str = ""
    parameters: Mapping[str, Any] = {}


class Who(Struct, frozen=True):
    """Somebody who asked for a turn, or whose line it reads."""

    id: str
    nick: str
    role: Role


class Rules(Struct, frozen=True):
    """What counts for a tool in one room."""

    room: str  # its address
    bot: tuple[str, ...] = ()  # the bot's list as it is now: names, `server.*`; with a `-` in front: not these
    granted: tuple[str, ...] = ()  # its list in the configuration
    home: tuple[str, ...] = ()  # its rooms in the configuration
    tool: ToolSettings = ToolSettings()
    outsiders: bool = False  # the turn has read what came from outside


class Allowed(Struct, frozen=True):
    """Whether a tool may be used, and in which words not."""

    ok: bool
    approve: bool = False  # if somebody says so, each time
    words: str = ""


def listed(name: str, names: Iterable[str]) -> bool:
    """Whether a list of names, in which `*` stands for anything, has this one."""
    return any(fnmatchcase(name, one) for one in names)


def given(name: str, bot: Sequence[str]) -> bool:
    """Whether a bot's list has a tool. What is taken away stays away, wherever in the list that stands."""
    taken = [one[1:] for one in bot if one.startswith("-")]
    return listed(name, (one for one in bot if not one.startswith("-"))) and not listed(name, taken)


def kept_away(tool: Described, rules: Rules) -> str:
    """Why a bot has not got a tool in a room, whoever asks; empty: it has.

    People may take tools away from a bot, and give it those that read the room. What reaches outside or writes is the
    server's, and only the configuration gives it, in the rooms that it names: else whoever may add a bot to a room could
    use in it what was set up for another.
    """
    rooms = rules.tool.rooms
    if not given(tool.name, rules.bot):
        return f"{tool.name} is none of its tools"
    if tool.kind != "reads":
        if not given(tool.name, rules.granted):
            return f"{tool.name} is none of the tools that the configuration gives it"
        rooms = rooms or rules.home
        if not rooms:
            return f"{tool.name} is for no room"
    if listed(rules.room, rules.tool.not_rooms) or (rooms and not listed(rules.room, rooms)):
        return f"{tool.name} is not for {rules.room}"
    return ""


def allowed(tool: Described, requester: Who | None, authors: Iterable[Who], rules: Rules) -> Allowed:
    """Whether a bot may use a tool in a turn.

    Args:
        requester: who is answered; None: nobody asked, and then those decide whose lines it reads.
        authors: whose lines the turn reads, the bot's own apart.
    """
    settings = rules.tool
    if words := kept_away(tool, rules):
        return Allowed(False, words=words)
    for who in (*((requester,) if requester is not None else ()), *authors):
        if not _may(who.role, tool.kind, rules):
            reads = "asked" if who is requester else "is among those whose lines it reads"
            return Allowed(False, words=f"{tool.name} {_DOES[tool.kind]}, and {who.nick}, who {reads}, is a {who.role}")
    taints = rules.outsiders and tool.kind != "reads"
    return Allowed(True, approve=tool.kind == "writes" or settings.approve or taints)


_DOES: dict[Kind, str] = {"reads": "reads", "reaches": "reaches outside", "writes": "writes"}


def _may(role: Role, kind: Kind, rules: Rules) -> bool:
    if role in MAY[kind]:
        return True
    if role == "guest":
        return listed(rules.room, rules.tool.guests)
    return role == "bot" and kind == "reaches" and listed(rules.room, rules.tool.bots)
