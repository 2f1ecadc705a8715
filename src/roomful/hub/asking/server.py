"""What whoever owns the server is told of it: its accounts, its rooms, its limits. Of what is said in rooms, nothing."""

import contextlib
import shutil
import unicodedata
from typing import TYPE_CHECKING

from roomful.domain import commands
from roomful.domain.answers import (
    AccountInfo,
    AccountList,
    LimitList,
    ServerRoomInfo,
    ServerRoomList,
)
from roomful.domain.events import timestamp
from roomful.errors import NotAllowed
from roomful.store import AccountSummary, RoomOverview

from ..allowances import allowances
from ..session import Participant, Session
from .readable import ITEM, budget

if TYPE_CHECKING:
    from ..hub import Hub

OWNERS = 2_000  # bytes that ten nicks may take in JSON


async def accounts(hub: "Hub", session: Session, me: Participant, ask: commands.Accounts) -> AccountList:
    """All accounts, by name, or those that are looked for."""
    _check(me)
    limit = min(ask.limit, budget(hub) // ITEM)
    found = await hub.store.account_summaries(
        hub.clock(), like=_folded(ask.like), after=_folded(ask.after), limit=limit + 1
    )
    return AccountList(tuple(_account(hub, one) for one in found[:limit]), len(found) > limit)


def _account(hub: "Hub", one: AccountSummary) -> AccountInfo:
    return AccountInfo(
        one.id,
        one.name,
        one.nick,
        one.kind,
        timestamp(one.created),
        _time(one.seen),
        one.owner,
        one.id in hub.participants,
        one.disabled,
        one.waiting and one.kind == "person",
        one.id in hub.bots.known,
        one.devices,
        one.rooms,
    )


async def rooms(hub: "Hub", session: Session, me: Participant, ask: commands.ServerRooms) -> ServerRoomList:
    """All rooms that have a name; of the others, how many there are."""
    _check(me)
    limit = min(ask.limit, budget(hub) // (ITEM + OWNERS))
    found = await hub.store.room_overviews(after=unicodedata.normalize("NFC", ask.after.casefold()), limit=limit + 1)
    figures = await hub.store.figures()
    return ServerRoomList(tuple(map(_room, found[:limit])), figures.direct, len(found) > limit)


def _room(one: RoomOverview) -> ServerRoomInfo:
    return ServerRoomInfo(
        one.name,
        one.id,
        one.kind,
        timestamp(one.created),
        one.members,
        one.head,
        _time(one.at),
        one.owners,
        one.archived,
        one.bytes,
    )


async def limits(hub: "Hub", session: Session, me: Participant, ask: commands.Limits) -> LimitList:
    """What limits hold, and what is used of them."""
    _check(me)
    figures = await hub.store.figures()
    return LimitList(
        await allowances(hub), figures.accounts, figures.rooms, figures.database, figures.files, await _free(hub)
    )


async def _free(hub: "Hub") -> int:
    """Bytes on the disk of the files; 0: not known."""
    if hub.files.folder is None:
        return 0
    with contextlib.suppress(OSError):
        return await hub.files.work(lambda folder: shutil.disk_usage(folder.path.parent).free)
    return 0


def _check(me: Participant) -> None:
    if not me.owner:
        raise NotAllowed("Only owners of the server are told of all of it.")


def _folded(text: str) -> str:
    """As names are folded, whatever else stands there (RFC 8265, 3.3)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).lower())


def _time(ms: int) -> str:
    return timestamp(ms) if ms else ""
