"""Members of rooms."""

from msgspec import Struct

from roomful.domain.events import Role, Sender


class Member(Struct, frozen=True, gc=False):
    """Somebody in a room."""

    sender: Sender  # as the room knows it now
    role: Role
    since: int = 0  # the number of the event with which the membership began; 0: not known
