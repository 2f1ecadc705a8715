"""Who may do what: one table. Rows are actions, columns are kinds of room, cells are the roles that may.

What one may do to somebody also hangs on who that is: see `above`.
"""

from typing import Literal

from roomful.domain.events import Role

Action = Literal[
    "read",
    "post",
    "react",
    "edit",  # one's own messages
    "redact_own",
    "redact",
    "pin",
    "call_everybody",  # @room
    "topic",
    "set",
    "rename",
    "delete",
    "invite",
    "kick",
    "ban",
    "mute",
    "role",
    "see_acts",
    "see_bans",
    "stop",  # the bots; and let them go on
    "duet",
    "bots",  # let them come, be otherwise, and go
    "see_bots",  # who they are, why they spoke, what they remember and have used
    "remember",  # change what a bot remembers, or make it forget: what comes from others' lines
    "webhook_in",  # make addresses under which programs post, and see and remove webhooks
    "webhook_out",  # have addresses told of what is said
]
RoomKind = Literal["public", "private", "direct"]

_OWNER: frozenset[Role] = frozenset(("owner",))
_MODERATORS: frozenset[Role] = frozenset(("owner", "moderator"))
_MEMBERS: frozenset[Role] = frozenset(("owner", "moderator", "member"))
_EVERYBODY: frozenset[Role] = frozenset(("owner", "moderator", "member", "bot", "guest"))
_PEOPLE: frozenset[Role] = frozenset(("owner", "moderator", "member", "guest"))
_NOBODY: frozenset[Role] = frozenset()

ROLES: tuple[Role, ...] = ("owner", "moderator", "member", "bot", "guest")

RIGHTS: dict[Action, dict[RoomKind, frozenset[Role]]] = {
    "read": {"public": _EVERYBODY, "private": _EVERYBODY, "direct": _EVERYBODY},
    "post": {"public": _EVERYBODY, "private": _EVERYBODY, "direct": _EVERYBODY},
    "react": {"public": _EVERYBODY, "private": _EVERYBODY, "direct": _EVERYBODY},
    "edit": {"public": _EVERYBODY, "private": _EVERYBODY, "direct": _EVERYBODY},
    "redact_own": {"public": _EVERYBODY, "private": _EVERYBODY, "direct": _EVERYBODY},
    "redact": {"public": _MODERATORS, "private": _MODERATORS, "direct": _NOBODY},
    "pin": {"public": _MODERATORS, "private": _MEMBERS, "direct": _EVERYBODY},
    "call_everybody": {"public": _MODERATORS, "private": _MEMBERS, "direct": _NOBODY},
    "topic": {"public": _EVERYBODY, "private": _EVERYBODY, "direct": _NOBODY},
    "set": {"public": _OWNER, "private": _OWNER, "direct": _NOBODY},
    "rename": {"public": _OWNER, "private": _OWNER, "direct": _NOBODY},
    "delete": {"public": _OWNER, "private": _OWNER, "direct": _NOBODY},
    "invite": {"public": _MEMBERS, "private": _MODERATORS, "direct": _NOBODY},
    "kick": {"public": _MODERATORS, "private": _MODERATORS, "direct": _NOBODY},
    "ban": {"public": _MODERATORS, "private": _MODERATORS, "direct": _NOBODY},
    "mute": {"public": _MODERATORS, "private": _MODERATORS, "direct": _NOBODY},
    "role": {"public": _OWNER, "private": _OWNER, "direct": _NOBODY},
    "see_acts": {"public": _EVERYBODY, "private": _EVERYBODY, "direct": _NOBODY},
    "see_bans": {"public": _MODERATORS, "private": _MODERATORS, "direct": _NOBODY},
    "stop": {"public": _PEOPLE, "private": _PEOPLE, "direct": _PEOPLE},
    "duet": {"public": _PEOPLE, "private": _PEOPLE, "direct": _NOBODY},
    "bots": {"public": _MODERATORS, "private": _MODERATORS, "direct": _PEOPLE},
    "see_bots": {"public": _EVERYBODY, "private": _EVERYBODY, "direct": _EVERYBODY},
    "remember": {"public": _MODERATORS, "private": _MODERATORS, "direct": _PEOPLE},
    "webhook_in": {"public": _MODERATORS, "private": _MODERATORS, "direct": _NOBODY},
    "webhook_out": {"public": _OWNER, "private": _OWNER, "direct": _NOBODY},
}

_RANK: dict[Role, int] = {"owner": 3, "moderator": 2}


def may(role: Role, action: Action, kind: RoomKind) -> bool:
    """Whether a member with this role may do this in a room of this kind."""
    return role in RIGHTS[action][kind]


def above(role: Role, other: Role) -> bool:
    """Whether one may kick, ban, mute or demote somebody with that role: an owner everybody, a moderator whoever is none."""
    return role == "owner" or _RANK.get(role, 1) > _RANK.get(other, 1)
