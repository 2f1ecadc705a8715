"""What can be asked over HTTP, as a table: from it come the handlers, the OpenAPI document, and the page that explains it.

A row says which request of the native protocol a path stands for. Its fields come from the path where that names them, from the
query where there is no body (GET, DELETE), else from the body.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

from roomful.domain import answers as a
from roomful.domain import commands as c
from roomful.domain.files import Attachment
from roomful.domain.links import Previews
from roomful.protocol.native import EventFrame

from ..door import Form

BASE = "/api/v1"
OF_HTTP = frozenset(("id", "again"))  # fields of requests that HTTP says in words of its own, or not at all

# What stands for a name in a path, in examples.
IN_PATHS: dict[str, str | int] = {
    "room": "lobby",
    "seq": 1,
    "emoji": "👍",
    "who": "bob",
    "nick": "eliza",
    "ban": 31,
    "device": "d3f8k2",
    "memory": "m7c1x9",
    "webhook": "w4q6t0",
    "account": "bob",
}

# Requests that need a connection, or belong to whoever runs bots: the native protocol has them.
NOT_HERE: frozenset[type] = frozenset(
    (
        *(c.Hello, c.Ping, c.Bye),
        *(c.Draft, c.Conclude, c.Decide, c.Reply, c.BotPut, c.BotDrop, c.BotRoom, c.StatePut, c.StateGet),
    )
)


_PLAIN = str.maketrans("-", "_", "{}")


class Route(Struct, frozen=True, kw_only=True):
    """One row."""

    method: str
    path: str  # below BASE, with names in braces
    summary: str
    asks: type[Struct]  # a request of the protocol, or what a handler of our own takes
    answer: type | None = None  # None: nothing more to say
    status: int = 200
    fixed: dict[str, Any] = {}  # fields that the path and the method say by themselves
    cached: bool = False  # the answer has an ETag
    media: tuple[str, ...] = ("application/json",)  # of the answer
    raw: bool = False  # the body is the bytes of a file, and the fields stand in the query
    example: dict[str, Any] = {}  # what the documentation asks with
    public: bool = False  # for whoever comes
    elsewhere: bool = False  # another part of the door serves it

    @property
    def name(self) -> str:
        """What the operation is called."""
        words = [self.method.lower(), *self.path.translate(_PLAIN).split("/")[1:]]
        return "_".join(words)


class Nothing(Struct, frozen=True):
    """Nothing is asked."""


class LoginFields(Struct, frozen=True, kw_only=True):
    """Come in as a guest, with a nick; or to an account."""

    nick: Annotated[str, Meta(max_length=64, description="The nick wanted by a guest.")] | None = None
    account: Annotated[str, Meta(max_length=64, description="The account's name; with `password`.")] | None = None
    password: c.Password | None = None
    remember: Annotated[bool, Meta(description="With `password`: stay logged in on this device.")] = False
    token: Annotated[str, Meta(max_length=128, description="Of a device, instead of account and password.")] | None = (
        None
    )
    code: (
        Annotated[str, Meta(max_length=32, description="The code that guests need, where the server asks for one.")]
        | None
    ) = None
    bearer: Annotated[bool, Meta(description="Answer with a `token` for programs, and set no cookie.")] = False


class RegisterFields(Struct, frozen=True, kw_only=True):
    """Make an account."""

    account: Annotated[str, Meta(max_length=64, description="The account's name, which is its nick.")]
    password: c.Password
    invite: Annotated[str, Meta(max_length=128, description="An invite code, or an activation code.")] | None = None
    remember: Annotated[bool, Meta(description="Stay logged in on this device.")] = False
    bearer: Annotated[bool, Meta(description="Answer with a `token` for programs, and set no cookie.")] = False


class Entered(Struct, frozen=True, omit_defaults=True):
    """Who it is now."""

    participant: Annotated[a.Me, Meta(description="Who one is from here on.")]
    token: Annotated[
        str, Meta(description="With `bearer`: keep it secret, and send it as `Authorization: Bearer TOKEN`.")
    ] = ""
    device: Annotated[str, Meta(description="This device's id; empty for a guest.")] = ""
    owner: Annotated[bool, Meta(description="The account owns the server.")] = False


class Myself(Struct, frozen=True, omit_defaults=True):
    """Who asks."""

    participant: Annotated[a.Me, Meta(description="The participant one is.")]
    device: Annotated[str, Meta(description="This device's id; empty for a guest.")] = ""
    owner: Annotated[bool, Meta(description="The account owns the server.")] = False


class One(Struct, frozen=True):
    """One event is asked for."""

    room: c.RoomRef
    seq: c.Target


class Upload(Struct, frozen=True):
    """A file, for a message in this room: `attachments` names it. `GET /files/ID/NAME` has it, for whoever may read that."""

    room: c.RoomRef
    name: Annotated[str, Meta(description="What the file is called.")] = ""


class Speech(Struct, frozen=True):
    """A part of a message, read out: a sound. `speaks` in the reply to `hello` says where the text goes; empty: nobody speaks."""

    room: c.RoomRef
    text: Annotated[str, Meta(min_length=1, max_length=1_000, description="What is read: it stands in the message.")]
    seq: Annotated[int, Meta(ge=0, le=c.MOST, description="The message's number; or else `draft`.")] = 0
    draft: Annotated[str, Meta(max_length=64, description="An answer that is still being written.")] = ""
    voice: Annotated[
        str, Meta(max_length=200, description="As the speaker calls it; empty: the bot's own, or the server's.")
    ] = ""


class Linked(Struct, frozen=True):
    """What the links of a message lead to: the first three outside code. `features` in the reply to `hello` says `previews` where
    the server asks for them; of what bots say it asks for none.
    """

    room: c.RoomRef
    seq: c.Target


class Export(Struct, frozen=True):
    """A room into a file."""

    room: c.RoomRef
    form: Annotated[
        Form,
        Meta(description="`jsonl`: all of it, as it is kept; `csv`: for spreadsheets; `md`: for reading."),
    ] = "jsonl"


class Follow(Struct, frozen=True):
    """What goes on in rooms, as it happens."""

    room: Annotated[
        tuple[c.RoomRef, ...], Meta(min_length=1, max_length=20, description="Which room; may be given several times.")
    ]
    after: (
        Annotated[
            int, Meta(ge=0, le=c.MOST, description="Begin behind this event; of one room. Absent: with the next.")
        ]
        | None
    ) = None
    signals: Annotated[bool, Meta(description="Tell who comes, types and writes, too.")] = False


def _get(path: str, asks: type[Struct], answer: type, summary: str, **more: Any) -> Route:
    return Route(method="GET", path=path, asks=asks, answer=answer, summary=summary, **more)


def _post(path: str, asks: type[Struct], answer: type | None, summary: str, **more: Any) -> Route:
    return Route(method="POST", path=path, asks=asks, answer=answer, summary=summary, **more)


def _put(path: str, asks: type[Struct], answer: type | None, summary: str, **more: Any) -> Route:
    return Route(method="PUT", path=path, asks=asks, answer=answer, summary=summary, **more)


def _patch(path: str, asks: type[Struct], answer: type | None, summary: str, **more: Any) -> Route:
    return Route(method="PATCH", path=path, asks=asks, answer=answer, summary=summary, **more)


def _delete(path: str, asks: type[Struct], answer: type | None, summary: str, **more: Any) -> Route:
    return Route(method="DELETE", path=path, asks=asks, answer=answer, summary=summary, **more)


_ROOM = "/rooms/{room}"
_EVENT = _ROOM + "/events/{seq}"
_OFF = {"on": False}

_COMING = (
    _post("/login", LoginFields, Entered, "Log in", public=True, elsewhere=True,
          example={"nick": "alice", "bearer": True}),
    _post("/register", RegisterFields, Entered, "Make an account", public=True, elsewhere=True,
          example={"account": "alice", "password": "correct horse battery", "bearer": True}),
    _post("/logout", Nothing, None, "Log out: the token, or the cookie, is good no more", status=204, public=True,
          elsewhere=True),
)  # fmt: skip

_SELF = (
    _get("/me", Nothing, Myself, "Who one is"),
    _put("/me/nick", c.Nick, a.Renamed, "Take another nick", example={"nick": "alice_"}),
    _put("/me/presence", c.Presence, None, "Say how one is there", status=204,
         example={"state": "away", "text": "at lunch"}),
    _put("/me/password", c.SetPassword, None, "Change one's password", status=204,
         example={"password": "correct horse battery", "new_password": "wrong donkey socket"}),
    _post("/me/unregister", c.Unregister, None, "Delete one's account", status=204,
          example={"password": "correct horse battery"}),
    _get("/me/unread", c.Unread, a.UnreadList, "What one has missed"),
    _get("/me/devices", c.Devices, a.DeviceList, "Where one's account is logged in"),
    _post("/me/devices", c.Token, a.TokenMade, "Make a token for a program", status=201, example={"name": "backup"}),
    _delete("/me/devices/{device}", c.Revoke, None, "Log a device out", status=204),
    _get("/people/{who}", c.Whois, a.Person, "Who somebody is"),
    _post("/invites", c.Code, a.CodeMade, "Make a code with which somebody may register", status=201),
)  # fmt: skip

_ROOMS = (
    _get("/rooms", c.Rooms, a.RoomList, "List rooms", cached=True),
    _post("/rooms", c.Create, a.Receipt, "Begin a room", status=201, example={"room": "#garden", "kind": "private"}),
    _patch(_ROOM, c.Set, a.Receipt, "Change a room's settings", example={"description": "Plants"}),
    _delete(_ROOM, c.Delete, a.Receipt, "Delete a room and all that was said in it"),
    _put(_ROOM + "/name", c.Rename, a.Receipt, "Give a room another name", example={"name": "#greenhouse"}),
    _put(_ROOM + "/topic", c.Topic, a.Receipt, "Set a room's topic", example={"text": "Seeds"}),
    _put(_ROOM + "/membership", c.Join, a.Joined, "Become a member; `@nick` names the direct room with somebody",
         fixed={"after": None, "last": None, "signals": False, "epoch": None}),
    _delete(_ROOM + "/membership", c.Leave, None, "Stop being a member", status=204),
    _get(_ROOM + "/members", c.Members, a.MemberList, "List a room's members", cached=True),
    _put(_ROOM + "/read", c.Mark, None, "Say how far one has read", status=204, example={"seq": 12}),
    _post(_ROOM + "/typing", c.Typing, None, "Tell the room that one types", status=204),
    _post(_ROOM + "/files", Upload, Attachment, "Upload a file: the body is its bytes", status=201, elsewhere=True, raw=True,
          example={"name": "seeds.png"}),
    _post(_ROOM + "/speech", Speech, bytes, "Hear a part of a message", elsewhere=True, media=("audio/*",),
          example={"text": "hello", "seq": 12}),
    _get(_ROOM + "/export", Export, bytes, "Export a room",
         media=("application/jsonl", "text/csv", "text/markdown")),
)  # fmt: skip

_SAID = (
    _get(_ROOM + "/events", c.History, a.Page, "Read a room's log, a page at a time", cached=True),
    _post(_ROOM + "/events", c.Post, a.Receipt, "Say something", status=201,
          fixed={"causes": (), "conversation": None, "cut": ""}, example={"text": "hello"}),
    _get(_EVENT, One, EventFrame, "Read one event", cached=True),
    _patch(_EVENT, c.Edit, a.Receipt, "Give a message another text", example={"text": "hello!"}),
    _delete(_EVENT, c.Redact, a.Receipt, "Erase the text of a message, for ever"),
    _get(_EVENT + "/thread", c.Thread, a.Page, "Read a thread", cached=True),
    _get(_EVENT + "/previews", Linked, Previews, "See what the links of a message lead to", elsewhere=True),
    _get(_EVENT + "/changes", c.Changes, a.Page, "Read a message's edits and reactions", cached=True),
    _put(_EVENT + "/reactions/{emoji}", c.React, a.Receipt, "React to a message", fixed={"on": True}),
    _delete(_EVENT + "/reactions/{emoji}", c.React, a.Receipt, "Take a reaction back", fixed=_OFF),
    _get(_ROOM + "/pins", c.Pins, a.Page, "List the pinned messages", cached=True),
    _put(_ROOM + "/pins/{seq}", c.Pin, a.Receipt, "Pin a message", fixed={"on": True}),
    _delete(_ROOM + "/pins/{seq}", c.Pin, a.Receipt, "Unpin a message", fixed=_OFF),
    _get("/search", c.Search, a.Hits, "Find messages in rooms that one may read", example={"query": "seeds"}),
    _get("/events", Follow, bytes, "Follow rooms: server-sent events", media=("text/event-stream",),
         example={"room": "lobby"}),
)  # fmt: skip

_ORDER = (
    _post(_ROOM + "/invitations", c.Invite, a.Receipt, "Let somebody into a private room", status=201,
          example={"who": "bob"}),
    _post(_ROOM + "/kicks", c.Kick, a.Receipt, "End somebody's membership", status=201,
          example={"who": "bob", "reason": "shouting"}),
    _get(_ROOM + "/bans", c.Bans, a.SanctionList, "Who is banned, and who is muted"),
    _post(_ROOM + "/bans", c.Ban, a.Receipt, "Ban somebody", status=201, example={"who": "bob", "seconds": 3600}),
    _delete(_ROOM + "/bans/{ban}", c.Unban, a.Receipt, "Lift a ban"),
    _put(_ROOM + "/mutes/{who}", c.Mute, a.Receipt, "Let somebody say nothing", example={"seconds": 600}),
    _delete(_ROOM + "/mutes/{who}", c.Unmute, a.Receipt, "Let somebody speak again"),
    _put(_ROOM + "/roles/{who}", c.Role, a.Receipt, "Give a member another role", example={"role": "moderator"}),
    _get(_ROOM + "/acts", c.Acts, a.Page, "Read the moderation log"),
)  # fmt: skip

_BOTS = (
    _get("/bots", c.Bots, a.BotList, "List the bots that one may fetch", fixed={"room": None}),
    _get(_ROOM + "/bots", c.Bots, a.BotList, "List a room's bots"),
    _post(_ROOM + "/bots", c.Bot, a.BotSaid, "Let a bot come", status=201, fixed={"do": "add"},
          example={"nick": "eliza"}),
    _patch(_ROOM + "/bots/{nick}", c.Bot, a.BotSaid, "Change a bot", fixed={"do": "set"},
           example={"settings": {"mode": "mention"}}),
    _delete(_ROOM + "/bots/{nick}", c.Bot, a.BotSaid, "Let a bot go", fixed={"do": "remove", "settings": {}}),
    _get(_ROOM + "/why", c.Why, a.Verdicts, "Why bots spoke, or were silent"),
    _get(_ROOM + "/usage", c.Usage, a.UsageList, "What a room's bots have used"),
    _get("/usage", c.Usage, a.UsageList, "What all bots have used", fixed={"room": None}),
    _get(_ROOM + "/memories", c.Memories, a.MemoryList, "What bots remember of a room"),
    _put(_ROOM + "/memories/{memory}", c.Remember, a.Remembered, "Give a memory another text",
         example={"text": "Bob waters on Tuesdays."}),
    _delete(_ROOM + "/memories/{memory}", c.Forget, None, "Let a bot forget something", status=204),
    _post(_ROOM + "/duets", c.Duet, a.Receipt, "Let bots talk with each other", status=201,
          example={"bots": ["eliza", "parry"], "topic": "horses"}),
    _post(_ROOM + "/stop", c.Stop, a.Receipt, "Tell the room's bots to be quiet"),
    _post(_ROOM + "/continue", c.Continue, a.Receipt, "Let the room's bots go on"),
)  # fmt: skip

_WEBHOOKS = (
    _get(_ROOM + "/webhooks", c.Webhooks, a.WebhookList, "List a room's webhooks"),
    _post(_ROOM + "/incoming-webhooks", c.WebhookIn, a.WebhookMade, "Make a secret address at which programs post",
          status=201, example={"name": "deploys"}),
    _post(_ROOM + "/outgoing-webhooks", c.WebhookOut, a.WebhookMade, "Have an address told of what happens", status=201,
          example={"url": "https://example.org/take", "events": ["message"]}),
    _patch(_ROOM + "/webhooks/{webhook}", c.WebhookSet, a.WebhookMade, "Renew a webhook's secret, or switch it off",
           example={"renew": True}),
    _delete(_ROOM + "/webhooks/{webhook}", c.WebhookDrop, None, "Remove a webhook", status=204),
)  # fmt: skip

_OWNING = (
    _get("/accounts", c.Accounts, a.AccountList, "List the accounts of the server"),
    _patch("/accounts/{account}", c.AccountSet, a.AccountChanged, "Change an account", example={"owner": True}),
    _delete("/accounts/{account}", c.AccountDrop, None, "Delete an account of somebody else", status=204),
    _get("/server/rooms", c.ServerRooms, a.ServerRoomList, "List every room, private ones too"),
    _get("/server/limits", c.Limits, a.LimitList, "What limits hold, and what is used of them"),
)  # fmt: skip

GROUPS: dict[str, tuple[Route, ...]] = {
    "Coming and going": _COMING,
    "Oneself and others": _SELF,
    "Rooms": _ROOMS,
    "What is said": _SAID,
    "Keeping order": _ORDER,
    "Bots": _BOTS,
    "Webhooks": _WEBHOOKS,
    "The server, for its owners": _OWNING,
}
ROUTES: tuple[Route, ...] = tuple(route for group in GROUPS.values() for route in group)
