"""What every store must tell whoever owns the server: accounts, rooms, figures."""

from msgspec.structs import replace

from roomful.domain.settings import RoomSettings
from roomful.store import (
    AccountSummary,
    DeleteRoom,
    DropTokens,
    Extend,
    Figures,
    NewAccount,
    PutMember,
    RenameRoom,
    RoomOverview,
    SetAccount,
    SetRoom,
    Store,
)

from .changes import ALICE, BOB, NOW, begin, claim, enter, made, new_room, posts
from .store_accounts import DAY, account, device, for_ever, new_account
from .store_bots import rows
from .store_files import NOTES, PICTURE, put


class OverviewSuite:
    """Part of `StoreSuite`."""

    async def test_accounts_are_told_by_name_with_what_they_have_and_no_secret(self, store: Store) -> None:
        await made(store, account("p-zoe", "Zoé"), account(BOB.id, "bob"), account(ALICE.id, "Alice", owner=True))
        await made(store, rows(for_ever(BOB.id, "Robert"), Extend((BOB.id,), NOW, NOW + 7)))
        await made(store, *begin("r", "s"), *enter("r"), rows(new_room("d", "p-alice p-bob", "direct")))
        await made(store, rows(*(PutMember(room, BOB.id, "member", 1) for room in ("r", "s", "d"))))
        await made(store, rows(device("d1", BOB.id), device("d2", BOB.id, lasts=10 * DAY), device("d3", ALICE.id)))
        await made(store, rows(DropTokens(ALICE.id), SetAccount(ALICE.id, hash="", disabled=True)))
        alice = AccountSummary(ALICE.id, "Alice", "Alice", "person", True, True, True, NOW, 0, 0, 0)
        bob = AccountSummary(BOB.id, "bob", "Robert", "person", False, False, False, NOW, NOW + 7, 2, 2)
        zoe = AccountSummary("p-zoe", "Zoé", "Zoé", "person", False, False, False, NOW, 0, 0, 0)
        assert await store.account_summaries(NOW) == [alice, bob, zoe]
        assert await store.account_summaries(NOW + 2 * DAY, like="bo") == [replace(bob, devices=1)]
        assert await store.account_summaries(NOW, like="robert") == [bob]
        assert await store.account_summaries(NOW, like="é") == [zoe]
        assert await store.account_summaries(NOW, like="%") == await store.account_summaries(NOW, like="_") == []
        assert await store.account_summaries(NOW, after="alice", limit=1) == [bob]

    async def test_an_account_without_a_nick_is_told_by_its_name(self, store: Store) -> None:
        await made(store, rows(NewAccount("p-x", "Xan", "xan", "xan", "bot", NOW)))
        (one,) = await store.account_summaries(NOW)
        assert (one.nick, one.kind, one.waiting, one.seen) == ("Xan", "bot", True, 0)

    async def test_rooms_with_a_name_are_told_private_ones_too(self, store: Store) -> None:
        await made(store, *begin("a", "b", "r"), rows(new_room("d", "p-alice p-bob", "direct")))
        await made(store, *posts("b", 1, 2, at=NOW + 5), rows(SetRoom("b", "private", RoomSettings(archived=True))))
        people = [rows(claim(who), PutMember("b", who.id, "owner", 1)) for who in (BOB, ALICE)]
        await made(store, *people, *enter("r", ALICE), *put(PICTURE, NOTES))
        a = RoomOverview("a", "#a", "#A", "public", False, NOW, 0, 0, 0, (), 0)
        b = RoomOverview("b", "#b", "#B", "private", True, NOW, 2, NOW + 5, 2, ("Alice", "Bob"), 0)
        r = RoomOverview("r", "#r", "#R", "public", False, NOW, 0, 0, 1, (), PICTURE.size + NOTES.size)
        assert await store.room_overviews() == [a, b, r]
        assert await store.room_overviews(after="#a", limit=1) == [b]
        await made(store, rows(RenameRoom("a", "#z", "#Z")), rows(DeleteRoom("b")))
        assert [one.name for one in await store.room_overviews()] == ["#R", "#Z"]

    async def test_how_much_there_is(self, store: Store) -> None:
        empty = await store.figures()
        assert replace(empty, database=0) == Figures(0, 0, 0, 0, 0)
        twice = replace(PICTURE, id="f-again", uploader=BOB.id)
        await made(store, *begin("r"), rows(new_room("d", "p-alice p-bob", "direct")), *put(PICTURE, NOTES, twice))
        await made(store, rows(new_account(ALICE.id, "Alice")))
        assert replace(await store.figures(), database=0) == Figures(1, 1, 1, PICTURE.size + NOTES.size, 0)
