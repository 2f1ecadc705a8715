"""Webhooks that go out: a follower of the log that posts events to addresses, in order, each at least once.

delivering.py  which hook is due, how far each has come, who may deliver
posting.py     one event to one address
"""

from collections.abc import Sequence

from roomful.hub.hub import Hub
from roomful.hub.prepared import HookGone

from .delivering import WAITS, Deliverer
from .posting import Poster

__all__ = ["Deliverer", "Poster", "follow"]


def follow(hub: Hub, *, waits: Sequence[float] = WAITS, proxy: str = "") -> Deliverer:
    """Deliver what a hub's rooms say, from here on until `close`. `proxy`: the way; empty: directly."""

    def gave_up(room: str, webhook: str, reason: str) -> None:
        hub.submit(HookGone("!" + room, webhook, reason))

    settings = hub.hooks.settings
    deliverer = Deliverer(
        hub.store,
        Poster(private=settings.private, proxy=proxy),
        hub.log,
        epoch=hub.epoch,
        owner=hub.new_id("s"),
        clock=hub.clock,
        address=hub.address_of,
        gave_up=gave_up,
        give_up_days=settings.give_up_days,
        waits=waits,
    )
    hub.followers.append(deliverer)
    deliverer.start()
    return deliverer
