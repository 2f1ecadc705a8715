"""The query language: what people type means what docs/search.md says, and nothing that they type is a fault."""

from datetime import UTC, datetime

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.errors import BadQuery
from roomful.search.query import Query, parse
from roomful.search.sqlite.expression import expression, facts
from roomful.search.text import Phrase

NOW = round(datetime(2026, 11, 21, 1, 30, tzinfo=UTC).timestamp() * 1000)


def ms(*when: int) -> int:
    return round(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


def asked(text: str, offset: int = 0) -> Query:
    return parse(text, now=NOW, offset=offset)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red apples", Query((Phrase(("red",)), Phrase(("apples",))))),
        ('"red apples"', Query((Phrase(("red", "apples")),))),
        ('"red apples', Query((Phrase(("red", "apples")),))),
        ("app*", Query((Phrase(("app",), True),))),
        ('"red app"*', Query((Phrase(("red", "app"), True),))),
        ("red -apples", Query((Phrase(("red",)),), (Phrase(("apples",)),))),
        ('red -"green apples"', Query((Phrase(("red",)),), (Phrase(("green", "apples")),))),
        ("well-known", Query((Phrase(("well", "known")),))),
        ("日本*", Query((Phrase(("日", "本")),))),
        ("from:@Alice", Query(senders=("alice",))),
        ("FROM:alice -from:Bob", Query(senders=("alice",), not_senders=("bob",))),
        ("room:#Dev room:ops -room:bots", Query(rooms=("#dev", "#ops"), not_rooms=("#bots",))),
        ('room:"#dev"', Query(rooms=("#dev",))),
        ("has:link", Query(link=True)),
        ("has:files", Query(file=True)),
        ("x -has:link", Query((Phrase(("x",)),), link=False)),
        ("x sort:new", Query((Phrase(("x",)),), newest=True)),
        ("http://x.y:80/z", Query((Phrase(("http", "x", "y", "80", "z")),))),
        ("x ?! -", Query((Phrase(("x",)),))),
        ("and OR not near", Query(tuple(Phrase((word,)) for word in ("and", "or", "not", "near")))),
    ],
)
def test_words_and_fields(text: str, expected: Query) -> None:
    assert asked(text) == expected


@pytest.mark.parametrize(
    ("text", "offset", "since", "until"),
    [
        ("before:2026-11-01", 0, None, ms(2026, 11, 1)),
        ("after:2026-11-01", 0, ms(2026, 11, 1), None),
        ("on:2026-11-01", 0, ms(2026, 11, 1), ms(2026, 11, 2)),
        ("on:2026-11", 0, ms(2026, 11, 1), ms(2026, 12, 1)),
        ("on:2025-12", 0, ms(2025, 12, 1), ms(2026, 1, 1)),
        ("on:2026", 0, ms(2026, 1, 1), ms(2027, 1, 1)),
        ("on:today", 0, ms(2026, 11, 21), ms(2026, 11, 22)),
        ("on:Yesterday", 0, ms(2026, 11, 20), ms(2026, 11, 21)),
        ("on:today", -120, ms(2026, 11, 20, 2), ms(2026, 11, 21, 2)),  # there it is still half past eleven
        ("after:2026-11-01", 60, ms(2026, 10, 31, 23), None),
        ("after:2026-11-01T10:30", 60, ms(2026, 11, 1, 9, 30), None),
        ("after:2026-11-01T10:30Z", 60, ms(2026, 11, 1, 10, 30), None),
        ("after:2026-11-01 after:2026-10-01 before:2026-11-05", 0, ms(2026, 11, 1), ms(2026, 11, 5)),
    ],
)
def test_times(text: str, offset: int, since: int | None, until: int | None) -> None:
    query = asked(f"x {text}", offset)
    assert (query.since, query.until) == (since, until)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to look for"),
        ("-bad", "nothing to look for"),
        ("?!", "nothing to look for"),
        ("before:today", "nothing to look for"),
        ("ab*", "3 letters"),
        ("x before:soon", "before:2026-11-21"),
        ("x after:2026-02-30", "after:2026-11-21"),
        ("x -on:today", "on:2026-11-21"),
        ("x on:9999-12-31", "on:2026-11-21"),
        ("x before:0001-01-01T00:00+14:00", "before:2026-11-21"),
        ("x after:2026-11-02 before:2026-11-01", "No time"),
        ("x has:pictures", "has:link"),
        ("x sort:worst", "sort:new"),
        ("from:a,b", "nick"),
        ("room:a,b", "room"),
        ("a " * 100, "too long"),
        ("日" * 100, "too long"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_can(text: str, said: str) -> None:
    with pytest.raises(BadQuery, match=said) as refused:
        asked(text)
    assert refused.value.field == "query"


PARTS = st.sampled_from(
    """from: room:# before: after:2026 on: has:link sort: - " * ( ) NEAR( AND ^ {text} text: + : 日本 é abc ' ; \\ today
    2026-11-01 T10:00""".split()  # noqa: SIM905
)


@given(
    st.one_of(st.text(max_size=80), st.lists(PARTS, max_size=8).map("".join), st.lists(PARTS, max_size=8).map(" ".join))
)
def test_any_text_is_understood_or_refused_and_fts5_takes_what_is_made_of_it(text: str) -> None:
    try:
        query = asked(text)
    except BadQuery:
        return
    database = apsw.Connection(":memory:")
    database.execute("CREATE VIRTUAL TABLE talk USING fts5 (text, facts, tokenize = 'ascii')")
    made = expression(query.words, query.without, [facts(["r1"])], [facts(["s1", "s2"])])
    assert database.execute("SELECT * FROM talk WHERE talk MATCH ?", (made,)).fetchall() == []
