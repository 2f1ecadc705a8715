"""Every type that travels in the native protocol, under the name the documents use for it."""

from typing import Any, get_args

from msgspec import Struct

from roomful.domain import answers, commands, events, files, settings, signals, verdicts, webhooks
from roomful.protocol import native

StructType = type[Struct]


def tag(kind: StructType) -> str:
    """The `type` of an object of this class on the wire."""
    return str(kind.__struct_config__.tag)


def _by_tag(union: Any) -> dict[str, StructType]:
    return {tag(kind): kind for kind in get_args(union)}


REQUESTS = _by_tag(commands.AnyRequest)
BODIES = _by_tag(events.KnownBody)
SIGNALS = _by_tag(signals.KnownSignal)

# By the request they answer.
ANSWERS: dict[str, StructType] = {
    **dict.fromkeys(
        ("post", "edit", "redact", "react", "pin", "topic", "create", "set", "rename", "delete"), answers.Receipt
    ),
    **dict.fromkeys(("invite", "kick", "ban", "unban", "mute", "unmute", "role"), answers.Receipt),
    **dict.fromkeys(("duet", "conclude", "stop", "continue"), answers.Receipt),
    **dict.fromkeys(("logout", "password", "unregister", "revoke", "leave"), answers.Done),
    **dict.fromkeys(("mark", "presence", "typing", "ping", "bye"), answers.Done),
    **dict.fromkeys(("draft", "decide", "forget", "reply", "bot_room", "bot_drop"), answers.Done),
    **dict.fromkeys(("history", "thread", "changes", "pins", "acts"), answers.Page),
    "hello": answers.Welcome,
    "login": answers.LoggedIn,
    "register": answers.LoggedIn,
    "devices": answers.DeviceList,
    "token": answers.TokenMade,
    "code": answers.CodeMade,
    "join": answers.Joined,
    "nick": answers.Renamed,
    "search": answers.Hits,
    "rooms": answers.RoomList,
    "members": answers.MemberList,
    "unread": answers.UnreadList,
    "whois": answers.Person,
    "bans": answers.SanctionList,
    "why": answers.Verdicts,
    "usage": answers.UsageList,
    "memories": answers.MemoryList,
    "remember": answers.Remembered,
    "state_put": answers.Version,
    "state_get": answers.StateList,
    "bots": answers.BotList,
    "bot": answers.BotSaid,
    "bot_put": answers.BotMade,
    **dict.fromkeys(("webhook_in", "webhook_out", "webhook_set"), answers.WebhookMade),
    "webhook_drop": answers.Done,
    "webhooks": answers.WebhookList,
    "accounts": answers.AccountList,
    "account_set": answers.AccountChanged,
    "account_drop": answers.Done,
    "server_rooms": answers.ServerRoomList,
    "limits": answers.LimitList,
}

# What the server sends by itself, and the two kinds of reply.
PUSHED: dict[str, StructType] = {
    "ok": native.Ok,
    "error": native.Error,
    "event": native.EventFrame,
    "signal": native.SignalFrame,
    "goodbye": native.Goodbye,
}

# Objects inside others.
OBJECTS: dict[str, StructType] = {
    "sender": events.Sender,
    "named": events.Named,
    "attachment": files.Attachment,
    "me": answers.Me,
    "device-info": answers.DeviceInfo,
    "room-settings": settings.RoomSettings,
    "room-info": answers.RoomInfo,
    "member-info": answers.MemberInfo,
    "sanction-info": answers.SanctionInfo,
    "unread-info": answers.UnreadInfo,
    "thread-info": answers.ThreadInfo,
    "found": answers.Found,
    "status": signals.Status,
    "open-draft": signals.OpenDraft,
    "verdict": verdicts.Verdict,
    "total": verdicts.Total,
    "used": verdicts.Used,
    "memory": verdicts.Memory,
    "kept": verdicts.Kept,
    "bot-info": verdicts.BotInfo,
    "bot-place": verdicts.BotPlace,
    "bot-budget": verdicts.BotBudget,
    "webhook-info": webhooks.WebhookInfo,
    "account-info": answers.AccountInfo,
    "server-room-info": answers.ServerRoomInfo,
    "limit-info": answers.LimitInfo,
}

assert ANSWERS.keys() == REQUESTS.keys(), "a request without an answer, or an answer without a request"
