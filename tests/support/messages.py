"""Objects of the native protocol to test with: strategies for requests, sound and unsound, and samples of the rest."""

import json
from typing import Any, get_args

from hypothesis import strategies as st

from roomful.domain import answers, commands, events, signals
from roomful.domain.events import Named, Sender
from roomful.domain.settings import RoomSettings
from roomful.domain.verdicts import BotBudget, BotInfo, BotPlace, Kept, Memory, Total, Used, Verdict
from roomful.domain.webhooks import WebhookInfo
from roomful.protocol import native

ALICE = Sender("p1", "alice", "person")
BOB = Named("p2", "bob")
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(0, 2**53 - 1)
short = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)

verdicts = st.builds(
    Verdict,
    text,
    numbers,
    numbers,
    st.sampled_from(["answered", "passed", "failed"]),
    text,
    text,
    cost=st.sampled_from([0.0, 0.25]),
    tokens_in=numbers,
)

# By field: a name means the same in every request, but for those below.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": numbers,
    "protocol": st.integers(1, 9),
    "agent": text,
    "nick": st.none() | text,
    "resume": st.none() | text,
    "account": st.none() | text,
    "password": st.none() | short,
    "new_password": short,
    "remember": st.booleans(),
    "token": st.none() | text,
    "code": st.none() | text,
    "invite": st.none() | text,
    "erase": st.booleans(),
    "device": text,
    "name": short,
    "days": st.integers(1, 365),
    "uses": st.integers(1, 1000),
    "room": short,
    "after": st.none() | st.integers(0, 2**53 - 1),
    "last": st.none() | st.integers(0, 500),
    "signals": st.booleans(),
    "create": st.booleans(),
    "epoch": st.none() | text,
    "nonce": short,
    "text": text,
    "style": st.sampled_from(["text", "action", "notice"]),
    "reply_to": st.none() | st.integers(1, 2**53 - 1),
    "thread": st.none() | st.integers(1, 2**53 - 1),
    "again": st.booleans(),
    "seq": st.integers(1, 2**53 - 1),
    "emoji": short,
    "on": st.booleans(),
    "kind": st.sampled_from(["public", "private"]),
    "description": st.none() | text,
    "history": st.none() | st.sampled_from(["all", "joined"]),
    "slow": st.none() | st.integers(0, 86_400),
    "retention": st.none() | st.integers(0, 36_500),
    "archived": st.none() | st.booleans(),
    "who": short,
    "reason": text,
    "mask": st.none() | short,
    "address": st.none() | short,
    "seconds": st.none() | st.integers(1, 86_400),
    "ban": st.integers(1, 2**53 - 1),
    "role": st.sampled_from(["owner", "moderator", "member"]),
    "state": st.sampled_from(["online", "idle", "away"]),
    "before": st.none() | st.integers(1, 2**53 - 1),
    "around": st.none() | st.integers(1, 2**53 - 1),
    "limit": st.integers(1, 100),
    "offset": st.integers(0, 1000),
    "query": short,
    "mine": st.booleans(),
    "act_as": st.none() | text,
    "beside": st.booleans(),
    "causes": st.lists(st.integers(1, 2**53 - 1), max_size=3).map(tuple),
    "conversation": st.none() | st.integers(1, 2**53 - 1),
    "cut": st.sampled_from(["", "stopped", "failed"]),
    "attachments": st.lists(short, max_size=3).map(tuple),
    "models": st.none() | st.sampled_from(["any", "local"]),
    "draft": short,
    "at": numbers,
    "append": text,
    "dropped": st.booleans(),
    "bots": st.lists(short, min_size=2, max_size=4).map(tuple),
    "topic": text,
    "turns": st.integers(2, 500),
    "tokens": numbers,
    "how": st.sampled_from(["settled", "turns", "time", "tokens", "failed"]),
    "verdicts": st.lists(verdicts, min_size=1, max_size=3).map(tuple),
    "tell": st.lists(text, max_size=3).map(tuple),
    "memory": text,
    "key": text,
    "value": text,
    "version": numbers,
    "do": st.sampled_from(["add", "set", "remove"]),
    "settings": text,
    "ask": numbers,
    "bot": text,
    "model": text,
    "destination": text,
    "max_bounce": st.integers(0, 100),
    "mode": text,
    "host": st.booleans(),
    "url": short,
    "events": st.lists(text, max_size=3).map(tuple),
    "webhook": short,
    "renew": st.booleans(),
    "skip": st.booleans(),
}

# Where a name means something else, or must be there.
OTHERWISE: dict[type[commands.Request], dict[str, st.SearchStrategy[Any]]] = {
    commands.Nick: {"nick": text},
    commands.Register: {"account": text, "password": short},
    commands.SetPassword: {"password": short},
    commands.Unregister: {"password": short},
    commands.Create: {"description": text},
    commands.Ban: {"who": st.none() | short},
    commands.Search: {"room": st.none() | short},
    commands.Thread: {"after": st.integers(0, 2**53 - 1)},
    commands.Changes: {"after": st.integers(0, 2**53 - 1)},
    commands.Rooms: {"after": st.none() | text},
    commands.Members: {"after": st.none() | text},
    commands.Duet: {"seconds": st.integers(10, 86_400)},
    commands.Conclude: {"conversation": st.integers(1, 2**53 - 1)},
    commands.Why: {
        **{name: st.none() | st.integers(1, 2**53 - 1) for name in ("seq", "first", "last")},
        "totals": st.booleans(),
    },
    commands.Usage: {"room": st.none() | short},
    commands.Remember: {"text": short, "kind": st.sampled_from(["note", "summary"]), "seq": numbers},
    commands.Forget: {"memory": short},
    commands.Bots: {"room": st.none() | short, "after": short},
    commands.Bot: {"nick": short, "settings": st.dictionaries(text, text, max_size=3)},
    commands.Reply: {"code": text},
    commands.BotPut: {"nick": short},
    commands.BotRoom: {"bot": short},
    commands.BotDrop: {"bot": short},
    commands.StatePut: {"key": short},
    commands.StateGet: {"after": text},
    commands.WebhookSet: {"on": st.none() | st.booleans()},
    commands.Accounts: {"like": text, "after": text},
    commands.AccountSet: {
        "account": short,
        "owner": st.none() | st.booleans(),
        "logout": st.booleans(),
        "code": st.booleans(),
    },
    commands.AccountDrop: {"account": short, "erase": st.booleans()},
    commands.ServerRooms: {"after": text},
}


def request_of(kind: type[commands.Request]) -> st.SearchStrategy[commands.Request]:
    fields = FIELDS | OTHERWISE.get(kind, {})
    return st.builds(kind, **{name: fields[name] for name in kind.__struct_fields__})


requests = st.one_of([request_of(kind) for kind in get_args(commands.AnyRequest)])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A request with fields replaced, removed or added; then, sometimes, bytes replaced."""
    fields = json.loads(native.encode_request(draw(requests)))
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from([*fields, *FIELDS, "type"]))
        fields[name] = draw(json_values)
        if draw(st.booleans()):
            del fields[name]
    data = bytearray(json.dumps(fields, ensure_ascii=draw(st.booleans())).encode())
    for _ in range(draw(st.integers(0, 2))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


VERDICT = Verdict(
    "p3", 1, 2, "answered", "mention", "named", 3, "m", "p1", 10, 5, 0.25, 0.1, 0.5, "2026-11-20T10:00:00.123Z"
)

SIGNALS = [
    signals.Typing(),
    signals.Typing(False),
    signals.Presence((ALICE,), ("p2",), ("p3",), (signals.Status("p4", "away", "tea"),), 1, True),
    signals.Draft("d1", 0, "Once"),
    signals.Draft("d1", 4, dropped=True),
    signals.Decision(VERDICT, "eliza", ("p1",)),
    signals.Asked(3, "add", "gpt", {"model": "openai:gpt"}),
    signals.State((ALICE,), 1, ("p1",), (signals.OpenDraft("d1", ALICE, "Once"),), (signals.Status("p1", "idle"),)),
    signals.Direct(3, ALICE),
    signals.Marked(3),
    signals.Marked(4, thread=2),
    signals.Invited(),
    signals.Removed("kicked"),
]

SETTINGS = RoomSettings("for tea", "joined", 5, 30, True, "local")
MORNING = "2026-11-20T10:00:00.123Z"

ANSWERS: list[answers.AnyAnswer] = [
    answers.Done(),
    answers.Welcome("roomful/1", 1, "e1", ("search",), 65_536, 16_000, 64, 120.0),
    answers.LoggedIn(answers.Me("p1", "alice", "guest"), "secret"),
    answers.LoggedIn(answers.Me("p1", "alice", "bot", "acc"), "secret", "rt_x", "d1", True),
    answers.DeviceList((answers.DeviceInfo("d1", "chat", MORNING, MORNING, "::1", True, True),)),
    answers.TokenMade("rt_x", "d1"),
    answers.CodeMade("7K3M", MORNING),
    answers.Joined("#tea", 3, 1, (ALICE,), "tea", "welcome!", None, "private", "owner", SETTINGS, 2),
    answers.Joined("!r2", 0, 2, (), peer=ALICE, kind="direct"),
    answers.Receipt("#tea", 4),
    answers.Renamed("Zoë"),
    answers.Hits((answers.Found("#tea", 3, MORNING, ALICE, "a cup of tea", ((9, 12),), 2),), True, True),
    answers.RoomList(
        (
            answers.RoomInfo("#tea", 1, 4, "tea", None, "private", True, True),
            answers.RoomInfo("!r2", 2, 0, peer=ALICE, kind="direct"),
        ),
        True,
    ),
    answers.MemberList("#tea", 1, (answers.MemberInfo("p1", "alice", "person", "owner", True, "away", "tea"),)),
    answers.UnreadList((answers.UnreadInfo("#tea", 9, 3, 4, 1, (answers.ThreadInfo(2, 1, 3),), ALICE),), True),
    answers.Person("p1", "alice", "person", "alice", True, "away", "tea", MORNING, ("#tea",)),
    answers.SanctionList(
        "#tea", (answers.SanctionInfo(3, "ban", ALICE, "p2", "bob", "b*", "::1", MORNING, "spam"),), True
    ),
    answers.Verdicts("#tea", (VERDICT,), {"p3": "eliza"}, (Total("p3", "passed", "lively", 4, 9, 0.5),)),
    answers.UsageList((Used("2026-11-20", "p3", "m", "#tea", "p1", 2, 10, 5, 0.25),), {"p1": "alice"}, True),
    answers.MemoryList((Memory("m1", "p3", "likes tea", "summary", 3, "p1", MORNING),), {"p1": "alice"}, True),
    answers.Remembered("m1"),
    answers.StateList((Kept("mark", "3", 2),), True),
    answers.Version(2),
    answers.BotList(
        (
            BotInfo("p3", "gpt", "openai:gpt", "api.openai.com", 2, "{}", (BotPlace("#tea", "lines:5", True),), True),
            BotInfo("p3", "gpt", persona="A sceptic.", persona_kept=True, budgets=(BotBudget("room", 1.0, 9, 0.5, 7),)),
        ),
        True,
    ),
    answers.BotSaid("gpt is here."),
    answers.BotMade("p3"),
    answers.WebhookMade("w1", "secret", "https://chat.example.org/hooks/"),
    answers.WebhookList(
        "#tea",
        (
            WebhookInfo("w1", "in", ALICE, MORNING, "deploys"),
            WebhookInfo("w2", "out", ALICE, MORNING, "", "https://a.example", ("message",), "failing", 3, *("x",) * 3),
        ),
    ),
]

BODIES: list[events.KnownBody] = [
    events.Message("hi", "notice", 1, 2, ("p1",), True, "weechat"),
    events.Message("well", causes=(1, 2), bounce=0, cut="stopped"),
    events.Message("well", bounce=3, conversation=4),
    events.Message(redacted=7),
    events.Edit(1, "ho", ("p1",)),
    events.Edit(1, redacted=0),
    events.Redaction(1, "rude"),
    events.Reaction(1, "+1", False),
    events.Pin(1, False),
    events.Join("owner"),
    events.Leave("bye"),
    events.Kick(BOB, "rude"),
    events.Ban(BOB, "b*", "hidden", MORNING, "spam"),
    events.Unban(1, BOB, "b*"),
    events.Mute(BOB, MORNING, "loud"),
    events.Unmute(BOB),
    events.Promoted(BOB, "moderator"),
    events.Invite(BOB),
    events.Nick("x"),
    events.Topic(""),
    events.Renamed("#b", "#a"),
    events.Changed("for tea", "private", "joined", 5, 30, True, "local"),
    events.Conversation((BOB, Named("p3", "eliza")), "tea", 8, 60, 1000),
    events.Concluded(4, "settled", 6),
    events.Stopped(),
    events.Continued(),
]
