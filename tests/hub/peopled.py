"""Rooms with somebody in every role, written straight into the store: to ask everything of everybody."""

from dataclasses import dataclass, field
from itertools import count

from roomful.domain import events
from roomful.domain.events import Event, Named, Role, Sender, encode_body
from roomful.domain.names import skeleton
from roomful.domain.rights import RoomKind
from roomful.domain.room import NO_END
from roomful.domain.sanctions import Sanction
from roomful.domain.tokens import TOKEN_BYTES, new_token, token_digest
from roomful.domain.verdicts import Memory
from roomful.domain.webhooks import OutHook
from roomful.store import (
    FOREVER,
    Change,
    Claim,
    NewAccount,
    NewRoom,
    PutHook,
    PutMember,
    PutMemory,
    PutSanction,
    PutToken,
    Row,
    Store,
)
from tests.support.raw import RawClient

from .conftest import Node

LASTS = 10**10  # ms

# Who asks: their role in the room; None for those who are in none.
ROLES: dict[str, Role | None] = {
    "owner": "owner",
    "moderator": "moderator",
    "member": "member",
    "bot": "bot",
    "guest": "guest",
    "serverowner": "member",
    "stranger": None,
    "banned": None,
}
# To whom it is done.
OTHERS: dict[str, Role | None] = {"victim": "member", "muted": "member", "otherbot": "bot", "invitee": None}


@dataclass
class Peopled:
    """A room with its people, and what stands in its log."""

    address: str
    memory: str = ""  # of a bot, about somebody below
    webhook: str = ""  # id of one that goes out
    seq_of: dict[str, int] = field(default_factory=dict)  # each one's own message; and `ban`, the number of a ban


class Cast:
    """Everybody, logged in."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.store: Store = node.hub.store
        self.people: dict[str, Sender] = {}
        self.clients: dict[str, RawClient] = {}
        self._numbers = count(1)

    async def arrive(self) -> None:
        """Log everybody in who asks; make the others."""
        for name in (*ROLES, *OTHERS):
            if name == "guest":
                client = await self.node.client(name)
                self.people[name] = Sender(client.me["id"], name, "guest")
                self.clients[name] = client
                continue
            sender = Sender(f"p{name}", name, "bot" if name.endswith("bot") else "person")
            token = new_token(name.encode().ljust(TOKEN_BYTES))
            await self._make_account(sender, token)
            self.people[name] = sender
            if name in ROLES:
                client = await RawClient.login(self.node.address, None, token=token)
                self.node.clients.append(client)
                self.clients[name] = client

    async def _make_account(self, sender: Sender, token: str) -> None:
        now, looks = self.node.hub.clock(), skeleton(sender.nick)
        digest = token_digest(token)
        assert digest is not None
        rows: list[Row] = [
            NewAccount(
                sender.id, sender.nick, sender.nick, looks, sender.kind, now, owner=sender.nick == "serverowner"
            ),
            Claim(sender.id, sender.nick, sender.nick, sender.kind, now, FOREVER, looks),
            PutToken(f"d{sender.nick}", sender.id, "a test", digest, now, now + LASTS, LASTS),
        ]
        assert not (await self.store.append([Change((), tuple(rows))])).late

    async def room(self, kind: RoomKind) -> Peopled:
        """A new room of this kind, everybody in it who has a role, each of whom has said something."""
        number = next(self._numbers)
        id, name = f"r{number}", f"#room-{number}"
        made = Peopled("!" + id if kind == "direct" else name)
        here = {who: role for who, role in (ROLES | OTHERS).items() if role is not None}
        log = _Log(id, self.node.hub.clock())
        key = f"p{number} p{number}+" if kind == "direct" else name
        rows: list[Row] = [NewRoom(id, key, key if kind == "direct" else name, kind, log.at)]
        for who, role in here.items():
            seq = log.add(self.people[who], events.Join(role))
            rows.append(PutMember(id, self.people[who].id, role, seq))
        for who in here:
            made.seq_of[who] = log.add(self.people[who], events.Message(f"I am {who}"))
        by, banned, muted = self.people["owner"], self.people["banned"], self.people["muted"]
        made.seq_of["ban"] = log.add(by, events.Ban(Named(banned.id, banned.nick)))
        rows.append(
            PutSanction(id, Sanction(made.seq_of["ban"], "ban", by, NO_END, participant=banned.id, nick=banned.nick))
        )
        seq = log.add(by, events.Mute(Named(muted.id, muted.nick)))
        rows.append(PutSanction(id, Sanction(seq, "mute", by, NO_END, participant=muted.id, nick=muted.nick)))
        victim, bot = self.people["victim"].id, self.people["otherbot"].id
        rows.append(
            PutMemory(id, log.at, Memory(f"m{number}", bot, "likes tea", seq=made.seq_of["victim"], author=victim))
        )
        made.memory, made.webhook = f"m{number}", f"w{number}"
        rows.append(PutHook(id, OutHook(made.webhook, id, "https://example.org/", by, log.at, "whsec_")))
        assert not (await self.store.append([Change(tuple(log.events), tuple(rows))])).late
        return made


class _Log:
    def __init__(self, room: str, at: int) -> None:
        self.room, self.at = room, at
        self.events: list[Event] = []

    def add(self, sender: Sender, body: events.KnownBody) -> int:
        seq = len(self.events) + 1
        self.events.append(Event(self.room, seq, self.at, sender, "", encode_body(body)))
        return seq
