"""What every store must do with what is about messages: relations, pins, acts, erasing, what is unread."""

from typing import Any

from roomful.domain.events import Edit, Event, Join, KnownBody, Message, Redaction, Sender, encode_body
from roomful.store import (
    MOST_COUNTED,
    MOST_LOOKED_AT,
    Blank,
    Change,
    Counts,
    Late,
    LogAct,
    Mark,
    Mention,
    PutMember,
    Relate,
    Row,
    Store,
    Unpin,
)

from .changes import ALICE, BOB, NOW, OpenStore, begin, enter, made, posts, said

CAROL = Sender("p-carol", "Carol", "person")


def event(seq: int, body: KnownBody, sender: Sender = ALICE, room: str = "r") -> Event:
    return Event(room, seq, NOW, sender, f"n{seq}", encode_body(body))


def rows(*rows: Row) -> Change:
    """A change of rows only."""
    return Change((), rows)


async def bodies(store: Store, room: str = "r") -> list[Any]:
    return [event.body for event in await store.read(room)]


def reply(seq: int, thread: int, sender: Sender) -> Change:
    """A message in a thread."""
    return Change([event(seq, Message("re", thread=thread), sender)], [Relate("r", thread, seq, "thread")])


def call(seq: int, *named: str, sender: Sender = ALICE) -> Change:
    """A message that names these participants."""
    return Change([event(seq, Message("hey", mentions=named), sender)], [Mention("r", seq, named)])


class MessageSuite:
    """Part of `StoreSuite`."""

    # -- what is about a message -----------------------------------------------------------------------------

    async def test_what_was_done_to_several_messages_is_found_the_newest_of_each_kind_first(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *posts("r", 1, 12))
        await made(
            store, rows(*(Relate("r", target, seq, "edit") for target, seq in ((1, 4), (2, 5), (1, 6), (3, 10))))
        )
        await made(store, rows(Relate("r", 2, 7, "pin"), Relate("r", 1, 8, "thread")))
        await made(store, rows(Relate("r", 1, 9, "reaction"), Relate("r", 1, 11, "reaction")))

        async def found(*targets: int, **page: int) -> list[int]:
            return [e.seq for e in await store.changes("r", targets, **page)]

        assert await found(1, 2, 1) == [6, 5, 7, 11, 9]
        assert await found(2, 1, after=6) == [7, 11, 9]
        assert await found(1, 2, limit=3) == [6, 5, 7]
        assert (await found(), await store.changes("none", [1])) == ([], [])

    async def test_events_are_found_by_their_numbers(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *posts("r", 1, 9), *posts("s", 1, 1))
        assert [e.seq for e in await store.events("r", [7, 2, 2, 10, 0, -1, 10**12])] == [2, 7]
        assert await store.events("s", [1]) == [said("s", 1)]
        assert await store.events("s", []) == await store.events("none", [1]) == []

    async def test_what_is_about_a_message_is_found(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *posts("r", 1, 9), *posts("s", 1, 9))
        await made(store, rows(Relate("r", 1, 8, "edit"), Relate("r", 1, 3, "reaction"), Relate("r", 1, 5, "edit")))
        await made(store, rows(Relate("r", 2, 4, "edit"), Relate("s", 1, 6, "edit"), Relate("r", 1, 3, "reaction")))

        async def found(*what: str, **page: int) -> list[int]:
            return [e.seq for e in await store.related("r", 1, what, **page)]

        assert await found("edit") == [5, 8]
        assert await found("reaction", "edit") == [3, 5, 8]
        assert await found("reaction", "edit", limit=2) == [3, 5]
        assert await found("reaction", "edit", after=3) == [5, 8]
        assert await found("thread") == await found() == []
        assert await store.related("none", 1, ["edit"]) == []

    async def test_pins(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 9))
        await made(
            store, rows(Relate("r", 5, 6, "pin")), rows(Relate("r", 2, 7, "pin")), rows(Relate("r", 3, 8, "edit"))
        )
        assert await store.pins("r") == [2, 5]
        assert (await store.rooms_by_id(["r"]))[0].pins == 2
        await made(store, rows(Unpin("r", 2), Unpin("r", 3)))
        assert await store.pins("r") == [5]
        assert (await store.rooms_by_id(["r"]))[0].pins == 1
        assert [e.seq for e in await store.related("r", 3, ["edit"])] == [8]
        assert await store.pins("none") == []

    async def test_acts_are_told_the_newest_first(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 9), rows(*(LogAct("r", seq) for seq in (3, 1, 8, 5, 3))))
        assert [e.seq for e in await store.acts("r")] == [8, 5, 3, 1]
        assert [e.seq for e in await store.acts("r", before=8, limit=2)] == [5, 3]
        assert await store.acts("none") == []

    # -- erasing -----------------------------------------------------------------------------------------------

    async def test_a_message_is_erased_with_its_edits(self, store: Store) -> None:
        message = Message("secret", "action", reply_to=1, thread=1, mentions=(BOB.id,), everybody=True, origin="irc")
        first = Change(
            [event(1, Join()), event(2, message), event(3, Message("kept"))], [Mention("r", 2, (BOB.id, "*"))]
        )
        edit = Change(
            [event(4, Edit(2, "secret 2", (BOB.id,)))], [Relate("r", 2, 4, "edit"), Mention("r", 4, (BOB.id,))]
        )
        await made(store, *begin("r"), first, edit, Change([event(5, Edit(3, "kept 2"))], [Relate("r", 3, 5, "edit")]))
        before = await store.read("r")
        assert [one.mentions for one in await store.unread(BOB.id, ["r"])] == [2]
        await made(store, Change([event(6, Redaction(2))], [Blank("r", 2, 6), Relate("r", 2, 6, "redaction")]))
        assert await bodies(store) == [
            Join(),
            Message("", "action", reply_to=1, thread=1, redacted=6),
            Message("kept"),
            Edit(2, redacted=6),
            Edit(3, "kept 2"),
            Redaction(2),
        ]
        after = await store.read("r")
        assert [(e.seq, e.at, e.sender, e.nonce) for e in after[:5]] == [
            (e.seq, e.at, e.sender, e.nonce) for e in before
        ]
        assert await store.receipt(ALICE.id, "r", "n2") == 2
        assert [one.mentions for one in await store.unread(BOB.id, ["r"])] == [0]
        assert [e.seq for e in await store.related("r", 2, ["edit", "redaction"])] == [4, 6]

    async def test_what_was_said_in_the_same_list_or_change_is_erased(self, store: Store) -> None:
        alone = Change([event(1, Message("one")), event(2, Redaction(1))], [Blank("r", 1, 2)])
        listed = [
            Change([event(3, Message("two"))]),
            Change([event(4, Edit(3, "three"))], [Relate("r", 3, 4, "edit")]),
            Change([event(5, Redaction(3))], [Blank("r", 3, 5)]),
            Change([event(6, Message("four"))]),
        ]
        await made(store, *begin("r"), alone, *listed)
        erased = [Message(redacted=2), Redaction(1), Message(redacted=5), Edit(3, redacted=5), Redaction(3)]
        assert await bodies(store) == [*erased, Message("four")]

    async def test_what_cannot_be_erased_stays_as_it_is(self, store: Store) -> None:
        await made(store, *begin("r"), Change([event(1, Join()), event(2, Message("one"))]))
        await made(store, rows(Blank("r", 2, 3), Blank("r", 1, 3), Blank("r", 99, 3)), rows(Blank("r", 2, 4)))
        assert await bodies(store) == [Join(), Message(redacted=3)]

    async def test_a_change_that_is_late_erases_nothing(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("r"), *posts("r", 1, 1, text="one"))
        await made(there, *posts("r", 2, 2, text="two"))
        assert (await here.append([Change([event(2, Redaction(1))], [Blank("r", 1, 2)])])).late == [Late(0)]
        assert await bodies(here) == [Message("one"), Message("two")]

    # -- what is unread ---------------------------------------------------------------------------------------

    async def test_unread_is_what_others_said_since(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *enter("r", ALICE, BOB), *enter("s", BOB), *posts("s", 1, 2))
        said = [event(1, Message("a")), event(2, Join()), event(3, Message("b")), event(4, Message("c"), BOB)]
        await made(store, Change([*said, event(5, Message("d")), event(6, Edit(5, "e"))]))
        assert await store.unread(BOB.id, ["s", "r", "none"]) == [Counts("s", 0, 0, 2, 0), Counts("r", 0, 0, 3, 0)]
        await made(store, rows(Mark(BOB.id, "r", 3)))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 3, 1, 0)]
        assert await store.unread(ALICE.id, ["r"]) == [Counts("r", 0, 0, 1, 0)]
        await made(store, Change([event(7, Redaction(5))], [Blank("r", 5, 7)]))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 3, 0, 0)]

    async def test_a_marker_never_goes_back(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 9), *(rows(Mark(BOB.id, "r", seq)) for seq in (4, 7, 5)))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 7, 2, 0)]
        assert await store.unread(CAROL.id, ["r"]) == [Counts("r", 0, 0, 9, 0)]

    async def test_who_came_later_has_not_missed_what_was_before(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 5), call(6, "*"), rows(PutMember("r", BOB.id, "member", 7)))
        await made(store, call(7, BOB.id), *posts("r", 8, 8))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 0, 2, 1)]

    async def test_mentions_are_ones_own_and_everybodys_and_by_others(self, store: Store) -> None:
        await made(store, *begin("r"), call(1, BOB.id, CAROL.id), call(2, "*"), call(3, BOB.id, "*"), call(4, CAROL.id))
        await made(store, call(5, "*", BOB.id, sender=BOB), rows(Mention("r", 99, (BOB.id,))))
        counts = {who.id: (await store.unread(who.id, ["r"]))[0].mentions for who in (ALICE, BOB, CAROL)}
        assert counts == {ALICE.id: 1, BOB.id: 3, CAROL.id: 5}
        await made(store, rows(Mark(BOB.id, "r", 2)))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 2, 2, 1)]

    async def test_threads_are_counted_apart_for_those_who_take_part(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 1, sender=BOB), *posts("r", 2, 3), reply(4, 1, ALICE))
        await made(store, reply(5, 2, BOB), reply(6, 2, ALICE), reply(7, 2, CAROL), reply(8, 3, CAROL))
        begun, spoken = Counts("r", 1, 0, 1, 0), Counts("r", 2, 0, 2, 0)
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 0, 2, 0), begun, spoken]
        await made(store, rows(Mark(BOB.id, "r", 2), Mark(BOB.id, "r", 6, thread=2), Mark(BOB.id, "r", 1, thread=3)))
        followed = Counts("r", 3, 1, 1, 0)
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 2, 1, 0), begun, Counts("r", 2, 6, 1, 0), followed]
        await made(store, rows(Mark(BOB.id, "r", 8, thread=2), Mark(BOB.id, "r", 4, thread=1)))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 2, 1, 0), followed]
        await made(store, rows(Blank("r", 8, 9)))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 2, 1, 0)]

    async def test_whatever_stands_in_a_text_it_is_counted(self, store: Store) -> None:
        texts = [',"thread":1', '"redacted":', '{"type":"message","text":"', "\\", "é" * 9000]
        await made(store, *begin("r"), *(Change([event(n, Message(text))]) for n, text in enumerate(texts, 1)))
        await made(store, reply(6, 1, ALICE))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 0, 5, 0)]

    async def test_counting_ends_somewhere(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, MOST_COUNTED - 1, text="x"))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 0, MOST_COUNTED - 1, 0)]
        calls = [call(seq, BOB.id) for seq in range(MOST_COUNTED, 2 * MOST_COUNTED + 10)]
        await made(store, *calls)
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 0, MOST_COUNTED, MOST_COUNTED)]

    async def test_looking_back_ends_somewhere(self, store: Store) -> None:
        own = [event(seq, Message("x"), BOB) for seq in range(3, MOST_LOOKED_AT + 2)]
        await made(store, *begin("r"), *posts("r", 1, 2), Change(own))
        assert await store.unread(BOB.id, ["r"]) == [Counts("r", 0, 0, 1, 0)]
