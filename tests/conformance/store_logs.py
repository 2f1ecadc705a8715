"""What every store must do with logs: append, page, and tell what came too late."""

import asyncio

import pytest

from roomful.domain.events import Sender
from roomful.store import (
    Appended,
    Change,
    DropMember,
    Late,
    PutMember,
    SetTopic,
    Store,
)

from .changes import ALICE, ALL_MADE, BOB, NOW, OpenStore, begin, enter, made, posts, said, seqs


class LogSuite:
    """Part of `StoreSuite`."""

    async def test_what_is_appended_is_read_back_as_it_was(self, store: Store) -> None:
        texts = ["Grüße, 世界 👋🏽", "two\nlines", 'quotes " and \\', "\u202eright to left", "x" * 16_000]
        events = [said("r", n, text=text, nonce=f"n{n}", at=NOW + n) for n, text in enumerate(texts, 1)]
        bot = Sender("p-bot", "Bot", "bot")
        events.append(said("r", len(texts) + 1, sender=bot))
        assert await store.append([*begin("r"), *(Change((event,)) for event in events)]) == ALL_MADE
        assert await store.read("r", max_bytes=10**6) == events

    async def test_an_empty_list_is_appended_in_vain(self, store: Store) -> None:
        assert await store.append([]) == ALL_MADE

    async def test_rooms_have_logs_of_their_own(self, store: Store) -> None:
        await made(store, *begin("a", "b", "c"), *posts("a", 1, 3), *posts("b", 1, 2))
        assert await store.heads(["a", "b", "c", "none"]) == {"a": 3, "b": 2, "c": 0}
        assert await seqs(store, "a") == [1, 2, 3]
        assert await seqs(store, "b") == [1, 2]
        assert await seqs(store, "c") == await seqs(store, "none") == []

    @pytest.mark.parametrize(
        ("after", "before", "limit", "newest", "expected"),
        [
            (0, None, 500, False, range(1, 11)),
            (3, None, 500, False, range(4, 11)),
            (3, 6, 500, False, range(4, 6)),
            (3, None, 2, False, range(4, 6)),
            (3, None, 2, True, range(9, 11)),
            (0, 6, 2, True, range(4, 6)),
            (5, 6, 500, False, range(0)),
            (9, 3, 500, False, range(0)),
            (10, None, 500, False, range(0)),
            (10**12, None, 500, True, range(0)),
            (0, 10**12, 3, True, range(8, 11)),
            (0, 0, 3, True, range(0)),
        ],
    )
    async def test_pages(
        self, store: Store, after: int, before: int | None, limit: int, newest: bool, expected: range
    ) -> None:
        await made(store, *begin("before", "r", "behind"), *posts("before", 1, 2), *posts("behind", 1, 2))
        await made(store, *posts("r", 1, 10))
        found = await store.read("r", after=after, before=before, limit=limit, newest=newest)
        assert [event.seq for event in found] == list(expected)

    async def test_a_page_ends_before_it_is_too_large_but_not_before_one_event(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 5, text="x" * 100))
        size = len(said("r", 1, text="x" * 100).data)
        assert len(await store.read("r", max_bytes=2 * size)) == 2
        assert len(await store.read("r", max_bytes=3 * size - 1)) == 2
        assert [e.seq for e in await store.read("r", max_bytes=2 * size, newest=True)] == [4, 5]
        assert [e.seq for e in await store.read("r", max_bytes=0)] == [1]
        assert [e.seq for e in await store.read("r", max_bytes=0, newest=True)] == [5]

    # -- late changes ----------------------------------------------------------------------------------------

    async def test_a_change_decided_on_an_old_head_is_late_and_told_what_it_missed(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("r"), *posts("r", 1, 2))
        theirs = said("r", 3, sender=BOB)
        await made(there, Change((theirs,)))
        assert await here.append(posts("r", 3, 3)) == Appended([Late(0)], {"r": [theirs]})
        assert await here.read("r", after=2) == [theirs]

    async def test_what_was_decided_on_top_of_a_late_change_is_late_too(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("r", "other"))
        await made(there, *posts("r", 1, 2, sender=BOB))
        # The third one would fit behind the head by its number, but it was decided on events that are not there.
        appended = await here.append([*posts("r", 1, 3), *posts("other", 1, 1)])
        assert appended.late == [Late(0), Late(1), Late(2)]
        assert [event.sender for event in await here.read("r")] == [BOB, BOB]
        assert await seqs(here, "other") == [1]

    async def test_a_gap_is_late(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 1))
        assert await store.append(posts("r", 3, 3)) == Appended([Late(0)], {})
        assert await store.append([Change((said("r", 2), said("r", 4)))]) == Appended([Late(0)], {})
        assert await seqs(store, "r") == [1]

    async def test_a_change_to_a_room_that_does_not_exist_is_late(self, store: Store) -> None:
        changes = [*posts("none", 1, 1), Change((), (PutMember("none", ALICE.id, "member"),))]
        assert await store.append(changes) == Appended([Late(0), Late(1)], {})
        assert await store.heads(["none"]) == {}

    async def test_a_change_to_several_rooms_is_made_in_all_or_in_none(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("a", "b"), *enter("a", ALICE))
        await made(there, *posts("b", 1, 1, sender=BOB))
        both = Change((said("a", 1), said("b", 1)), (DropMember("a", ALICE.id), SetTopic("a", "gone")))
        appended = await here.append([both, *posts("a", 2, 2)])
        assert appended == Appended([Late(0), Late(1)], {"b": [said("b", 1, sender=BOB)]})
        assert await here.heads(["a", "b"]) == {"a": 0, "b": 1}
        (room,) = await here.rooms_by_id(["a"])
        assert (room.topic, list(room.members)) == ("", [ALICE.id])
        await made(here, Change((said("a", 1), said("b", 2), said("a", 2))))
        assert await here.heads(["a", "b"]) == {"a": 2, "b": 2}

    async def test_innocent_neighbours_of_a_late_change_are_made(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("a", "b", "c"))
        await made(there, *posts("b", 1, 1))
        changes = [*posts("a", 1, 1, nonce="n"), *posts("b", 1, 1, nonce="n"), *posts("c", 1, 2), *posts("a", 2, 2)]
        assert (await here.append(changes)).late == [Late(1)]
        assert await here.heads(["a", "b", "c"]) == {"a": 2, "b": 1, "c": 2}
        assert await here.receipt(ALICE.id, "a", "n") == 1
        assert await here.receipt(ALICE.id, "b", "n") is None

    async def test_two_that_write_at_once_agree_on_one_log(self, open_store: OpenStore) -> None:
        stores = [await open_store() for _ in range(2)]
        await made(stores[0], *begin("r"))

        async def write(store: Store, sender: Sender) -> None:
            head, wanted = 0, [f"{sender.nick} {n}" for n in range(40)]
            while wanted:
                text = wanted[0]
                appended = await store.append([Change((said("r", head + 1, text=text, nonce=text, sender=sender),))])
                if appended.late:
                    head = appended.missed["r"][-1].seq
                else:
                    head += 1
                    wanted.pop(0)

        await asyncio.gather(write(stores[0], ALICE), write(stores[1], BOB))
        log = await stores[0].read("r")
        assert log == await stores[1].read("r")
        assert [event.seq for event in log] == list(range(1, 81))
        for sender in (ALICE, BOB):
            assert [e.nonce for e in log if e.sender == sender] == [f"{sender.nick} {n}" for n in range(40)]
