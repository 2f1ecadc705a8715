"""Answers: what a request's `ok` reply says, besides `type` and `re`."""

from typing import Annotated

from msgspec import Meta, Struct

from roomful.domain.events import Event, Kind, Role, Sender
from roomful.domain.settings import RoomSettings
from roomful.domain.verdicts import BotInfo, Kept, Memory, Total, Used, Verdict
from roomful.domain.webhooks import WebhookInfo

Address = Annotated[str, Meta(description="`#name` or `!id`.")]


class Answer(Struct, frozen=True, gc=False, omit_defaults=True):
    """The fields of an `ok` reply."""


class Done(Answer, frozen=True):
    """Nothing more to say.

    Answers `logout`, `leave`, `password`, `unregister`, `revoke`, `mark`, `presence`, `typing`, `draft`, `decide`, `forget`,
    `reply`, `bot_room`, `bot_drop`, `webhook_drop`, `account_drop`, `ping`, `bye`.
    """


class Welcome(Answer, frozen=True):
    """Answers `hello`."""

    server: Annotated[str, Meta(description="The server's name and release.")]
    protocol: Annotated[int, Meta(description="The version spoken from here on.")]
    epoch: Annotated[str, Meta(description="Names the history that cursors belong to.")]
    features: Annotated[tuple[str, ...], Meta(description="What this server can do beyond version 1.")]
    max_frame: Annotated[int, Meta(description="The largest payload either side may send, bytes.")]
    max_text: Annotated[int, Meta(description="The largest text of a post, bytes of UTF-8.")]
    max_in_flight: Annotated[int, Meta(description="With so many unanswered requests the server stops reading.")]
    idle: Annotated[float, Meta(description="Send something at least this often, seconds.")]
    http: Annotated[
        str,
        Meta(
            description="Where HTTP is, for files and the API: `https://HOST`, or `:PORT` on the host that one has reached; "
            "empty: nowhere."
        ),
    ] = ""
    max_file: Annotated[int, Meta(description="The largest file one may upload, bytes; 0: none.")] = 0
    listens: Annotated[
        str,
        Meta(
            description="Where clips go that are posted as `voice`: a host, or `this machine`; empty: nobody listens."
        ),
    ] = ""
    speaks: Annotated[
        str, Meta(description="Where texts go that are to be spoken: a host, or `this machine`; empty: nobody speaks.")
    ] = ""


class Me(Struct, frozen=True, gc=False):
    """The participant one is."""

    id: Annotated[str, Meta(description="The participant's opaque id, which never changes.")]
    nick: Annotated[str, Meta(description="The nick as it was taken.")]
    kind: Kind
    account: Annotated[str | None, Meta(description="The account's name; null for a guest.")] = None


class LoggedIn(Answer, frozen=True):
    """Answers `login` and `register`."""

    participant: Annotated[Me, Meta(description="Who this connection is from here on.")]
    resume: Annotated[str, Meta(description="Keep it secret; `login` with it continues as this participant.")]
    token: Annotated[str, Meta(description="With `remember`: keep it secret; `login` with it on this device.")] = ""
    device: Annotated[str, Meta(description="This device's id; empty for a guest.")] = ""
    owner: Annotated[bool, Meta(description="The account owns the server: it has an owner's rights in every room.")] = (
        False
    )


class DeviceInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A device in a list."""

    id: Annotated[str, Meta(description="Its id, for `revoke`.")]
    name: Annotated[str, Meta(description="What it called itself.")]
    created: Annotated[str, Meta(description="When it logged in first: RFC 3339, UTC.")]
    seen: Annotated[str, Meta(description="When it was last connected.")]
    address: Annotated[str, Meta(description="From which address.")] = ""
    online: Annotated[bool, Meta(description="Connected now.")] = False
    this: Annotated[bool, Meta(description="The device that asks.")] = False


class DeviceList(Answer, frozen=True):
    """Answers `devices`."""

    devices: Annotated[tuple[DeviceInfo, ...], Meta(description="The one last seen first.")]


class TokenMade(Answer, frozen=True):
    """Answers `token`."""

    token: Annotated[str, Meta(description="Keep it secret: it is shown only here.")]
    device: Annotated[str, Meta(description="Its id, for `revoke`.")]


class CodeMade(Answer, frozen=True):
    """Answers `code`."""

    code: Annotated[str, Meta(description="For `register`: it is shown only here.")]
    until: Annotated[str, Meta(description="When it ends: RFC 3339, UTC.")]


class Joined(Answer, frozen=True):
    """Answers `join`. Replayed events follow, then one `state` signal, then live events."""

    room: Annotated[str, Meta(description="`#name` or `!id`: use this from here on.")]
    head: Annotated[int, Meta(description="The room's newest event when the join took effect.")]
    count: Annotated[int, Meta(description="How many members the room has.")]
    members: Annotated[tuple[Sender, ...], Meta(description="At most 100 of them; `members` lists all.")] = ()
    topic: Annotated[str, Meta(description="The room's topic; empty: none.")] = ""
    welcome: Annotated[str, Meta(description="The room's word of greeting.")] = ""
    peer: Annotated[Sender | None, Meta(description="In a direct room: the other participant.")] = None
    kind: Annotated[str, Meta(description="`public`, `private` or `direct`.")] = "public"
    role: Role = "member"
    settings: RoomSettings = RoomSettings()
    first: Annotated[int, Meta(description="The first event one may read.")] = 1
    id: Annotated[
        str, Meta(description="Its opaque id: `!` and this names the room for ever, whatever it is called.")
    ] = ""


class Receipt(Answer, frozen=True):
    """Answers `post`, `topic` and every other command upon a room: recorded, under this number."""

    room: Address
    seq: Annotated[int, Meta(ge=1, description="The event's number in the room.")]


class Renamed(Answer, frozen=True):
    """Answers `nick`."""

    nick: Annotated[str, Meta(description="The nick as it was taken.")]


class Page(Answer, frozen=True):
    """Answers `history`, `thread`, `changes`, `pins` and `acts`: events."""

    room: Address
    events: Annotated[tuple[Event, ...], Meta(description="Of `history`: in the order of their numbers, without gaps.")]
    head: Annotated[int, Meta(description="The room's newest event.")]
    more: Annotated[bool, Meta(description="There are more in the direction asked for; with `around`: newer ones.")] = (
        False
    )
    changes: Annotated[
        tuple[Event, ...],
        Meta(
            description="Of `history`, `thread` and `pins`: what was done to these messages, where it is not among the events: "
            "their newest edits and pins, and reactions."
        ),
    ] = ()


class RoomInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A room in a list."""

    room: Address
    count: Annotated[int, Meta(description="How many members.")]
    head: Annotated[int, Meta(description="Its newest event.")]
    topic: Annotated[str, Meta(description="Its topic; empty: none.")] = ""
    peer: Annotated[Sender | None, Meta(description="In a direct room: the other participant.")] = None
    kind: Annotated[str, Meta(description="`public`, `private` or `direct`.")] = "public"
    archived: Annotated[bool, Meta(description="Nobody may write any more.")] = False
    invited: Annotated[bool, Meta(description="One is invited to this private room, and not in it yet.")] = False


class RoomList(Answer, frozen=True):
    """Answers `rooms`."""

    rooms: Annotated[tuple[RoomInfo, ...], Meta(description="In the order of their names without regard to case.")]
    more: Annotated[bool, Meta(description="There are more: ask `after` the last `room`.")] = False


class MemberInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A member in a list."""

    id: Annotated[str, Meta(description="The participant's opaque id.")]
    nick: Annotated[str, Meta(description="Its nick now.")]
    kind: Kind
    role: Role = "member"
    online: Annotated[bool, Meta(description="Connected now.")] = False
    state: Annotated[str, Meta(description="`online`, `idle` or `away`, of one who is connected.")] = "online"
    text: Annotated[str, Meta(description="What it says of that.")] = ""


class MemberList(Answer, frozen=True):
    """Answers `members`."""

    room: Address
    count: Annotated[int, Meta(description="How many members the room has.")]
    members: Annotated[tuple[MemberInfo, ...], Meta(description="In the order of their nicks without regard to case.")]
    more: Annotated[bool, Meta(description="There are more: ask `after` the last `nick`.")] = False


class Found(Struct, frozen=True, gc=False, omit_defaults=True):
    """A message that a search found."""

    room: Address
    seq: Annotated[int, Meta(description="Its number.")]
    at: Annotated[str, Meta(description="When it was recorded: RFC 3339, UTC, milliseconds.")]
    sender: Annotated[Sender, Meta(description="Who said it.")]
    snippet: Annotated[str, Meta(description="The part of its text that fits best.")]
    matches: Annotated[
        tuple[tuple[int, int], ...], Meta(description="Where in the snippet: begin and end, in code points.")
    ] = ()
    thread: Annotated[int | None, Meta(description="The thread it was said in.")] = None


class Hits(Answer, frozen=True):
    """Answers `search`."""

    hits: Annotated[tuple[Found, ...], Meta(description="The best first.")]
    more: Annotated[bool, Meta(description="There are more: ask with an `offset`.")] = False
    behind: Annotated[bool, Meta(description="The index is being made, and not all is found yet.")] = False


class SanctionInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A ban or a mute in a list."""

    seq: Annotated[int, Meta(description="Its number, for `unban`.")]
    what: Annotated[str, Meta(description="`ban` or `mute`.")]
    by: Annotated[Sender, Meta(description="Whose it is.")]
    id: Annotated[str, Meta(description="The participant it is about.")] = ""
    nick: Annotated[str, Meta(description="Its nick at that time.")] = ""
    mask: Annotated[str, Meta(description="The pattern of nicks.")] = ""
    address: Annotated[str, Meta(description="The address or network.")] = ""
    until: Annotated[str | None, Meta(description="When it ends: RFC 3339, UTC.")] = None
    reason: Annotated[str, Meta(description="Why.")] = ""


class SanctionList(Answer, frozen=True):
    """Answers `bans`."""

    room: Address
    bans: Annotated[tuple[SanctionInfo, ...], Meta(description="The newest first.")]
    more: Annotated[bool, Meta(description="There are more than fit.")] = False


class ThreadInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """What is unread in a thread that one takes part in."""

    thread: Annotated[int, Meta(description="The number of the message it hangs on.")]
    unread: Annotated[int, Meta(description="Messages of others after what one has read of it; at most 1,000.")]
    read: Annotated[int, Meta(description="How far one has read.")] = 0


class UnreadInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """What is unread in a room."""

    room: Address
    head: Annotated[int, Meta(description="The room's newest event.")]
    read: Annotated[int, Meta(description="How far one has read.")] = 0
    unread: Annotated[int, Meta(description="Messages of others after that, threads apart; at most 1,000.")] = 0
    mentions: Annotated[
        int, Meta(description="Messages after that which name one, or everybody; those of threads too.")
    ] = 0
    threads: Annotated[tuple[ThreadInfo, ...], Meta(description="Those in which something is unread.")] = ()
    peer: Annotated[Sender | None, Meta(description="In a direct room: the other participant.")] = None


class UnreadList(Answer, frozen=True):
    """Answers `unread`: one's rooms."""

    rooms: Annotated[tuple[UnreadInfo, ...], Meta(description="Those with news first.")]
    more: Annotated[bool, Meta(description="There are more rooms than fit.")] = False


class Person(Answer, frozen=True):
    """Answers `whois`."""

    id: Annotated[str, Meta(description="The participant's opaque id.")]
    nick: Annotated[str, Meta(description="Its nick now.")]
    kind: Kind
    account: Annotated[str | None, Meta(description="The account's name; null for a guest.")] = None
    online: Annotated[bool, Meta(description="Connected now.")] = False
    state: Annotated[str, Meta(description="`online`, `idle` or `away`.")] = "online"
    text: Annotated[str, Meta(description="What it says of that.")] = ""
    seen: Annotated[str | None, Meta(description="When it was last connected: RFC 3339, UTC.")] = None
    rooms: Annotated[tuple[str, ...], Meta(description="Rooms in which both of you are.")] = ()


class Verdicts(Answer, frozen=True):
    """Answers `why`."""

    room: Address
    verdicts: Annotated[tuple[Verdict, ...], Meta(description="The newest first.")]
    nicks: Annotated[dict[str, str], Meta(description="What the bots among them are called, by id.")] = {}
    totals: Annotated[tuple[Total, ...], Meta(description="If asked for: by bot, that of most lines first.")] = ()
    rest: Annotated[
        int,
        Meta(description="Of lines asked for by `first` and `last`, those up to this one did not fit; 0: all did."),
    ] = 0


class UsageList(Answer, frozen=True):
    """Answers `usage`: by day, model, bot, room and person."""

    used: Annotated[tuple[Used, ...], Meta(description="The newest day first.")]
    nicks: Annotated[dict[str, str], Meta(description="What the bots and people among them are called, by id.")] = {}
    more: Annotated[bool, Meta(description="There is more than fits.")] = False


class MemoryList(Answer, frozen=True):
    """Answers `memories`."""

    memories: Annotated[tuple[Memory, ...], Meta(description="The newest first.")]
    nicks: Annotated[dict[str, str], Meta(description="What the bots and people among them are called, by id.")] = {}
    more: Annotated[bool, Meta(description="There are more than fit.")] = False


class Remembered(Answer, frozen=True):
    """Answers `remember`."""

    memory: Annotated[str, Meta(description="Its id.")]


class StateList(Answer, frozen=True):
    """Answers `state_get`: the values by name."""

    values: Annotated[tuple[Kept, ...], Meta(description="In the order of their names.")]
    more: Annotated[bool, Meta(description="There are more than fit.")] = False


class Version(Answer, frozen=True):
    """Answers `state_put`."""

    version: Annotated[int, Meta(description="Of the value that is kept now.")]


class BotList(Answer, frozen=True):
    """Answers `bots`."""

    bots: Annotated[tuple[BotInfo, ...], Meta(description="By nick.")]
    more: Annotated[bool, Meta(description="There are more: ask `after` the last nick.")] = False


class BotSaid(Answer, frozen=True):
    """Answers `bot`."""

    text: Annotated[str, Meta(description="What was done.")]


class BotMade(Answer, frozen=True):
    """Answers `bot_put`."""

    bot: Annotated[str, Meta(description="The bot's id.")]


class WebhookMade(Answer, frozen=True):
    """Answers `webhook_in`, `webhook_out` and `webhook_set`."""

    webhook: Annotated[str, Meta(description="Its id, for `webhook_set` and `webhook_drop`.")]
    secret: Annotated[
        str,
        Meta(
            description="Keep it secret: it is shown only here. Of one that comes in: the end of its address. Of one that "
            "goes out: what is sent is signed with it. Empty: it is as it was."
        ),
    ] = ""
    address: Annotated[
        str,
        Meta(
            description="Of one that comes in: what stands before `secret`; it begins with `/` if that is all one knows."
        ),
    ] = ""

    @property
    def url(self) -> str:
        """Where programs post, of one that comes in."""
        return self.address + self.secret if self.address else ""


class WebhookList(Answer, frozen=True):
    """Answers `webhooks`."""

    room: Address
    webhooks: Annotated[tuple[WebhookInfo, ...], Meta(description="The oldest first.")]


AnyAnswer = (
    Done
    | Welcome
    | LoggedIn
    | DeviceList
    | TokenMade
    | CodeMade
    | Joined
    | Receipt
    | Renamed
    | Page
    | Hits
    | RoomList
    | MemberList
    | UnreadList
    | Person
    | SanctionList
    | Verdicts
    | UsageList
    | MemoryList
    | Remembered
    | StateList
    | Version
    | BotList
    | BotSaid
    | BotMade
    | WebhookMade
    | WebhookList
)


class AccountInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """An account in the list of all."""

    id: Annotated[str, Meta(description="The participant's opaque id.")]
    account: Annotated[str, Meta(description="The account's name.")]
    nick: Annotated[str, Meta(description="Its nick now.")]
    kind: Kind
    created: Annotated[str, Meta(description="When it was made: RFC 3339, UTC.")]
    seen: Annotated[str, Meta(description="When it was last connected; empty: not known.")] = ""
    owner: Annotated[bool, Meta(description="It owns the server.")] = False
    online: Annotated[bool, Meta(description="Connected now.")] = False
    disabled: Annotated[bool, Meta(description="Nobody may log in to it.")] = False
    waiting: Annotated[bool, Meta(description="It has no password: its person has not come yet.")] = False
    hosted: Annotated[bool, Meta(description="It is run by the bot host, which alone changes and deletes it.")] = False
    devices: Annotated[int, Meta(description="On how many devices it is logged in.")] = 0
    rooms: Annotated[int, Meta(description="Of how many rooms it is a member, direct ones apart.")] = 0


class AccountList(Answer, frozen=True):
    """Answers `accounts`."""

    accounts: Annotated[
        tuple[AccountInfo, ...], Meta(description="In the order of their names without regard to case.")
    ]
    more: Annotated[bool, Meta(description="There are more: ask `after` the last `account`.")] = False


class AccountChanged(Answer, frozen=True):
    """Answers `account_set`."""

    code: Annotated[
        str, Meta(description="If asked for: for `register` with the account's name. It is shown only here.")
    ] = ""
    until: Annotated[str, Meta(description="When the code ends: RFC 3339, UTC.")] = ""


class ServerRoomInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A room in the list of all."""

    room: Address
    id: Annotated[str, Meta(description="Its opaque id: `!` and this names it for ever.")]
    kind: Annotated[str, Meta(description="`public` or `private`.")]
    created: Annotated[str, Meta(description="When it began: RFC 3339, UTC.")]
    count: Annotated[int, Meta(description="How many members.")]
    head: Annotated[int, Meta(description="Its newest event.")]
    at: Annotated[str, Meta(description="When that was recorded; empty: there is none.")] = ""
    owners: Annotated[tuple[str, ...], Meta(description="Nicks of its owners, at most 10; none: nobody owns it.")] = ()
    archived: Annotated[bool, Meta(description="Nobody may write any more.")] = False
    bytes: Annotated[int, Meta(description="Of files that were uploaded to it.")] = 0


class ServerRoomList(Answer, frozen=True):
    """Answers `server_rooms`."""

    rooms: Annotated[
        tuple[ServerRoomInfo, ...], Meta(description="In the order of their names without regard to case.")
    ]
    direct: Annotated[int, Meta(description="How many direct rooms there are: whose, nobody is told.")] = 0
    more: Annotated[bool, Meta(description="There are more: ask `after` the last `room`.")] = False


class LimitInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A limit."""

    name: Annotated[str, Meta(description="Table and key in `roomful.toml`: `limits.max_frame`; or what it is called.")]
    value: Annotated[float, Meta(description="How much.")]
    unit: Annotated[str, Meta(description="Of what: `bytes`, `seconds`, `per second`, `USD` …; empty: how many.")] = ""
    about: Annotated[str, Meta(description="What it limits.")] = ""
    used: Annotated[
        float | None, Meta(description="How much of it is used, by whoever uses most; null: not known.")
    ] = None
    lifted: Annotated[bool, Meta(description="It does not hold: it is switched off.")] = False
    fixed: Annotated[bool, Meta(description="It is built in: no setting changes it.")] = False


class LimitList(Answer, frozen=True):
    """Answers `limits`."""

    limits: Annotated[
        tuple[LimitInfo, ...], Meta(description="In the order of the configuration, then those built in.")
    ]
    accounts: Annotated[int, Meta(description="How many accounts there are.")] = 0
    rooms: Annotated[int, Meta(description="How many rooms with a name.")] = 0
    database: Annotated[int, Meta(description="How large the database is, bytes; 0: not known.")] = 0
    files: Annotated[int, Meta(description="What was uploaded, bytes.")] = 0
    free: Annotated[int, Meta(description="What is free on the disk of the files, bytes; 0: not known.")] = 0
