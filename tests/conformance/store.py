"""What every store must do. A subclass gives the fixture `open_store`: each call opens one more store over the same data."""

import asyncio
from functools import partial

import pytest

from roomful.errors import StoreUnavailable
from roomful.store import Change, Store

from .changes import ALICE, BOB, NOW, WEEK, OpenStore, begin, claim, enter, made, posts, said, seqs
from .store_accounts import AccountSuite
from .store_bots import BotSuite
from .store_erasing import ErasingSuite
from .store_files import FileSuite
from .store_hooks import HookSuite
from .store_logs import LogSuite
from .store_messages import MessageSuite
from .store_overview import OverviewSuite
from .store_people import PeopleSuite
from .store_rooms import RoomSuite


class StoreSuite(
    LogSuite,
    PeopleSuite,
    RoomSuite,
    MessageSuite,
    ErasingSuite,
    AccountSuite,
    BotSuite,
    HookSuite,
    FileSuite,
    OverviewSuite,
):
    """The suite: logs, people, rooms, messages, erasing, accounts, bots, webhooks, files, overview; here the rest."""

    @pytest.fixture
    async def store(self, open_store: OpenStore) -> Store:
        """One store over new data."""
        return await open_store()

    # -- receipts ----------------------------------------------------------------------------------------------

    async def test_a_nonce_is_found_with_its_participant_and_room_only(self, store: Store) -> None:
        await made(store, *begin("a", "b"))
        await made(store, *posts("a", 1, 1, nonce="n"), *posts("b", 1, 1), *posts("b", 2, 2, nonce="n"))
        await made(store, *posts("a", 2, 2, nonce="n", sender=BOB), *posts("a", 3, 3, nonce="Ω\n"))
        assert await store.receipt(ALICE.id, "a", "n") == 1
        assert await store.receipt(ALICE.id, "b", "n") == 2
        assert await store.receipt(BOB.id, "a", "n") == 2
        assert await store.receipt(ALICE.id, "a", "Ω\n") == 3
        assert await store.receipt(BOB.id, "b", "n") is None
        assert await store.receipt(ALICE.id, "a", "N") is None
        assert await store.receipt(ALICE.id, "none", "n") is None
        assert await store.receipt(ALICE.id, "b", "") is None, "a command without a nonce has no receipt"

    async def test_every_receipt_of_large_and_small_batches_is_found(self, open_store: OpenStore) -> None:
        stores = [await open_store(), await open_store()]
        await made(stores[0], *begin("r"))
        head = 0
        for turn, size in enumerate([1, 1, 1000, 3, 1, 400, 1, 1]):
            numbers = range(head + 1, head + size + 1)
            await made(stores[turn % 3 == 0], *(Change((said("r", seq, nonce=f"n{seq}"),)) for seq in numbers))
            head += size
            for store in stores:
                for seq in (1, head - size // 2, head):
                    assert await store.receipt(ALICE.id, "r", f"n{seq}") == seq
                assert await store.receipt(ALICE.id, "r", f"n{head + 1}") is None

    async def test_of_a_nonce_used_twice_the_newest_number_is_given(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 3, nonce="n"))
        assert await store.receipt(ALICE.id, "r", "n") == 3
        await made(store, *posts("r", 4, 4, nonce="n"), *posts("r", 5, 5))
        assert await store.receipt(ALICE.id, "r", "n") == 4

    async def test_receipts_recorded_after_all_were_pruned_are_found(self, store: Store) -> None:
        await made(store, *begin("r"))
        for first in (1, 401, 801):
            await made(store, *posts("r", first, first + 399, nonce="old"))
        assert await store.receipt(ALICE.id, "r", "old") == 1200
        await store.prune(NOW + 1)
        assert await store.receipt(ALICE.id, "r", "old") is None
        await made(store, *posts("r", 1201, 1201, nonce="new"))
        assert await store.receipt(ALICE.id, "r", "new") == 1201

    async def test_old_receipts_are_pruned(self, store: Store) -> None:
        await made(store, *begin("r"))
        for seq, at in enumerate((NOW, NOW + WEEK - 1, NOW + WEEK), 1):
            await made(store, *posts("r", seq, seq, nonce=f"n{seq}", at=at))
            await store.prune(at - WEEK)
        await store.prune(NOW + WEEK)
        found = [await store.receipt(ALICE.id, "r", f"n{seq}") for seq in (1, 2, 3)]
        assert found == [None, None, 3]
        await made(store, *posts("r", 4, 4, nonce="n4", at=NOW + WEEK))
        assert await store.receipt(ALICE.id, "r", "n4") == 4
        await store.prune(NOW + WEEK + 1)
        assert await store.receipt(ALICE.id, "r", "n4") is None
        assert await seqs(store, "r") == [1, 2, 3, 4], "the log is never pruned"

    async def test_participants_who_left_nothing_are_pruned(self, store: Store) -> None:
        await made(store, *begin("r"), *enter("r", ALICE), Change((), (claim(BOB),)))
        await store.prune(NOW + 1000)
        assert await store.participant(BOB.id) is not None
        await store.prune(NOW + 1001)
        assert await store.participant(BOB.id) is None
        assert await store.holder("bob") is None
        assert await store.participant(ALICE.id) is not None

    # -- the store itself ----------------------------------------------------------------------------------------

    async def test_the_epoch_and_the_secret_stay(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        epoch, secret = await here.meta("epoch"), await here.meta("secret")
        assert epoch == await there.meta("epoch")
        assert secret == await there.meta("secret")
        assert epoch
        assert len(bytes.fromhex(secret)) >= 32
        with pytest.raises(KeyError):
            await here.meta("none")

    async def test_what_others_write_is_noticed_and_what_one_writes_is_not(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("r"))
        heard = dict.fromkeys((here, there), 0)
        news = asyncio.Condition()

        async def listen(store: Store) -> None:
            async for _ in store.foreign_writes():
                async with news:
                    heard[store] += 1
                    news.notify_all()

        def heard_at_least(number: int) -> bool:
            return heard[there] >= number

        listening = [asyncio.create_task(listen(store)) for store in (here, there)]
        async with asyncio.timeout(10):
            for number in (1, 2):
                for seq in range(20 * number - 19, 20 * number + 1):
                    await made(here, *posts("r", seq, seq))
                async with news:
                    await news.wait_for(partial(heard_at_least, number))
            assert heard[here] == 0
            await made(there, *posts("r", 41, 41))
            async with news:
                await news.wait_for(lambda: heard[here] == 1)
            for store in (here, there):
                await store.close()
            await asyncio.gather(*listening)  # the store's end is theirs

    async def test_a_reopened_store_goes_on(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 1))
        await store.reopen()
        await made(store, *posts("r", 2, 2))
        assert await seqs(store, "r") == [1, 2]

    async def test_after_the_end_everything_is_refused(self, store: Store) -> None:
        await store.ping()
        await store.close()
        await store.close()
        for question in (store.ping(), store.append([]), store.read("r"), store.reopen()):
            with pytest.raises(StoreUnavailable):
                await question

    async def test_what_was_begun_is_finished_at_the_end(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("r"))
        appending = asyncio.create_task(here.append(posts("r", 1, 500)))
        await asyncio.sleep(0)
        await asyncio.gather(here.close(), appending)
        assert await there.heads(["r"]) == {"r": 500}
