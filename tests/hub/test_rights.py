"""Every role asks for everything in every kind of room, through a socket: what comes of it is what the table of rights says.

A request that acts upon a room stands in ASKED, with the action of the table that it needs; any other in WITHOUT_RIGHT, with the
reason. A request that stands in neither makes this fail.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, get_args

import pytest

from roomful.domain import commands
from roomful.domain.rights import RIGHTS, Action, RoomKind
from roomful.protocol import native

from .conftest import Node
from .peopled import ROLES, Cast, Peopled

Fields = Callable[[str, Peopled], dict[str, Any]]


class Asked(NamedTuple):
    """A request, the action that it needs, and its fields beside `room` and `nonce`."""

    type: str
    action: Action
    fields: Fields


def just(**fields: Any) -> Fields:
    """The same fields for everybody."""
    return lambda who, room: fields


def answering(text: str) -> Fields:
    """Something to say; a bot says it because somebody has spoken."""
    return lambda who, room: {"text": text, "causes": [room.seq_of["victim"]] if who == "bot" else []}


def own(**fields: Any) -> Fields:
    """About one's own message; a stranger has none, and names another's."""
    return lambda who, room: {"seq": room.seq_of.get(who, room.seq_of["victim"]), **fields}


def others(**fields: Any) -> Fields:
    """About the message of somebody below."""
    return lambda who, room: {"seq": room.seq_of["victim"], **fields}


ASKED = [
    Asked("post", "post", answering("hi")),
    Asked("post", "call_everybody", answering("@room tea!")),
    Asked("typing", "post", just()),
    Asked("edit", "edit", own(text="I was here")),
    Asked("redact", "redact_own", own()),
    Asked("redact", "redact", others()),
    Asked("react", "react", others(emoji="+1")),
    Asked("pin", "pin", others()),
    Asked("topic", "topic", just(text="tea")),
    Asked("set", "set", just(slow=5)),
    Asked("set", "set", just(kind="private", history="joined")),
    Asked("rename", "rename", lambda who, room: {"name": f"#renamed-{room.address[1:]}"}),
    Asked("delete", "delete", just()),
    Asked("invite", "invite", just(who="invitee")),
    Asked("kick", "kick", just(who="victim")),
    Asked("ban", "ban", just(who="victim")),
    Asked("ban", "ban", just(mask="spam*")),
    Asked("ban", "ban", just(address="192.0.2.0/24")),
    Asked("unban", "ban", lambda who, room: {"ban": room.seq_of["ban"]}),
    Asked("mute", "mute", just(who="victim")),
    Asked("unmute", "mute", just(who="muted")),
    Asked("role", "role", just(who="victim", role="moderator")),
    Asked("mark", "read", just(seq=1)),
    Asked("history", "read", just()),
    Asked("thread", "read", just(seq=1)),
    Asked("changes", "read", just(seq=1)),
    Asked("pins", "read", just()),
    Asked("members", "read", just()),
    Asked("acts", "see_acts", just()),
    Asked("bans", "see_bans", just()),
    Asked("stop", "stop", just()),
    Asked("continue", "stop", just()),
    Asked("duet", "duet", just(bots=["bot", "otherbot"])),
    Asked("bot", "bots", just(do="set", nick="bot", settings={"mode": "off"})),
    Asked("bots", "see_bots", just()),
    Asked("why", "see_bots", just()),
    Asked("usage", "see_bots", just()),
    Asked("memories", "see_bots", just()),
    Asked("remember", "remember", lambda who, room: {"memory": room.memory, "text": "hates tea"}),
    Asked("forget", "remember", lambda who, room: {"memory": room.memory}),
    Asked("webhook_in", "webhook_in", lambda who, room: {"name": f"hook-of-{who}-in-{room.webhook}"}),
    Asked("webhook_out", "webhook_out", just(url="https://example.org/")),
    Asked("webhook_set", "webhook_out", lambda who, room: {"webhook": room.webhook, "on": False}),
    Asked("webhook_drop", "webhook_out", lambda who, room: {"webhook": room.webhook}),
    Asked("webhooks", "webhook_in", just()),
]

# What those meet who may.
MEETS = {"continue": "nothing_to_do", "bot": "no_bot_host"}

WITHOUT_RIGHT = {
    "hello": "comes before anybody is anybody",
    "login": "makes one somebody",
    "register": "makes one somebody",
    "logout": "is about oneself",
    "password": "is about oneself",
    "unregister": "is about oneself",
    "devices": "is about oneself",
    "revoke": "is about oneself",
    "token": "is about oneself",
    "code": "is for owners of the server, in no room: see test_accounts.py",
    "accounts": "is for owners of the server, in no room: see test_owning.py, as for the next four",
    "account_set": "is for owners of the server, in no room",
    "account_drop": "is for owners of the server, in no room",
    "server_rooms": "is for owners of the server, in no room",
    "limits": "is for owners of the server, in no room",
    "nick": "is about oneself",
    "presence": "is about oneself",
    "join": "is for those who are not in the room: see below",
    "leave": "nobody is kept",
    "create": "makes the room in which one has rights",
    "rooms": "lists what everybody may see",
    "unread": "is about one's own rooms",
    "search": "looks only where one may read",
    "whois": "tells of rooms only those that both are in",
    "draft": "is for bots, about what they write themselves: see test_bots.py, as for all that follow",
    "conclude": "is for the bots of a conversation",
    "decide": "is for bots, about themselves",
    "state_put": "is for bots, about themselves",
    "state_get": "is for bots, about themselves",
    "reply": "is for bot hosts",
    "bot_put": "is for bot hosts",
    "bot_room": "is for bot hosts",
    "bot_drop": "is for bot hosts",
    "ping": "asks for nothing",
    "bye": "nobody is kept",
}


def test_no_request_is_missing() -> None:
    known = {one.type for one in ASKED}
    assert known | WITHOUT_RIGHT.keys() == set(native.REQUEST_TYPES)
    assert not known & WITHOUT_RIGHT.keys()


def test_no_action_is_missing() -> None:
    assert {one.action for one in ASKED} == set(RIGHTS) == set(get_args(Action))


def takes_nonce(type: str) -> bool:
    kinds = {kind.__struct_config__.tag: kind for kind in get_args(commands.AnyRequest)}
    return "nonce" in kinds[type].__struct_fields__


def expected(who: str, one: Asked, kind: RoomKind) -> str:
    """What the table says: `ok`, or the code of the refusal."""
    role = ROLES[who]
    if role is None:
        return "no_such_room" if kind == "direct" and one.type != "typing" else "not_member"
    if who == "serverowner" and kind != "direct":
        role = "owner"
    if one.action == "call_everybody":  # whoever may not is not refused: it is a message like any other
        return "everybody" if role in RIGHTS[one.action][kind] else "ok"
    return MEETS.get(one.type, "ok") if role in RIGHTS[one.action][kind] else "forbidden"


async def outcome(cast: Cast, who: str, one: Asked, room: Peopled) -> str:
    """What comes of asking."""
    client = cast.clients[who]
    nonce = {"nonce": "n"} if takes_nonce(one.type) else {}
    reply = await client.ask(one.type, room=room.address, **nonce, **one.fields(who, room))
    if reply["type"] == "error":
        return str(reply["code"])
    if one.action == "call_everybody":
        page = await client.ok("history", room=room.address, limit=1)
        return "everybody" if page["events"][0]["body"].get("everybody") else "ok"
    return str(reply["type"])


@pytest.mark.parametrize("kind", get_args(RoomKind))
async def test_everybody_may_what_the_table_says(node: Node, kind: RoomKind) -> None:
    cast = Cast(node)
    await cast.arrive()
    wrong = []
    for one in ASKED:
        for who in ROLES:
            room = await cast.room(kind)
            await cast.clients["owner"].ok(
                "members", room=room.address
            )  # now the hub has it in memory, as `typing` needs
            found, wanted = await outcome(cast, who, one, room), expected(who, one, kind)
            if found != wanted:
                wrong.append(f"{who} asks for {one.type} ({one.action}) in a {kind} room: {found}, not {wanted}")
    assert not wrong, "\n".join(wrong)


ENTERING = {
    ("public", "stranger"): "ok",
    ("public", "banned"): "banned",
    ("private", "stranger"): "invite_only",
    ("private", "banned"): "banned",
    ("direct", "stranger"): "no_such_room",
    ("direct", "banned"): "no_such_room",
}


@pytest.mark.parametrize(("kind", "who"), ENTERING)
async def test_who_is_not_in_it_enters_a_room_that_is_open_to_it(node: Node, kind: RoomKind, who: str) -> None:
    cast = Cast(node)
    await cast.arrive()
    reply = await cast.clients[who].ask("join", room=(await cast.room(kind)).address)
    assert reply.get("code", reply["type"]) == ENTERING[kind, who]
