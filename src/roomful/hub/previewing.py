"""Previews: what the links of a message lead to, for those who may read it there.

Who asks names a message and never an address, so nobody has the server fetch what was not said; and nothing is fetched of what a
bot has said: a model that somebody has talked into it could tell any site anything in the address of a page (docs/security.md).
"""

import asyncio
from typing import TYPE_CHECKING, Protocol

from roomful.domain.events import Edit, Message
from roomful.domain.links import Preview, Previews, links
from roomful.errors import NoSuchEvent, NotAllowed

from .asking.readable import readable
from .hearing import check_stays
from .limits import Buckets
from .session import Participant

if TYPE_CHECKING:
    from .hub import Hub

FEATURE = "previews"
A_SECOND, AT_ONCE = 2.0, 60  # messages, of one participant
PEOPLE = ("person", "guest")  # whose links are asked for


class Previewer(Protocol):
    """Who knows what a link leads to (roomful.previews)."""

    async def preview(self, link: str) -> Preview | None:
        """What is there; None: there is nothing to show. Raises TryLater."""
        ...


class Previewing:
    """Gives previews. `previewer` is None where nobody wants any."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.previewer: Previewer | None = None
        self._rates = Buckets("messages whose links are to be shown", A_SECOND, AT_ONCE, hub.monotonic)

    def forget_full(self) -> None:
        """Forget whoever has not asked for so long that it might ask as if it never had."""
        self._rates.forget_full()

    async def of(self, me: Participant, reference: str, seq: int) -> Previews:
        """What the links of a message lead to.

        Raises NotAllowed, RateLimited, TryLater, NoSuchRoom, NotMember, NoSuchEvent.
        """
        if self.previewer is None:
            raise NotAllowed(
                "This server shows nothing of links: [previews] in its configuration says whether it does."
            )
        if self.hub.limits.enabled:
            self._rates.take(me.sender.id)
        found = await asyncio.gather(*map(self.previewer.preview, await self._links(me, reference, seq)))
        return Previews(tuple(one for one in found if one is not None))

    async def _links(self, me: Participant, reference: str, seq: int) -> tuple[str, ...]:
        """The links of a message as it is now. Raises as `of`."""
        room = await readable(self.hub, me, reference)
        check_stays(room.state, "sites elsewhere")
        store, id = self.hub.store, room.state.id
        found = await store.events(id, [seq]) if room.state.first_of(me.sender.id) <= seq <= room.state.head else []
        body = found[0].body if found else None
        if not isinstance(body, Message):
            raise NoSuchEvent(f"{room.address} has no message {seq} that you may read.", field="seq")
        if body.redacted is not None or found[0].sender.kind not in PEOPLE:
            return ()
        newest = next(iter(await store.changes(id, [seq], limit=1)), None)  # edits come before what else was done
        edited = newest.body.text if newest is not None and isinstance(newest.body, Edit) else None
        return links(body.text if edited is None else edited)
