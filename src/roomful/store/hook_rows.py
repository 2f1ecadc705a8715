"""The rows of webhooks, and the leases of those who serve them."""

from msgspec import Struct

from roomful.domain.webhooks import Hook


class PutHook(Struct, frozen=True, gc=False):
    """A webhook begins, or is otherwise; of one that is there, what is not said by `MoveHook` alone."""

    room: str
    hook: Hook


class MoveHook(Struct, frozen=True, gc=False):
    """How far a webhook that goes out has come. Of one that is off, or gone, nothing changes."""

    room: str
    id: str
    cursor: int
    failing: int = 0  # ms
    tries: int = 0
    due: int = 0  # ms
    reason: str = ""


class DropHook(Struct, frozen=True, gc=False):
    """A webhook is gone. (One that comes in is a participant: its claim and its membership end by rows of their own.)"""

    room: str
    id: str


class Lease(Struct, frozen=True, gc=False):
    """Work that one server at a time does is this owner's until then. Taken ("lease") if another's lease is good after `now`."""

    name: str
    owner: str
    now: int  # ms
    until: int  # ms
