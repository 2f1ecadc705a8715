"""Who may do what: one table. Rows are actions, columns are kinds of room, cells are the roles that may."""

from typing import Literal

from roomful.domain.events import Role

Action = Literal["read", "post", "topic"]
RoomKind = Literal["public", "direct"]

_EVERYBODY: frozenset[Role] = frozenset(("owner", "member"))
_NOBODY: frozenset[Role] = frozenset()

RIGHTS: dict[Action, dict[RoomKind, frozenset[Role]]] = {
    "read": {"public": _EVERYBODY, "direct": _EVERYBODY},
    "post": {"public": _EVERYBODY, "direct": _EVERYBODY},
    "topic": {"public": _EVERYBODY, "direct": _NOBODY},
}


def may(role: Role, action: Action, kind: RoomKind) -> bool:
    """Whether a member with this role may do this in a room of this kind."""
    return role in RIGHTS[action][kind]
