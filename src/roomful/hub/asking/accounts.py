"""The devices of an account."""

from typing import TYPE_CHECKING

from roomful.domain import commands
from roomful.domain.answers import DeviceInfo, DeviceList
from roomful.domain.events import timestamp
from roomful.errors import AccountRequired
from roomful.store import TokenRecord

from ..session import Participant, Session
from .readable import ITEM, budget

if TYPE_CHECKING:
    from ..hub import Hub


async def devices(hub: "Hub", session: Session, me: Participant, ask: commands.Devices) -> DeviceList:
    """The devices that are logged in, the one last seen first."""
    if me.account is None:
        raise AccountRequired
    online = {other.device for other in me.sessions}
    now = hub.clock()
    found = [one for one in await hub.store.tokens(me.sender.id) if one.until > now]

    def info(one: TokenRecord) -> DeviceInfo:
        this = one.id == session.device
        seen, created = timestamp(one.seen), timestamp(one.created)
        return DeviceInfo(one.id, one.name, created, seen, one.address, one.id in online, this)

    return DeviceList(tuple(map(info, found[: budget(hub) // ITEM])))
