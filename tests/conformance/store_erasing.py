"""Erasing by age: which texts go, and what stays of their events."""

from roomful.domain.events import Edit, Event, Join, KnownBody, Message, encode_body
from roomful.domain.settings import RoomSettings
from roomful.store import Change, Mention, NewRoom, Relate, SetRoom, Store

from .changes import ALICE, BOB, NOW, begin, made, posts


def event(room: str, seq: int, at: int, body: KnownBody) -> Event:
    return Event(room, seq, at, ALICE, f"n{seq}", encode_body(body))


async def bodies(store: Store, room: str) -> list[object]:
    return [event.body for event in await store.read(room)]


class ErasingSuite:
    """A part of the stores' suite."""

    async def test_texts_expire_and_their_numbers_stay(self, store: Store) -> None:
        await made(store, *begin("r", "s"))
        said: list[KnownBody] = [
            Join(),
            Message("one"),
            Message("two", mentions=(BOB.id,)),
            Message("three"),
            Edit(3, "two, edited", ()),
        ]
        await made(
            store,
            Change([event("r", seq, NOW + seq, body) for seq, body in enumerate(said, 1)], [Relate("r", 3, 5, "edit")]),
            Change((), [Mention("r", 3, (BOB.id,))]),
            *posts("s", 1, 1, at=NOW),
        )
        assert await store.expire_texts("r", NOW + 4) == [2, 3]
        gone = Message(redacted=0)
        assert await bodies(store, "r") == [Join(), gone, gone, Message("three"), Edit(3, redacted=0)]
        assert [e.seq for e in await store.read("r")] == [1, 2, 3, 4, 5]
        assert [(e.at, e.nonce, e.sender) for e in await store.read("r")] == [
            (NOW + n, f"n{n}", ALICE) for n in range(1, 6)
        ]
        assert await store.expire_texts("r", NOW + 4) == []
        assert len(await bodies(store, "s")) == 1
        assert isinstance((await bodies(store, "s"))[0], Message)

    async def test_texts_expire_in_portions_the_oldest_first(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 7, at=NOW))
        portions = [await store.expire_texts("r", NOW + 1, 3) for _ in range(4)]
        assert portions == [[1, 2, 3], [4, 5, 6], [7], []]
        await made(store, *posts("r", 8, 8, at=NOW + 10))
        assert await store.expire_texts("r", NOW + 11) == [8]
        assert await store.expire_texts("nothing", NOW) == []

    async def test_what_was_redacted_says_so_for_ever(self, store: Store) -> None:
        await made(store, *begin("r"), Change([event("r", 1, NOW, Message(redacted=2))]))
        assert await store.expire_texts("r", NOW + 1) == []
        assert await bodies(store, "r") == [Message(redacted=2)]

    async def test_rooms_say_for_how_many_days_they_keep_texts(self, store: Store) -> None:
        await made(
            store, Change((), [NewRoom("a", "#a", "#a", "public", NOW, RoomSettings(retention=30))]), *begin("b", "c")
        )
        await made(store, Change((), [SetRoom("b", "private", RoomSettings(retention=7, slow=3))]))
        assert await store.retentions() == {"a": 30, "b": 7}
        await made(store, Change((), [SetRoom("a", "public", RoomSettings())]))
        assert await store.retentions() == {"b": 7}

    async def test_purging_loses_nothing(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 100))
        await store.purge()
        await made(store, *posts("r", 101, 101))
        assert await store.heads(["r"]) == {"r": 101}
