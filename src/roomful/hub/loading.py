"""What must be known before a batch is decided, and is not in memory: read from the store beforehand."""

import contextlib
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from roomful.domain import commands
from roomful.domain.names import parse_nick
from roomful.domain.room import direct_key
from roomful.domain.talk import LOOKED_AT, Talk
from roomful.errors import BadName

from .origins import KEPT
from .prepared import Dropping, Entry, Erasure, Founding, HookGone, Parting, Rekeying
from .work import Expire, Loaded, Pending

if TYPE_CHECKING:
    from .hub import Hub


MOST_READ = 1024 * 1024  # bytes of a room's newest events


class Loading:
    """Reads for the committer. Every method raises StoreUnavailable."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub

    async def load(self, work: list[Pending]) -> Loaded:
        """Read what the batch needs: rooms first, then what hangs on them."""
        loaded = Loaded()
        keys: set[str] = set()
        ids: set[str] = set()
        second: list[Pending] = []
        for pending in work:
            command = pending.command
            if (
                type(command) is commands.Post
                and not command.again
                and command.thread is None
                and not command.attachments
                and (pending.participant is None or pending.participant.sender.kind != "bot")
            ):
                if command.room not in self.hub.rooms.by_address:  # the common case costs one look
                    self._want_room(command.room, keys, ids)
            else:
                await self._want(pending, keys, ids, loaded)
                second.append(pending)
        await self._load_rooms(keys, ids, loaded)
        for pending in second:
            if (more := _MORE.get(type(pending.command))) is not None:
                await more(self, pending, loaded)
            if getattr(pending.command, "again", False):
                await self._want_receipt(pending, loaded)
        return loaded

    async def _load_rooms(self, keys: set[str], ids: set[str], loaded: Loaded) -> None:
        for record in await self.hub.store.rooms_by_key(sorted(keys)) if keys else ():
            self.hub.rooms.load(record)
            keys.discard(record.key)
        for key in keys:
            if key.startswith("#") and (name := await self.hub.store.moved(key)) is not None:
                loaded.moved[key] = name
        for record in await self.hub.store.rooms_by_id(sorted(ids)) if ids else ():
            self.hub.rooms.load(record)

    def _want_room(self, reference: str, keys: set[str], ids: set[str]) -> None:
        try:
            if reference[:1] in ("#", "!") and self.hub.rooms.find(reference) is None:
                if reference.startswith("!"):
                    ids.add(reference[1:])
                else:
                    keys.add(self.hub.rooms.key_of(reference))
        except BadName:
            return  # deciding will say so

    async def _want(self, pending: Pending, keys: set[str], ids: set[str], loaded: Loaded) -> None:
        me = pending.participant.sender.id if pending.participant else ""
        command = pending.command
        match command:
            case commands.Join(room=room) if room.startswith("@"):
                if (holder := await self._holder(room[1:], loaded)) is not None:
                    keys.add(direct_key(me, holder))
            case commands.Rename(room=room, name=name):
                self._want_room(room, keys, ids)
                self._want_room(name, keys, ids)
            case commands.Login(resume=str(resume)):
                id = self.hub.proofs.id_of(resume)
                if id and (record := await self.hub.store.participant(id)):
                    loaded.participants[id] = record
            case commands.Nick() | commands.Bye() | commands.BotDrop():
                await self.memberships(getattr(command, "bot", me), ids, loaded)
            case Expire(participant=participant):
                if record := await self.hub.store.participant(participant):
                    loaded.participants[participant] = record
                await self.memberships(participant, ids, loaded)
            case commands.Login():
                return
            case _ if (concerned := getattr(command, "concerns", None)) is not None:
                await self.memberships(concerned, ids, loaded)
            case _ if (reference := getattr(command, "room", None)) is not None:
                self._want_room(reference, keys, ids)

    async def memberships(self, participant: str, ids: set[str], loaded: Loaded) -> None:
        """Want all rooms of a participant."""
        loaded.memberships[participant] = await self.hub.store.rooms_of(participant)
        ids.update(id for id in loaded.memberships[participant] if id not in self.hub.rooms.by_id)

    async def _holder(self, nick: str, loaded: Loaded) -> str | None:
        """The id of whoever has this nick."""
        try:
            folded = parse_nick(nick).folded
        except BadName:
            return None
        if (holder := await self.hub.store.holder(folded)) is None:
            return None
        loaded.holders[folded] = holder
        return holder.id

    # -- what hangs on a room ------------------------------------------------------------------------

    async def _target(self, pending: Pending, loaded: Loaded) -> None:
        """The message that something is done to, and what is pinned."""
        command = pending.command
        seq = command.thread if isinstance(command, commands.Post) else command.seq
        room = self._room(command.room)
        if room is None or seq is None:
            return
        for event in await self.hub.store.events(room, [seq]):
            loaded.events[room, seq] = event
        if isinstance(command, commands.Pin):
            loaded.pins[room] = await self.hub.store.pins(room)

    async def _erased(self, pending: Pending, loaded: Loaded) -> None:
        """Messages of somebody who leaves for good: some may be redacted since."""
        if (room := self._room(pending.command.room)) is not None:
            for event in await self.hub.store.events(room, pending.command.targets):
                loaded.events[room, event.seq] = event

    async def _said(self, pending: Pending, loaded: Loaded) -> None:
        """A thread's first message, and files; and of a bot, what the guard over its lines goes by."""
        await self._target(pending, loaded)
        if pending.command.attachments:
            loaded.files |= {file.id: file for file in await self.hub.store.files(pending.command.attachments)}
        if pending.participant is not None and pending.participant.sender.kind == "bot":
            await self._talk(pending, loaded)

    async def _talk(self, pending: Pending, loaded: Loaded) -> None:
        """What bots said of late in a room, unless it is in memory."""
        room = self._room(pending.command.room)
        state = self.hub.rooms.by_id[room].state if room is not None else None
        if state is not None and state.talk is None:
            before, limit = state.head + 1, LOOKED_AT
            newest = await self.hub.store.read(state.id, before=before, limit=limit, max_bytes=MOST_READ, newest=True)
            state.talk = Talk.of(newest)

    async def _hooks(self, pending: Pending, loaded: Loaded) -> None:
        """The webhooks of a room."""
        if (room := self._room(pending.command.room)) is not None and room not in loaded.hooks:
            loaded.hooks[room] = await self.hub.store.hooks(room)

    async def _duet(self, pending: Pending, loaded: Loaded) -> None:
        await self._talk(pending, loaded)
        for who in pending.command.bots:
            if who.startswith("!"):
                if (record := await self.hub.store.participant(who[1:])) is not None:
                    loaded.participants[record.id] = record
            else:
                await self._holder(who, loaded)

    async def _bot(self, pending: Pending, loaded: Loaded) -> None:
        """The account of the bot that is described."""
        if (id := await self._holder(pending.command.nick, loaded)) is not None:
            account = await self.hub.store.account(id)
            if account is not None:
                loaded.accounts[id] = account

    async def _memory(self, pending: Pending, loaded: Loaded) -> None:
        """What is remembered, and the line that it comes from."""
        command, me = pending.command, pending.participant
        room = self._room(command.room)
        if room is None or me is None:
            return
        if command.memory and (found := await self.hub.store.memory(room, command.memory)) is not None:
            loaded.memories[room, command.memory] = found
        if isinstance(command, commands.Remember) and not command.memory:
            loaded.remembered[room, me.sender.id] = len(await self.hub.store.memories(room, bot=me.sender.id))
            for event in await self.hub.store.events(room, [command.seq]) if command.seq else ():
                loaded.events[room, command.seq] = event

    async def _joined(self, pending: Pending, loaded: Loaded) -> None:
        """Another hub banned somebody: which addresses that covers is known to the store only."""
        room = self._room(pending.command.room)
        if room is None:
            return
        state = self.hub.rooms.by_id[room].state
        if state.partial:
            state.sanctioned(await self.hub.store.sanctions(room))
        if 0 < state.head <= LOOKED_AT and all(member.sender.kind == "bot" for member in state.members.values()):
            log = await self.hub.store.read(room, before=state.head + 1, limit=LOOKED_AT, max_bytes=MOST_READ)
            if len(log) == state.head and all(event.sender.kind == "bot" for event in log):
                loaded.unpeopled.add(room)

    async def _whom(self, pending: Pending, loaded: Loaded) -> None:
        """Somebody who may not be in the room."""
        who = pending.command.who
        if who is None:
            return
        if who.startswith("!"):
            if (record := await self.hub.store.participant(who[1:])) is None:
                return
            loaded.participants[record.id] = record
            id: str | None = record.id
        else:
            id = await self._holder(who, loaded)
        if id is not None and isinstance(pending.command, commands.Ban):
            await self._origins(id, loaded)

    async def _origins(self, id: str, loaded: Loaded) -> None:
        account = await self.hub.store.account(id)
        if account is None:
            return
        loaded.accounts[id] = account
        since = self.hub.clock() - round(KEPT * 1000)
        found = (d.address for d in await self.hub.store.tokens(id) if d.seen >= since)
        loaded.addresses[id] = frozenset(filter(None, map(self.hub.origins.told_apart, found)))

    async def _account(self, pending: Pending, loaded: Loaded) -> None:
        """An account and its devices."""
        command, me = pending.command, pending.participant
        id = getattr(command, "account", "") or getattr(command, "concerns", "") or (me.sender.id if me else "")
        if id and id not in loaded.devices and (record := await self.hub.store.account(id)) is not None:
            loaded.accounts[id] = record
            loaded.devices[id] = {device.id: device for device in await self.hub.store.tokens(id)}

    async def _owning(self, pending: Pending, loaded: Loaded) -> None:
        """Whoever asks and the account that is meant, with their devices; and all who own the server."""
        me, command = pending.participant, pending.command
        loaded.accounts |= {one.id: one for one in await self.hub.store.accounts() if one.owner}
        ids = {getattr(command, "concerns", ""), me.sender.id if me else ""}
        if name := getattr(command, "account", ""):
            with contextlib.suppress(BadName):  # deciding will say so
                named = await self.hub.store.account_named(parse_nick(name).folded)
                ids |= {named.id} if named is not None else set()
        for id in ids:
            if (record := await self.hub.store.account(id)) is not None:
                loaded.accounts[id] = record
                loaded.devices[id] = {device.id: device for device in await self.hub.store.tokens(id)}

    def _room(self, reference: str) -> str | None:
        try:
            room = self.hub.rooms.find(reference)
        except BadName:
            return None
        return None if room is None else room.state.id

    async def _want_receipt(self, pending: Pending, loaded: Loaded) -> None:
        sender, command = pending.participant, pending.command
        room = self._room(command.room)
        if room is None or sender is None:
            return
        key = (sender.sender.id, room, command.nonce)
        if self.hub.receipts.get(key) is None:
            seq = await self.hub.store.receipt(*key)
            if seq is not None:
                loaded.receipts[key] = seq


_MORE: dict[type, Callable[[Loading, Pending, Loaded], Coroutine[Any, Any, None]]] = {
    commands.Post: Loading._said,
    commands.Duet: Loading._duet,
    commands.Conclude: Loading._talk,
    commands.Continue: Loading._talk,
    commands.BotPut: Loading._bot,
    commands.Remember: Loading._memory,
    commands.Forget: Loading._memory,
    commands.Edit: Loading._target,
    commands.Redact: Loading._target,
    commands.React: Loading._target,
    commands.Pin: Loading._target,
    commands.Join: Loading._joined,
    commands.Invite: Loading._whom,
    commands.Ban: Loading._whom,
    commands.WebhookIn: Loading._hooks,
    commands.WebhookOut: Loading._hooks,
    commands.WebhookSet: Loading._hooks,
    commands.WebhookDrop: Loading._hooks,
    HookGone: Loading._hooks,
    commands.Revoke: Loading._account,
    commands.Token: Loading._account,
    commands.Code: Loading._account,
    commands.AccountSet: Loading._owning,
    Dropping: Loading._owning,
    Erasure: Loading._erased,
    Entry: Loading._account,
    Founding: Loading._account,
    Rekeying: Loading._account,
    Parting: Loading._account,
}
