"""What is shown: one kind of item after the other, in a fixed time zone."""

from datetime import timedelta, timezone

import pytest

from roomful.client import Growing, Line, Timeline
from roomful.domain import events
from roomful.domain.answers import Found, MemberInfo, RoomInfo
from roomful.domain.events import KnownBody, Sender, Unknown, parse_timestamp
from roomful.domain.signals import Decision
from roomful.domain.verdicts import BotInfo, BotPlace, Verdict
from roomful.protocol.native import Told
from roomful.terminal.bots import dollars, manner, whereabouts
from roomful.terminal.view import View, counted, listed, nick_style, text_of

ZONE = timezone(timedelta(hours=2))
ALICE = Sender("p1", "alice", "person")
BOB = Sender("p2", "bob", "person")
CAROL = events.Named("p3", "carol")
ELIZA = events.Named("b1", "eliza")
AT = parse_timestamp("2026-11-20T10:02:03.000Z")
VIEW = View("p1", ZONE)
NUMBERED = View("p1", ZONE, numbers=True)


def told(body: KnownBody | Unknown, sender: Sender = BOB, seq: int = 7) -> Told:
    return Told("#lobby", seq, AT, sender, "n", body)


def shown(view: View, body: events.Message, sender: Sender = BOB, **how: object) -> list[str]:
    return [text_of(line) for line in view.message(said(body, sender=sender), **how)]  # type: ignore[arg-type]


def said(*bodies: KnownBody, sender: Sender = BOB, seq: int = 7) -> Line:
    """A message, and what it came to by what was done to it."""
    first, *done = bodies
    line = Timeline([told(first, sender, seq), *(told(body, ALICE, seq + n) for n, body in enumerate(done, 1))]).line(
        seq
    )
    assert line is not None
    return line


def test_a_message_has_its_local_time_and_its_sender() -> None:
    assert shown(VIEW, events.Message("hello")) == ["12:02 bob: hello"]
    assert shown(NUMBERED, events.Message("hello"), numbered=True) == ["12:02    7 bob: hello"]
    assert shown(NUMBERED, events.Message("hello")) == ["12:02      bob: hello"], (
        "in one column with those that have one"
    )
    assert shown(VIEW, events.Message("hello"), numbered=True) == ["12:02    7 bob: hello"]


def test_actions_notices_and_bots_are_told_apart() -> None:
    assert shown(VIEW, events.Message("waves", "action")) == ["12:02 * bob waves"]
    assert shown(VIEW, events.Message("backup done", "notice")) == ["12:02 -bob- backup done"]
    assert shown(VIEW, events.Message("hi"), Sender("b1", "rosie", "bot")) == ["12:02 rosie [bot]: hi"]


def test_other_rooms_are_named() -> None:
    assert shown(VIEW, events.Message("hi"), room="#dev") == ["12:02 #dev bob: hi"]


def test_direct_lines_say_from_whom_to_whom() -> None:
    assert shown(VIEW, events.Message("psst"), BOB, peer=BOB) == ["12:02 [bob → you] psst"]
    assert shown(VIEW, events.Message("yes?"), ALICE, peer=BOB) == ["12:02 [you → bob] yes?"]
    assert shown(VIEW, events.Message("nods", "action"), ALICE, peer=BOB) == ["12:02 [you → bob] * nods"]


def test_an_answer_shows_what_it_answers() -> None:
    question = said(events.Message("who is\nthere?"), sender=ALICE, seq=5)
    answer = events.Message("me", reply_to=5)
    assert shown(VIEW, answer, answered=question) == ["      ┌ alice: who is⏎there?", "12:02 bob: me"]
    assert shown(NUMBERED, answer, answered=question, numbered=True)[0] == "           ┌ 5 alice: who is⏎there?"
    assert shown(VIEW, answer)[0] == "      ┌ line 5"


def test_a_second_line_cannot_be_taken_for_somebody_elses() -> None:
    assert shown(VIEW, events.Message("hi\n12:02 alice: I agree")) == ["12:02 bob: hi", "      │ 12:02 alice: I agree"]


def test_hostile_text_and_names_are_made_harmless() -> None:
    mallory = Sender("p3", "mal\x1b[8m", "person")
    assert shown(VIEW, events.Message("\x1b[2Jgone"), mallory, room="#\x1b") == ["12:02 #␛ mal␛[8m: ␛[2Jgone"]
    for line in (
        VIEW.notice("\x1b[2J", room="\x07"),
        VIEW.refusal("\x1b[2J"),
        VIEW.rule("\x1b"),
        VIEW.room(RoomInfo("#\x1b", 1, 1, "\x1b")),
        VIEW.members("#a", [MemberInfo("p", "\x1b", "person", online=True)]),
    ):
        assert "\x1b" not in text_of(line)
        assert "\x07" not in text_of(line)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (events.Join(), "12:02 · bob joined"),
        (events.Leave("bye"), "12:02 · bob left"),
        (events.Nick("robert"), "12:02 · bob is now called robert"),
        (events.Topic("tea"), "12:02 · bob set the topic: tea"),
        (events.Topic(""), "12:02 · bob removed the topic"),
        (events.Edit(3, "new"), "12:02 · bob edited line 3: new"),
        (events.Redaction(3, "spam"), "12:02 · line 3 was redacted by bob (spam)"),
        (events.Redaction(3), "12:02 · line 3 was redacted by bob"),
        (events.Reaction(3, "👍"), "12:02 · bob reacted 👍 to 3"),
        (events.Reaction(3, "👍", on=False), "12:02 · bob took 👍 back from 3"),
        (events.Pin(3), "12:02 · bob pinned line 3"),
        (events.Pin(3, on=False), "12:02 · bob unpinned line 3"),
        (events.Leave("banned"), "12:02 · bob was banned, and is no member any more"),
        (events.Kick(CAROL, "spam"), "12:02 · bob kicked carol: spam"),
        (events.Ban(CAROL, until="2026-11-20T12:02:03.000Z"), "12:02 · bob banned carol for 2 hours"),
        (events.Ban(mask="spam*", reason="bots"), "12:02 · bob banned the nicks spam*: bots"),
        (events.Ban(address="hidden"), "12:02 · bob banned an address"),
        (events.Unban(3, CAROL), "12:02 · bob lifted the ban of carol"),
        (
            events.Mute(CAROL, "2026-11-20T10:12:03.000Z", "too loud"),
            "12:02 · bob muted carol for 10 minutes: too loud",
        ),
        (events.Mute(CAROL), "12:02 · bob muted carol"),
        (events.Unmute(CAROL), "12:02 · bob lets carol speak again"),
        (events.Promoted(CAROL, "moderator"), "12:02 · bob made carol moderator"),
        (events.Promoted(events.Named("p2", "bob")), "12:02 · bob is member now, with an account"),
        (events.Invite(CAROL), "12:02 · bob invited carol"),
        (events.Renamed("#new", "#old"), "12:02 · bob renamed the room: #old is #new now"),
        (
            events.Changed(slow=30, history="joined", retention=90),
            "12:02 · bob changed the room: members read from their joining on; "
            "a message of each member every 30 seconds; texts are erased after 90 days",
        ),
        (events.Changed(archived=True), "12:02 · bob changed the room: archived, nobody may write"),
        (events.Changed(models="local"), "12:02 · bob changed the room: no line goes to a model on another machine"),
        (events.Changed(models="any"), "12:02 · bob changed the room: models on other machines may read it"),
        (
            events.Conversation((ELIZA, CAROL), "tea", 8),
            "12:02 · bob lets eliza and carol talk about tea (8 lines or 10 minutes at most; /stop ends it)",
        ),
        (
            events.Conversation((ELIZA, CAROL, CAROL), seconds=60),
            "12:02 · bob lets eliza, carol and carol talk (12 lines or 1 minute at most; /stop ends it)",
        ),
        (
            events.Concluded(3, "settled", 7),
            "12:02 · the bots have settled it: they had said what there was (7 lines)",
        ),
        (
            events.Concluded(3, "turns", 12),
            "12:02 · the bots' conversation is over: it has had all its lines (12 lines)",
        ),
        (events.Concluded(3, "time", 1), "12:02 · the bots' conversation is over: its time is up (1 line)"),
        (events.Concluded(3, "tokens", 2), "12:02 · the bots' conversation is over: its tokens are spent (2 lines)"),
        (
            events.Concluded(3, "tired", 2),
            "12:02 · the bots' conversation is over: one of them could not answer (2 lines)",
        ),
        (events.Stopped(), "12:02 · bob told the bots to be quiet"),
        (events.Continued(), "12:02 · bob lets the bots go on"),
        (Unknown("poll", {}), "12:02 · bob did something that this release does not know (poll)"),
    ],
)
def test_facts_are_one_line(body: KnownBody | Unknown, text: str) -> None:
    assert text_of(VIEW.fact(told(body))) == text


def test_a_line_that_names_one_stands_out() -> None:
    line = VIEW.message(said(events.Message("@alice hi", mentions=("p1",))))
    assert ("class:mention", "@alice hi") in line[0]


def test_a_nick_keeps_its_colour() -> None:
    assert nick_style("Alice") == nick_style("alice") == "class:nick11"
    assert len({nick_style(f"nick{n}") for n in range(100)}) == 12


def test_members_are_listed_with_what_they_are() -> None:
    members = [
        MemberInfo("p1", "alice", "person", "owner", online=True),
        MemberInfo("b1", "rosie", "bot", online=True),
        MemberInfo("p2", "bob", "person"),
    ]
    assert (
        text_of(VIEW.members("#lobby", members)) == "· #lobby: 2 here: alice (you, owner), rosie (bot). Not here: bob."
    )


def test_guests_are_told_apart_where_there_are_accounts() -> None:
    guests = [MemberInfo("p1", "alice", "guest", "owner", online=True), MemberInfo("p2", "bob", "guest", "guest")]
    assert text_of(VIEW.members("#a", guests)) == "· #a: 1 here: alice (you, owner). Not here: bob."
    away = MemberInfo("p4", "dan", "person", online=True, state="away", text="lunch")
    shown = text_of(VIEW.members("#a", [*guests, away]))
    assert shown == "· #a: 2 here: alice (you, owner, guest), dan (away: lunch). Not here: bob (guest)."


def test_a_message_says_what_became_of_it() -> None:
    edited = said(events.Message("helo"), events.Edit(7, "hello"), events.Pin(7))
    assert texts(edited) == ["12:02 bob: hello (edited) (pinned)"]
    assert texts(said(events.Message("psst"), events.Redaction(7))) == ["12:02 bob: (redacted)"]
    assert texts(said(events.Message("", redacted=0))) == ["12:02 bob: (redacted)"]
    liked = said(events.Message("tea?"), events.Reaction(7, "👍"), events.Message("yes", thread=7))
    assert texts(liked) == ["12:02 bob: tea? (1 reply: /thread 7)", "      └ 👍 1"]
    assert texts(said(events.Message("yes", thread=3))) == ["12:02 ↳3 bob: yes"]
    answer = said(events.Message("no", reply_to=7))
    gone = said(events.Message("secret"), events.Redaction(7))
    assert text_of(VIEW.message(answer, answered=gone)[0]) == "      ┌ bob: (redacted)"


def texts(line: Line) -> list[str]:
    return [text_of(one) for one in VIEW.message(line)]


def test_what_was_found_is_marked() -> None:
    found = Found("#dev", 12, "2026-11-20T10:02:03.000Z", BOB, "green tea, please", ((6, 9),))
    assert text_of(VIEW.hit(found, "#dev")) == "2026-11-20 12:02 #dev 12 bob: green «tea», please"
    assert ("class:match", "tea") in NUMBERED.hit(found, "#dev")


def test_rooms_are_listed_with_their_topics() -> None:
    private = RoomInfo("#den", 3, 9, kind="private", archived=True)
    assert text_of(VIEW.room(private, "joined")) == "  #den · 3 members · private · archived · joined"
    invited = RoomInfo("#den", 3, 9, kind="private", invited=True)
    assert text_of(VIEW.room(invited)) == "  #den · 3 members · private · you are invited: /join #den"
    assert text_of(VIEW.room(RoomInfo("#dev", 1, 9, "code"), "joined")) == "  #dev · 1 member · joined · code"
    assert text_of(VIEW.room(RoomInfo("!r1", 2, 9, peer=BOB))) == "  @bob"


def test_the_day() -> None:
    assert text_of(VIEW.day(AT)) == "── Friday, 20 November 2026 ──"


def test_names_are_counted_beyond_a_few() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefgh")) == "a, b, c, d, e and 3 others"
    assert counted(1, "line") == "1 line"
    assert counted(1200, "line") == "1,200 lines"


ROSIE = Sender("b1", "rosie", "bot")


def test_a_bot_that_joins_is_called_one() -> None:
    assert text_of(VIEW.fact(told(events.Join("bot"), ROSIE))) == "12:02 · rosie, a bot, joined"


def test_what_is_still_being_written_stands_where_the_message_will() -> None:
    half = Growing("d1", ROSIE, "Once\nupon a \x1b[2J")
    assert [text_of(line) for line in VIEW.growing(half)] == ["  …   rosie [bot]: Once", "      │ upon a ␛[2J▍"]
    assert text_of(NUMBERED.growing(half)[0]) == "  …        rosie [bot]: Once"
    whole = shown(NUMBERED, events.Message("Once"), ROSIE)[0]
    assert whole.index("rosie") == text_of(NUMBERED.growing(half)[0]).index("rosie")
    assert text_of(VIEW.growing(half, ROSIE)[0]) == "  …   [rosie [bot] → you] Once"


def test_an_answer_that_is_not_whole_says_so() -> None:
    for cut, mark in (("stopped", "stopped"), ("failed", "broke off"), ("exploded", "broke off")):
        assert shown(VIEW, events.Message("Once", cut=cut), ROSIE) == [f"12:02 rosie [bot]: Once ({mark})"]
    assert texts(said(events.Message("Once", cut="stopped"), events.Redaction(7))) == ["12:02 bob: (redacted)"]


def test_a_silence_has_its_reason() -> None:
    words = "rosie kept silent: two people here, nobody named it (0 tokens)"
    decision = Decision(Verdict("b1", 7, 7, "not_addressed", "two_people", words), "rosie", ("p1",))
    assert text_of(VIEW.decision(decision)) == f"· {words} · /why"
    assert text_of(VIEW.decision(decision, "#dev")) == f"· #dev: {words}"
    assert (nick_style("rosie"), "rosie") in VIEW.decision(decision), "one sees at a glance whose it is"
    wordless = Decision(Verdict("b1", 7, 7, "capped", "run_of_bots", tokens_in=1), "rosie")
    assert text_of(VIEW.decision(wordless)) == "· rosie kept silent: run of bots (1 token) · /why"
    hostile = Decision(Verdict("b1", 7, 7, "failed", "x", "\x1b[2J"), "\x1b")
    assert "\x1b" not in text_of(VIEW.decision(hostile))


def test_a_verdict_tells_all_that_is_known() -> None:
    asleep = Verdict("b1", 0, 0, "cooling", "pace")
    assert [text_of(line) for line in VIEW.verdict(asleep, "rosie")] == [
        "· rosie kept silent: pace (0 tokens)",
        "    └ rule pace",
    ]
    paid = Verdict("b1", 3, 5, "over_budget", "budget:room", model="m", tokens_in=1200, tokens_out=1, cost=0.00001)
    assert [text_of(line) for line in VIEW.verdict(paid, "")] == [
        "· lines 3–5: a bot kept silent: a budget is spent (1,201 tokens, under $0.0001)",
        "    └ rule budget:room · m · 1,200 tokens in, 1 out",
    ]


def test_where_lines_go_stands_by_each_bot() -> None:
    members = [MemberInfo("b1", "rosie", "bot", "bot", online=True), MemberInfo("b2", "bud", "bot", "bot")]
    known = {"b1": BotInfo("b1", "rosie", "openai:gpt-5-mini", "api.openai.com")}
    assert text_of(VIEW.members("#a", members, known)) == (
        "· #a: 1 here: rosie (openai:gpt-5-mini → api.openai.com). Not here: bud (bot)."
    )
    for bot, words in (
        (BotInfo("b", "b", "offline:eliza"), "offline, this machine"),
        (BotInfo("b", "b", "ollama:llama3", "this machine"), "ollama:llama3, this machine"),
        (BotInfo("b", "b"), "model not known, this machine"),
    ):
        assert whereabouts(bot) == words


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("off", "is switched off here"),
        ("lines:5", "speaks every 5 lines"),
        ("keywords:tea,milk", "speaks at the words tea,milk"),
        ("dreaming:3", "dreaming:3"),
    ],
)
def test_when_a_bot_speaks_is_said_in_words(mode: str, said: str) -> None:
    assert manner(BotInfo("b", "b", places=(BotPlace("#a", mode),)), "#a") == said
    assert manner(BotInfo("b", "b", places=(BotPlace("#a", mode),)), "#b") == "answers when it is named"


def test_money_is_said_shortly() -> None:
    assert [dollars(cost) for cost in (0.0004, 1.5, 0.00001)] == ["$0.0004", "$1.50", "under $0.0001"]
