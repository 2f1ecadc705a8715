"""What a participant may ask of the server: commands, which change something, and questions.

Field texts here are the field tables of docs/protocol.md, and the constraints are checked while decoding, so that a
handler sees only what fits.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from roomful.domain.events import Style
from roomful.domain.verdicts import Verdict

MOST = 2**53 - 1  # the largest integer of which every JSON reader makes the same number (RFC 8259, section 6)

Id = Annotated[int, Meta(ge=0, le=MOST, description="Chosen by the client; the reply bears it as `re`.")]
RoomRef = Annotated[str, Meta(min_length=1, max_length=65, description="`#name`, or `!id` for a direct room.")]
Nonce = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt again.",
    ),
]
Again = Annotated[bool, Meta(description="This may have been sent before: look for its receipt in the store too.")]
Cursor = Annotated[int, Meta(ge=0, le=MOST, description="An event's number; 0 is before the first.")]
Limit = Annotated[int, Meta(ge=1, le=500, description="How many at most; fewer come if the frame is full.")]


Password = Annotated[str, Meta(min_length=1, max_length=1024, description="The password.")]
Who = Annotated[
    str, Meta(min_length=1, max_length=65, description="A nick; or `!` and a participant's id, for one who is away.")
]
Reason = Annotated[str, Meta(max_length=500, description="Why, in words.")]
Seconds = Annotated[int, Meta(ge=1, le=10 * 365 * 86_400, description="For how long; absent: until it is lifted.")]
Target = Annotated[int, Meta(ge=1, le=MOST, description="The message's number.")]


class Request(Struct, frozen=True, gc=False, tag_field="type", tag=str.lower):
    """One request. Each gets exactly one reply."""

    id: Id


class Login(Request, frozen=True):
    """Become a participant on this connection: a new guest, an account, or, with `resume`, the one that was."""

    nick: (
        Annotated[str, Meta(max_length=64, description="The nick wanted by a guest. With `resume` it may be left out.")]
        | None
    ) = None
    resume: (
        Annotated[str, Meta(max_length=256, description="From an earlier login's reply: continue as that participant.")]
        | None
    ) = None
    account: Annotated[str, Meta(max_length=64, description="The account's name; with `password`.")] | None = None
    password: Password | None = None
    remember: Annotated[bool, Meta(description="With `password`: give a `token` for this device.")] = False
    token: Annotated[str, Meta(max_length=128, description="Of a device, instead of account and password.")] | None = (
        None
    )
    code: (
        Annotated[str, Meta(max_length=32, description="The code that guests need, where the server asks for one.")]
        | None
    ) = None
    act_as: (
        Annotated[
            str,
            Meta(max_length=64, description="With the `token` of a bot host: id of the bot that this connection is."),
        ]
        | None
    ) = None
    beside: Annotated[
        bool,
        Meta(
            description="With `resume`: stand beside the connection that holds it, with a `resume` of one's own, "
            "instead of taking its place."
        ),
    ] = False


class Register(Request, frozen=True):
    """Make an account and be it on this connection. A guest that does so keeps its id and its memberships."""

    account: Annotated[str, Meta(max_length=64, description="The account's name, which is its nick.")]
    password: Password
    invite: (
        Annotated[
            str,
            Meta(max_length=128, description="An invite code, an activation code, or the token of the first owner."),
        ]
        | None
    ) = None
    remember: Annotated[bool, Meta(description="Give a `token` for this device.")] = False


class SetPassword(Request, frozen=True, tag="password"):
    """Change one's password. All other devices of the account are logged out."""

    password: Password
    new_password: Password


class Unregister(Request, frozen=True):
    """Delete one's account: it, its devices and its memberships are gone, and the connection ends."""

    password: Password
    erase: Annotated[bool, Meta(description="Redact every message it wrote, too.")] = False


class Devices(Request, frozen=True):
    """List the devices that are logged in to one's account."""


class Revoke(Request, frozen=True):
    """Log a device of one's account out."""

    device: Annotated[str, Meta(max_length=64, description="Its `id`.")]


class Token(Request, frozen=True):
    """Make a token for a device or a program of one's account."""

    name: Annotated[str, Meta(min_length=1, max_length=100, description="What it is for.")]
    days: Annotated[int, Meta(ge=1, le=3650, description="Days without use after which it ends.")] = 90


class Code(Request, frozen=True):
    """Make a code with which somebody may register. For owners of the server."""

    uses: Annotated[int, Meta(ge=1, le=1000, description="How often it may be used.")] = 1
    days: Annotated[int, Meta(ge=1, le=365, description="How long it is good.")] = 7


class Logout(Request, frozen=True):
    """Stop being a participant on this connection, which stays open for another `login`."""


class Join(Request, frozen=True):
    """Become a member of the room, unless one is already, and follow its events on this connection."""

    room: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=65,
            description="`#name` (created if there is none), `!id`, or `@nick` for the direct room with somebody.",
        ),
    ]
    after: Annotated[int, Meta(ge=0, le=MOST, description="Replay every event after this number.")] | None = None
    last: Annotated[int, Meta(ge=0, le=500, description="Replay the newest so many. Neither: live only.")] | None = None
    signals: Annotated[bool, Meta(description="False: events only, no signals.")] = True
    epoch: (
        Annotated[
            str,
            Meta(
                max_length=64,
                description="The epoch `after` belongs to; refused as `epoch_changed` if it is not the server's.",
            ),
        ]
        | None
    ) = None
    create: Annotated[
        bool,
        Meta(description="False: where there is no room `#name`, it is refused as `no_such_room`, and not created."),
    ] = True


class Leave(Request, frozen=True):
    """Stop being a member of the room. In a direct room: only stop following it."""

    room: RoomRef


class Post(Request, frozen=True):
    """Say something in a room."""

    room: RoomRef
    nonce: Nonce
    text: Annotated[
        str, Meta(description="1 to `max_text` bytes of UTF-8, no U+0000; with `attachments` it may be empty.")
    ] = ""
    style: Style = "text"
    reply_to: Annotated[int, Meta(ge=1, le=MOST, description="The number of an event of this room.")] | None = None
    again: Again = False
    thread: Annotated[int, Meta(ge=1, le=MOST, description="The message in whose thread this is said.")] | None = None
    causes: Annotated[
        tuple[int, ...],
        Meta(
            max_length=100,
            description="Of a bot: the numbers of the lines that woke it. Without any, this wakes no bot.",
        ),
    ] = ()
    conversation: (
        Annotated[
            int, Meta(ge=1, le=MOST, description="Of a bot: the number of the conversation in which it says this.")
        ]
        | None
    ) = None
    cut: Annotated[Literal["", "stopped", "failed"], Meta(description="Of a bot: why its answer is not whole.")] = ""
    attachments: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...],
        Meta(max_length=10, description="Ids of files that one has uploaded to this room, each for one message."),
    ] = ()


class Nick(Request, frozen=True):
    """Take another nick, in all rooms at once."""

    nick: Annotated[str, Meta(max_length=64, description="The new nick.")]


class Topic(Request, frozen=True):
    """Set the room's topic."""

    room: RoomRef
    nonce: Nonce
    text: Annotated[str, Meta(description="At most 1,000 bytes of UTF-8, no control characters; empty: none.")]
    again: Again = False


class Act(Request, frozen=True, kw_only=True):
    """A command upon a room."""

    room: RoomRef
    nonce: Nonce
    again: Again = False


class Create(Act, frozen=True):
    """Begin a room, and be its owner. `join` it to follow it. (Joining a name that is not there begins a public one.)"""

    kind: Annotated[Literal["public", "private"], Meta(description="`private`: for those invited.")] = "public"
    description: Annotated[str, Meta(max_length=1000, description="What the room is for.")] = ""


class Edit(Act, frozen=True):
    """Give a message of one's own another text."""

    seq: Target
    text: Annotated[str, Meta(description="As in `post`.")]


class Redact(Act, frozen=True):
    """Erase the text of a message, for ever. Its place stays."""

    seq: Target
    reason: Reason = ""


class React(Act, frozen=True):
    """React to a message, or take it back."""

    seq: Target
    emoji: Annotated[str, Meta(min_length=1, max_length=32, description="The reaction; at most 32 bytes of UTF-8.")]
    on: Annotated[bool, Meta(description="False: take it back.")] = True


class Pin(Act, frozen=True):
    """Pin a message, or unpin it. A room has at most 50."""

    seq: Target
    on: Annotated[bool, Meta(description="False: unpin.")] = True


class Set(Act, frozen=True):
    """Change settings of the room. What is absent stays."""

    description: Annotated[str, Meta(max_length=1000, description="What the room is for.")] | None = None
    kind: Annotated[Literal["public", "private"], Meta(description="`private`: for those invited.")] | None = None
    history: (
        Annotated[Literal["all", "joined"], Meta(description="What members may read: all, or from their joining on.")]
        | None
    ) = None
    slow: (
        Annotated[int, Meta(ge=0, le=86_400, description="Seconds between two messages of one member; 0: none.")] | None
    ) = None
    retention: (
        Annotated[int, Meta(ge=0, le=36_500, description="Days after which texts are erased; 0: never.")] | None
    ) = None
    archived: Annotated[bool, Meta(description="True: nobody may write any more.")] | None = None
    models: (
        Annotated[Literal["any", "local"], Meta(description="`local`: no line goes to a model on another machine.")]
        | None
    ) = None


class Rename(Act, frozen=True):
    """Give the room another name."""

    name: Annotated[str, Meta(min_length=1, max_length=65, description="The new `#name`.")]


class Delete(Act, frozen=True):
    """Delete the room and all that was said in it."""

    reason: Reason = ""


class Invite(Act, frozen=True):
    """Let somebody enter a private room."""

    who: Who


class Kick(Act, frozen=True):
    """End somebody's membership. It may come back."""

    who: Who
    reason: Reason = ""


class Ban(Act, frozen=True):
    """End somebody's membership, and let nobody in who fits. One of `who`, `mask`, `address`.

    A ban of a participant also covers guests from the addresses that it came from in the last hour; never loopback.
    """

    who: Who | None = None
    mask: (
        Annotated[
            str,
            Meta(min_length=1, max_length=64, description="A pattern of nicks: `*` any characters, `?` any one."),
        ]
        | None
    ) = None
    address: (
        Annotated[
            str, Meta(min_length=1, max_length=64, description="An IP address, or a network such as 192.0.2.0/24.")
        ]
        | None
    ) = None
    seconds: Seconds | None = None
    reason: Reason = ""


class Unban(Act, frozen=True):
    """Lift a ban."""

    ban: Annotated[int, Meta(ge=1, le=MOST, description="Its number, as `bans` lists it.")]


class Mute(Act, frozen=True):
    """Let somebody read, and say nothing."""

    who: Who
    seconds: Seconds | None = None
    reason: Reason = ""


class Unmute(Act, frozen=True):
    """Let somebody speak again."""

    who: Who


class Role(Act, frozen=True):
    """Give a member another role."""

    who: Who
    role: Annotated[Literal["owner", "moderator", "member"], Meta(description="The new role.")]


class Mark(Request, frozen=True):
    """Say how far one has read; one's other devices are told. It never goes back."""

    room: RoomRef
    seq: Annotated[int, Meta(ge=0, le=MOST, description="The newest event read.")]
    thread: Annotated[int, Meta(ge=1, le=MOST, description="In this thread; absent: in the room.")] | None = None


class Presence(Request, frozen=True):
    """Say how one is there. It lasts as long as one is connected."""

    state: Annotated[Literal["online", "idle", "away"], Meta(description="`idle` is what clients say by themselves.")]
    text: Annotated[str, Meta(max_length=100, description="Why one is away, or what one does.")] = ""


class Typing(Request, frozen=True):
    """Tell the room that you type, or stopped. Told at most once in 3 seconds; what is over that is dropped."""

    room: RoomRef
    on: Annotated[bool, Meta(description="False: stopped without sending.")] = True


class History(Request, frozen=True):
    """Read the room's log. With none of `before`, `after`, `around`: its newest events."""

    room: RoomRef
    before: Annotated[int, Meta(ge=1, le=MOST, description="Events up to, not including, this number.")] | None = None
    after: Annotated[int, Meta(ge=0, le=MOST, description="Events from after this number.")] | None = None
    around: (
        Annotated[int, Meta(ge=1, le=MOST, description="Events on both sides of this number, itself included.")] | None
    ) = None
    limit: Limit = 50


class Rooms(Request, frozen=True):
    """List rooms: those that anybody may join, or one's own."""

    mine: Annotated[bool, Meta(description="Only rooms one is a member of, direct ones included.")] = False
    after: Annotated[str, Meta(max_length=65, description="The last room of the page before.")] | None = None
    limit: Limit = 100


class Members(Request, frozen=True):
    """List a room's members, by nick."""

    room: RoomRef
    after: Annotated[str, Meta(max_length=64, description="The last nick of the page before.")] | None = None
    limit: Limit = 100


class Search(Request, frozen=True):
    """Find messages in rooms that one may read, the best first: docs/search.md has the query's language."""

    query: Annotated[str, Meta(min_length=1, max_length=500, description="What to look for.")]
    room: RoomRef | None = None
    limit: Annotated[int, Meta(ge=1, le=100, description="How many at most.")] = 20
    offset: Annotated[int, Meta(ge=0, le=1000, description="How many to pass over.")] = 0


class Thread(Request, frozen=True):
    """Read a thread: the messages said in it, after a number."""

    room: RoomRef
    seq: Target
    after: Cursor = 0
    limit: Limit = 50


class Pins(Request, frozen=True):
    """List the messages pinned in a room, the newest pin first."""

    room: RoomRef


class Changes(Request, frozen=True):
    """Read the edits, reactions and redactions of a message."""

    room: RoomRef
    seq: Target
    after: Cursor = 0
    limit: Limit = 100


class Acts(Request, frozen=True):
    """Read the moderation log of a room: who did what, the newest first."""

    room: RoomRef
    before: Annotated[int, Meta(ge=1, le=MOST, description="Events up to, not including, this number.")] | None = None
    limit: Limit = 50


class Bans(Request, frozen=True):
    """List who is banned from a room, and who is muted in it."""

    room: RoomRef


class Unread(Request, frozen=True):
    """Say what one has missed: by room, how much is unread, and how much of it names one."""


class Whois(Request, frozen=True):
    """Say who somebody is, whether here, and when last seen."""

    who: Who


class Bye(Request, frozen=True):
    """End the visit: a guest's nick is free at once and its memberships end. After the reply comes `goodbye`."""


class Ping(Request, frozen=True):
    """Show that the connection lives."""


class Hello(Request, frozen=True):
    """The first request of a connection."""

    protocol: Annotated[int, Meta(ge=1, le=MOST, description="The version the client speaks: 1.")]
    agent: Annotated[str, Meta(max_length=100, description="Which program: for the server's log.")] = ""


# -- bots ---------------------------------------------------------------------------------------------------


class Draft(Request, frozen=True):
    """Show an answer while it is being written. For bots. The `post` whose nonce is the draft's id ends it."""

    room: RoomRef
    draft: Annotated[
        str, Meta(min_length=1, max_length=64, description="The draft's id: the nonce of the post to come.")
    ]
    at: Annotated[int, Meta(ge=0, le=MOST, description="Where this part goes, in code points from the start.")] = 0
    append: Annotated[str, Meta(description="The part.")] = ""
    dropped: Annotated[bool, Meta(description="Nothing comes of it: forget what was shown.")] = False


class Duet(Act, frozen=True):
    """Let bots talk with each other: a conversation, which ends. Bots that are not in the room come in."""

    bots: Annotated[tuple[Who, ...], Meta(min_length=2, max_length=8, description="Who talks.")]
    topic: Annotated[str, Meta(max_length=500, description="About what.")] = ""
    turns: Annotated[int, Meta(ge=2, le=500, description="How many lines, of all together.")] = 12
    seconds: Annotated[int, Meta(ge=10, le=86_400, description="For how long.")] = 600
    tokens: Annotated[int, Meta(ge=0, le=MOST, description="For how many tokens, of all together; 0: not said.")] = 0


class Conclude(Act, frozen=True):
    """Say that a conversation has come to its end by itself. For the bots in it."""

    conversation: Annotated[int, Meta(ge=1, le=MOST, description="Its number.")]
    how: Annotated[
        Literal["settled", "turns", "time", "tokens", "failed"],
        Meta(description="`settled`: they had said what there was; else what it ran out of."),
    ]


class Stop(Act, frozen=True):
    """Tell the room's bots to be quiet: answers under way end, and so does a conversation."""


class Continue(Act, frozen=True):
    """Let the room's bots go on, and a conversation that was interrupted."""


class Decide(Request, frozen=True):
    """Record why a bot spoke, or was silent. Of a bot, about itself; of a bot host, about any."""

    room: RoomRef
    verdicts: Annotated[
        tuple[Verdict, ...], Meta(min_length=1, max_length=100, description="In the order of their lines.")
    ]
    tell: Annotated[
        tuple[str, ...],
        Meta(max_length=20, description="Ids of those who would have expected an answer: they are told."),
    ] = ()


class Why(Request, frozen=True):
    """Ask why bots spoke, or were silent: at a line, or of late; with `first` and `last`, as it stands under these lines."""

    room: RoomRef
    seq: Annotated[int, Meta(ge=1, le=MOST, description="The line; absent: the newest verdict of each bot.")] | None = (
        None
    )
    limit: Limit = 50
    totals: Annotated[bool, Meta(description="Add up, by bot and rule, what was decided in the last 7 days, too.")] = (
        False
    )
    first: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=MOST,
                description="With `last`, instead of `seq`: what people were told of these lines. Silences of one bot by one "
                "rule that follow each other are one.",
            ),
        ]
        | None
    ) = None
    last: Annotated[int, Meta(ge=1, le=MOST, description="The last of these lines.")] | None = None


class Usage(Request, frozen=True):
    """Ask what the bots of a room have used; without a room, of all rooms: for the server's owner, and for bot hosts."""

    room: RoomRef | None = None
    days: Annotated[int, Meta(ge=1, le=400, description="Of so many days, today being one (UTC).")] = 1


class Remember(Request, frozen=True):
    """Keep something in a bot's memory of a room, or give what is kept another text. The latter may moderators, too."""

    room: RoomRef
    text: Annotated[str, Meta(min_length=1, max_length=4_000, description="What to remember.")]
    kind: Annotated[
        Literal["note", "summary"], Meta(description="`summary`: of the room, up to `seq`; there is one.")
    ] = "note"
    seq: Annotated[int, Meta(ge=0, le=MOST, description="The line that it comes from, or up to which it goes.")] = 0
    memory: Annotated[str, Meta(max_length=64, description="The one to replace; empty: a new one.")] = ""


class Memories(Request, frozen=True):
    """List what bots remember of a room."""

    room: RoomRef
    bot: Annotated[str, Meta(max_length=64, description="Only of the bot with this id.")] = ""


class Forget(Request, frozen=True):
    """Delete something that a bot remembers: what comes from a line of one's own, or, as a moderator, anything."""

    room: RoomRef
    memory: Annotated[str, Meta(min_length=1, max_length=64, description="Its id.")]


class StatePut(Request, frozen=True, tag="state_put"):
    """Keep a value for oneself. For bots."""

    key: Annotated[str, Meta(min_length=1, max_length=100, description="Its name.")]
    value: Annotated[str, Meta(max_length=32_000, description="The value.")]
    version: Annotated[int, Meta(ge=0, le=MOST, description="Of the value that this replaces; 0: there is none.")] = 0


class StateGet(Request, frozen=True, tag="state_get"):
    """Read the values that one keeps. For bots."""

    key: Annotated[str, Meta(max_length=100, description="The beginning of their names.")] = ""
    after: Annotated[str, Meta(max_length=100, description="The last name of the page before.")] = ""


class Bots(Request, frozen=True):
    """List the bots of a room, or all that one may fetch; or tell of one of them what its members may know."""

    room: RoomRef | None = None
    after: Annotated[str, Meta(max_length=64, description="The last nick of the page before.")] = ""
    bot: Annotated[
        str, Meta(max_length=64, description="Only the one with this id, and with its persona and its budgets.")
    ] = ""


class Bot(Act, frozen=True):
    """Let a bot come, be otherwise, or go. For those who may moderate the room. The bot host does it, and says how it went."""

    do: Annotated[Literal["add", "set", "remove"], Meta(description="What to do.")]
    nick: Annotated[str, Meta(min_length=1, max_length=64, description="The bot's nick.")]
    settings: Annotated[
        dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=8_000)]],
        Meta(
            max_length=30,
            description="Names and values, as `[[bots]]` of the configuration has them: `model`, `mode` …",
        ),
    ] = {}


class Reply(Request, frozen=True):
    """Say how it went. For bot hosts, to the signal `asked`."""

    ask: Annotated[int, Meta(ge=0, le=MOST, description="As in the signal.")]
    text: Annotated[
        str, Meta(max_length=2_000, description="What was done, or what was wrong and what would be right.")
    ]
    code: Annotated[str, Meta(max_length=64, description="An error's code; empty: it went well.")] = ""


class BotPut(Request, frozen=True, tag="bot_put"):
    """Make a bot, or describe it anew. For bot hosts."""

    nick: Annotated[str, Meta(min_length=1, max_length=64, description="Its nick, which is its account's name.")]
    model: Annotated[str, Meta(max_length=200, description="`provider:model`.")]
    destination: Annotated[
        str, Meta(max_length=200, description="Where the lines go that it reads; empty: this machine.")
    ] = ""
    max_bounce: Annotated[
        int, Meta(ge=0, le=100, description="How many answers of bots may hang on one of its lines.")
    ] = 0
    settings: Annotated[str, Meta(max_length=16_000, description="All the rest, for the bot host: JSON.")] = "{}"


class BotDrop(Request, frozen=True, tag="bot_drop"):
    """Delete a bot: its account, its memberships, its memory. For bot hosts."""

    bot: Annotated[str, Meta(min_length=1, max_length=64, description="Its id.")]


class BotRoom(Request, frozen=True, tag="bot_room"):
    """Say how a bot is in a room. For bot hosts."""

    bot: Annotated[str, Meta(min_length=1, max_length=64, description="Its id.")]
    room: RoomRef
    mode: Annotated[str, Meta(max_length=200, description="As docs/bots.md lists them.")] = "mention"
    host: Annotated[bool, Meta(description="It answers somebody who is alone with it.")] = False
    settings: Annotated[str, Meta(max_length=16_000, description="All the rest, for the bot host: JSON.")] = "{}"


# -- webhooks -------------------------------------------------------------------------------------------------


class WebhookIn(Request, frozen=True, tag="webhook_in"):
    """Make a secret address under which programs post into the room (docs/webhooks.md)."""

    room: RoomRef
    name: Annotated[str, Meta(min_length=1, max_length=64, description="The nick under which they post.")]


class WebhookOut(Request, frozen=True, tag="webhook_out"):
    """Have an address told of what happens in the room: each event is posted there, signed (docs/webhooks.md)."""

    room: RoomRef
    url: Annotated[str, Meta(min_length=1, max_length=2_000, description="It begins with https:// or http://.")]
    events: Annotated[
        tuple[Annotated[str, Meta(max_length=64)], ...],
        Meta(max_length=40, description="Types of events, such as `message`; none: all."),
    ] = ()


class WebhookSet(Request, frozen=True, tag="webhook_set"):
    """Give a webhook another secret; or, of one that goes out, switch it off and on again."""

    room: RoomRef
    webhook: Annotated[str, Meta(min_length=1, max_length=64, description="Its id.")]
    renew: Annotated[bool, Meta(description="Make a new secret; the old one is good no more.")] = False
    on: Annotated[bool, Meta(description="False: off. Switched on again, it goes on where it had stopped.")] | None = (
        None
    )
    skip: Annotated[bool, Meta(description="With `on`: leave out what was said meanwhile.")] = False


class WebhookDrop(Request, frozen=True, tag="webhook_drop"):
    """Remove a webhook."""

    room: RoomRef
    webhook: Annotated[str, Meta(min_length=1, max_length=64, description="Its id.")]


class Webhooks(Request, frozen=True):
    """List the webhooks of a room."""

    room: RoomRef


# -- the server, for its owners -------------------------------------------------------------------------------


AccountName = Annotated[str, Meta(min_length=1, max_length=64, description="The account's name.")]


class Accounts(Request, frozen=True):
    """List the accounts of the server, by name. For its owners."""

    like: Annotated[
        str, Meta(max_length=64, description="Only those with this in their name or nick, whatever the case.")
    ] = ""
    after: Annotated[str, Meta(max_length=64, description="The last account of the page before.")] = ""
    limit: Limit = 100


class AccountSet(Request, frozen=True, tag="account_set"):
    """Change an account. For owners of the server."""

    account: AccountName
    owner: Annotated[bool, Meta(description="Whether it owns the server, which keeps one owner.")] | None = None
    logout: Annotated[bool, Meta(description="Log all its devices out.")] = False
    code: Annotated[
        bool, Meta(description="Make a code with which its person sets another password; older ones end.")
    ] = False


class AccountDrop(Request, frozen=True, tag="account_drop"):
    """Delete an account of somebody else. For owners of the server."""

    account: AccountName
    erase: Annotated[bool, Meta(description="Redact every message it wrote, too.")] = False


class ServerRooms(Request, frozen=True, tag="server_rooms"):
    """List every room of the server that has a name, private ones too, but nothing said there. For its owners."""

    after: Annotated[str, Meta(max_length=65, description="The last room of the page before.")] = ""
    limit: Limit = 100


class Limits(Request, frozen=True):
    """List the limits that hold on the server, and what is used of them. For its owners."""


Question = (
    History | Rooms | Members | Search | Thread | Pins | Changes | Acts | Bans | Unread | Whois | Devices
    | Why | Usage | Memories | StateGet | Bots | Webhooks | Accounts | ServerRooms | Limits
)  # fmt: skip
RoomCommand = (
    Post | Topic | Create | Edit | Redact | React | Pin | Set | Rename | Delete
    | Invite | Kick | Ban | Unban | Mute | Unmute | Role | Duet | Conclude | Stop | Continue
)  # fmt: skip
AnyRequest = (
    Hello
    | Login
    | Register
    | Logout
    | SetPassword
    | Unregister
    | Devices
    | Revoke
    | Token
    | Code
    | Join
    | Leave
    | Post
    | Edit
    | Redact
    | React
    | Pin
    | Topic
    | Create
    | Set
    | Rename
    | Delete
    | Invite
    | Kick
    | Ban
    | Unban
    | Mute
    | Unmute
    | Role
    | Nick
    | Mark
    | Presence
    | Typing
    | History
    | Thread
    | Changes
    | Pins
    | Search
    | Rooms
    | Members
    | Unread
    | Whois
    | Bans
    | Acts
    | Draft
    | Duet
    | Conclude
    | Stop
    | Continue
    | Decide
    | Why
    | Usage
    | Remember
    | Memories
    | Forget
    | Bots
    | Bot
    | Reply
    | BotPut
    | BotRoom
    | BotDrop
    | StatePut
    | StateGet
    | WebhookIn
    | WebhookOut
    | WebhookSet
    | WebhookDrop
    | Webhooks
    | Accounts
    | AccountSet
    | AccountDrop
    | ServerRooms
    | Limits
    | Ping
    | Bye
)
