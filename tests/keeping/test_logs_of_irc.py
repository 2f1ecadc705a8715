"""Logs of WeeChat and irssi: what each line becomes, and what is said of one that cannot be understood."""

from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.domain.events import Join, Kick, KnownBody, Leave, Message, Named, Nick, Topic
from roomful.domain.names import parse_nick
from roomful.keeping import irssi, weechat
from roomful.keeping.irc import Logged, Parser
from roomful.keeping.lines import Bad

ZURICH = ZoneInfo("Europe/Zurich")
TEN = datetime(2026, 11, 21, 10, tzinfo=UTC)


def ms(when: datetime) -> int:
    return round(when.timestamp() * 1000)


def parsed(parse: Parser, text: str, zone: tzinfo = UTC) -> list[Logged | Bad]:
    return [one for one in parse(enumerate(text.split("\n"), 1), zone) if one is not None]


WEECHAT: list[tuple[str, tuple[str, KnownBody] | None]] = [
    ("alice\thello", ("alice", Message("hello"))),
    ("@alice\thello\tthere", ("alice", Message("hello\tthere"))),
    (" bob\t  set in", ("bob", Message("  set in"))),
    ("bob\t\x02bold\x02 \x0304,12red\x03 plain\x0f", ("bob", Message("bold red plain"))),
    ("12bot\tbleep", ("_12bot", Message("bleep"))),
    (" *\talice waves", ("alice", Message("waves", "action"))),
    ("-->\talice (~a@host.example) has joined #tea", ("alice", Join())),
    ("-->\talice [acc] (Alice A.) (~a@host.example) has joined #tea", ("alice", Join())),
    ("<--\talice (~a@host.example) has left #tea (bye)", ("alice", Leave())),
    ("<--\talice (~a@host.example) has quit (Ping timeout)", ("alice", Leave())),
    ("<--\tbob has kicked alice (spam)", ("bob", Kick(Named("", "alice"), "spam"))),
    ("--\tNotice(alice): hear me", ("alice", Message("hear me", "notice"))),
    ("--\tPrivNotice(alice): hear me", None),
    ("--\talice is now known as alice_", ("alice", Nick("alice_"))),
    ('--\talice has changed topic for #tea from "old" to "new"', ("alice", Topic("new"))),
    ('--\talice has changed topic for #tea to "new"', ("alice", Topic("new"))),
    ('--\talice has unset topic for #tea (old topic: "old")', ("alice", Topic(""))),
    ("--\tMode #tea [+o bob] by alice", None),
    ('--\tTopic for #tea is "tea"', None),
    ("=!=\tirc: disconnected", None),
    ("alice\t", None),
]


@pytest.mark.parametrize(("line", "said"), WEECHAT, ids=[line for line, _ in WEECHAT])
def test_a_line_of_weechat(line: str, said: tuple[str, KnownBody] | None) -> None:
    found = parsed(weechat.parse, f"2026-11-21 10:00:00\t{line}")
    assert found == ([Logged(1, ms(TEN), *said)] if said else [])


IRSSI: list[tuple[str, tuple[str, KnownBody] | None]] = [
    ("<@alice> hello", ("alice", Message("hello"))),
    ("< alice> <hello>", ("alice", Message("<hello>"))),
    (" * alice waves", ("alice", Message("waves", "action"))),
    ("* alice waves", ("alice", Message("waves", "action"))),
    ("-alice:#tea- hear me", ("alice", Message("hear me", "notice"))),
    ("-alice(~a@host)- hear me", ("alice", Message("hear me", "notice"))),
    ("-!- alice [~a@host] has joined #tea", ("alice", Join())),
    ("-!- alice [~a@host] has left #tea [bye]", ("alice", Leave())),
    ("-!- alice [~a@host] has quit [Quit: bye]", ("alice", Leave())),
    ("-!- alice was kicked from #tea by bob [spam]", ("bob", Kick(Named("", "alice"), "spam"))),
    ("-!- alice is now known as alice_", ("alice", Nick("alice_"))),
    ("-!- alice changed the topic of #tea to: new", ("alice", Topic("new"))),
    ("-!- Topic unset by alice on #tea", ("alice", Topic(""))),
    ("-!- mode/#tea [+o bob] by alice", None),
    ("-!- Irssi: #tea: Total of 2 nicks", None),
]


@pytest.mark.parametrize(("line", "said"), IRSSI, ids=[line for line, _ in IRSSI])
def test_a_line_of_irssi(line: str, said: tuple[str, KnownBody] | None) -> None:
    found = parsed(irssi.parse, f"--- Log opened Sat Nov 21 09:58:12 2026\n10:00 {line}")
    assert found == ([Logged(2, ms(TEN), *said)] if said else [])


def test_irssi_tells_days_by_lines_of_their_own() -> None:
    log = (
        "--- Log opened Sat Nov 21 23:58:00 2026\n23:59:30 <a> one\n--- Day changed Sun Nov 22 2026\n00:01 <a> two\n"
        "--- Log closed Sun Nov 22 00:05:00 2026\n--- Log opened Mon Nov 23 07:00:00 2026\n07:00 <a> three"
    )
    found = parsed(irssi.parse, log)
    days = [datetime(2026, 11, 21, 23, 59, 30), datetime(2026, 11, 22, 0, 1), datetime(2026, 11, 23, 7)]  # noqa: DTZ001
    assert [one.at for one in found if isinstance(one, Logged)] == [ms(day.replace(tzinfo=UTC)) for day in days]


@pytest.mark.parametrize(
    ("parse", "line", "expected"),
    [
        (weechat.parse, "just words", weechat.EXPECTED),
        (weechat.parse, "2026-13-21 10:00:00\talice\thello", weechat.EXPECTED),
        (weechat.parse, "2026-11-21 10:00:00\talice", weechat.EXPECTED),
        (irssi.parse, "just words", irssi.EXPECTED),
        (irssi.parse, "10:00 <alice> before any day", irssi.EXPECTED_OPENING),
        (irssi.parse, "--- Day changed Son Foo 22 2026", irssi.EXPECTED_DAY),
        (irssi.parse, "--- Day changed Mon Feb 31 2026", irssi.EXPECTED_DAY),
    ],
)
def test_a_bad_line_is_named_with_what_would_be_right(parse: Parser, line: str, expected: str) -> None:
    assert parsed(parse, line) == [Bad(1, line, expected)]


def test_times_are_local_and_the_hour_that_comes_twice_goes_on() -> None:
    times = ["01:59:00", "02:10:00", "02:50:00", "02:10:00", "02:50:00", "03:00:00"]  # the clock is set back at 3
    log = "\n".join(f"2026-10-25 {time}\talice\thello" for time in times)
    at = [one.at for one in parsed(weechat.parse, log, ZURICH) if isinstance(one, Logged)]
    assert at[0] == ms(datetime(2026, 10, 24, 23, 59, tzinfo=UTC))
    assert [(later - earlier) // 60_000 for earlier, later in pairwise(at)] == [11, 40, 20, 40, 10]


@given(st.text(max_size=60))
def test_any_text_is_understood_or_named(text: str) -> None:
    for parse, line in ((weechat.parse, f"2026-11-21 10:00:00\t{text}"), (irssi.parse, f"10:00 {text}")):
        lines = [(1, "--- Log opened Sat Nov 21 09:58:12 2026"), (2, line)]
        for one in parse(lines[-1:] if parse is weechat.parse else lines, UTC):
            if isinstance(one, Logged):
                parse_nick(one.nick)
                assert "\0" not in str(getattr(one.body, "text", ""))
