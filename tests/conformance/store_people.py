"""What every store must do with rooms, members and nicks."""

from roomful.domain.events import Sender
from roomful.domain.members import Member
from roomful.store import (
    Appended,
    Change,
    Claim,
    DropMember,
    Extend,
    Late,
    ParticipantRecord,
    PutMember,
    Release,
    RoomRecord,
    RoomSummary,
    SetTopic,
    Store,
)

from .changes import ALICE, BOB, NOW, OpenStore, begin, claim, enter, made, new_room, posts, said, seqs


class PeopleSuite:
    """Part of `StoreSuite`."""

    async def test_a_room_is_known_by_id_and_by_key(self, store: Store) -> None:
        rows = (new_room("r"), claim(ALICE), claim(BOB), PutMember("r", ALICE.id, "owner"), SetTopic("r", "cats"))
        await made(store, Change((said("r", 1, at=NOW), said("r", 2, at=NOW + 5)), rows))
        await made(store, Change((), (PutMember("r", BOB.id, "member"),)), *begin("empty"))
        members = {ALICE.id: Member(ALICE, "owner"), BOB.id: Member(BOB, "member")}
        expected = RoomRecord("r", "#r", "#R", "public", "cats", 2, NOW + 5, members)
        empty = RoomRecord("empty", "#empty", "#EMPTY", "public", "", 0, 0, {})
        assert await store.rooms_by_id(["r"]) == [expected]
        assert await store.rooms_by_key(["#r"]) == [expected]
        assert await store.rooms_by_id(["r", "none", "empty"]) == [expected, empty]
        assert await store.rooms_by_key(["#none", "r"]) == []

    async def test_a_key_is_borne_by_one_room(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, Change((said("r1", 1),), (new_room("r1", "#one"),)))
        appended = await there.append([Change((said("r2", 1),), (new_room("r2", "#one"),)), *posts("r2", 2, 2)])
        assert appended == Appended([Late(0, "room"), Late(1)], {})
        assert [room.id for room in await there.rooms_by_key(["#one"])] == ["r1"]
        assert await there.rooms_by_id(["r2"]) == []

    async def test_of_two_rooms_of_one_key_in_one_list_the_first_begins(self, store: Store) -> None:
        changes = [Change((said(id, 1),), (new_room(id, "#one"),)) for id in ("r1", "r2")]
        assert (await store.append(changes)).late == [Late(1, "room")]
        assert [room.id for room in await store.rooms_by_key(["#one"])] == ["r1"]

    async def test_a_late_change_begins_no_room(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("a"))
        await made(there, *posts("a", 1, 1))
        late = Change((said("b", 1), said("a", 1)), (new_room("b"), claim(ALICE)))
        assert (await here.append([late])).late == [Late(0)]
        assert await here.rooms_by_id(["b"]) == []
        assert await here.participant(ALICE.id) is None
        await made(here, Change((said("b2", 1),), (new_room("b2", "#b"),)))

    async def test_rooms_are_listed_by_key(self, store: Store) -> None:
        direct = Change((), (new_room("d", "p-alice p-bob", "direct"), PutMember("d", ALICE.id, "member")))
        await made(store, *begin("c", "a", "b"), *enter("b", ALICE, BOB), *posts("b", 1, 4), direct)

        def summary(id: str, head: int = 0, count: int = 0) -> RoomSummary:
            return RoomSummary(id, f"#{id}", f"#{id.upper()}", "public", "", head, count)

        everything = [summary("a"), summary("b", 4, 2), summary("c")]
        assert await store.list_rooms() == everything
        assert await store.list_rooms(limit=2) == everything[:2]
        assert await store.list_rooms(after="#b") == everything[2:]
        mine = await store.list_rooms(participant=ALICE.id)
        assert [room.id for room in mine] == ["b", "d"]
        assert [room.id for room in await store.list_rooms(participant=ALICE.id, after="#b")] == ["d"]
        assert await store.list_rooms(participant="nobody") == []

    async def test_members_come_and_go(self, store: Store) -> None:
        await made(store, *begin("a", "b"), *enter("a", ALICE, BOB), *enter("b", ALICE))
        assert sorted(await store.rooms_of(ALICE.id)) == ["a", "b"]
        drop = DropMember("a", ALICE.id)
        await made(store, Change((), (drop,)), Change((), (PutMember("a", BOB.id, "owner"),)), Change((), (drop,)))
        assert await store.rooms_of(ALICE.id) == ["b"]
        assert [(await store.rooms_by_id([id]))[0].members for id in ("a", "b")] == [
            {BOB.id: Member(BOB, "owner")},
            {ALICE.id: Member(ALICE, "member")},
        ]

    # -- nicks -----------------------------------------------------------------------------------------------

    async def test_a_nick_is_borne_once_while_its_claim_is_good(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, Change((), (claim(ALICE, until=NOW + 10),)))
        other = Sender("p-other", "aLICE", "person")
        assert (await there.append([Change((), (claim(other, now=NOW + 9),))])).late == [Late(0, "nick")]
        assert await there.participant(other.id) is None
        assert await there.holder("alice") == ParticipantRecord(ALICE.id, "Alice", "person", NOW + 10)
        await made(there, Change((), (claim(other, now=NOW + 10, until=NOW + 20),)))
        assert await here.holder("alice") == ParticipantRecord(other.id, "aLICE", "person", NOW + 20)
        assert await here.participant(ALICE.id) == ParticipantRecord(ALICE.id, "", "person", NOW + 10)

    async def test_of_two_claims_in_one_list_the_first_is_made(self, store: Store) -> None:
        other = Sender("p-other", "Alice", "person")
        assert (await store.append([Change((), (claim(ALICE),)), Change((), (claim(other),))])).late == [
            Late(1, "nick")
        ]

    async def test_what_was_decided_on_top_of_a_refused_claim_is_late(self, store: Store) -> None:
        await made(store, *begin("r"), *enter("r", ALICE, BOB))
        renamed = Change((said("r", 1, sender=BOB),), (claim(BOB, nick="Alice"),))
        assert (await store.append([renamed, *posts("r", 2, 2)])).late == [Late(0, "nick"), Late(1)]
        assert await seqs(store, "r") == []
        assert await store.participant(BOB.id) == ParticipantRecord(BOB.id, "Bob", "person", NOW + 1000)

    async def test_a_claim_lets_go_of_the_nick_before_it(self, store: Store) -> None:
        await made(store, Change((), (claim(ALICE),)), Change((), (claim(ALICE, nick="Alicia", until=NOW + 5),)))
        assert await store.holder("alice") is None
        assert await store.holder("alicia") == ParticipantRecord(ALICE.id, "Alicia", "person", NOW + 5)
        await made(store, Change((), (claim(Sender("p-other", "Alice", "bot")),)))

    async def test_a_claim_may_be_repeated(self, store: Store) -> None:
        await made(store, Change((), (claim(ALICE),)), Change((), (claim(ALICE, nick="ALICE", until=NOW + 7),)))
        assert await store.holder("alice") == ParticipantRecord(ALICE.id, "ALICE", "person", NOW + 7)

    async def test_claims_are_extended_and_cut_short(self, store: Store) -> None:
        await made(store, Change((), (claim(ALICE),)), Change((), (claim(BOB),)))
        await made(store, Change((), (Extend((ALICE.id, "nobody", BOB.id), NOW + 5000),)))
        await made(store, Change((), (Extend((BOB.id,), NOW + 1),)))
        assert await store.participant(ALICE.id) == ParticipantRecord(ALICE.id, "Alice", "person", NOW + 5000)
        assert await store.participant(BOB.id) == ParticipantRecord(BOB.id, "Bob", "person", NOW + 1)
        assert await store.participant("nobody") is None

    async def test_a_released_nick_is_free_and_rooms_still_show_it(self, store: Store) -> None:
        await made(store, *begin("r"), *enter("r", ALICE), Change((), (Release(ALICE.id), Release("nobody"))))
        assert await store.holder("alice") is None
        assert await store.participant(ALICE.id) == ParticipantRecord(ALICE.id, "", "person", 0)
        await made(store, Change((), (claim(Sender("p-other", "Alice", "person")),)))
        (room,) = await store.rooms_by_id(["r"])
        assert room.members == {ALICE.id: Member(ALICE, "member")}

    async def test_a_participant_whose_nick_was_lost_may_claim_another(self, store: Store) -> None:
        await made(store, Change((), (claim(ALICE, until=NOW),)))
        await made(store, Change((), (claim(Sender("p-other", "Alice", "person")),)))
        assert (await store.append([Change((), (claim(ALICE),))])).late == [Late(0, "nick")]
        await made(store, Change((), (claim(ALICE, nick="Alice2"),)))
        assert await store.participant(ALICE.id) == ParticipantRecord(ALICE.id, "Alice2", "person", NOW + 1000)

    async def test_expired_are_members_of_public_rooms_whose_claims_have_ended(self, store: Store) -> None:
        def guest(name: str, until: int) -> Claim:
            return claim(Sender(name, name, "person"), until=until)

        claims = [guest("late", NOW + 2), guest("early", NOW), guest("direct", NOW), guest("none", NOW)]
        claims += [guest("good", NOW + 10), guest("just", NOW + 3)]
        rows = [PutMember("r", name, "member") for name in ("late", "early", "good", "just")]
        direct = new_room("d", "a b", "direct")
        await made(store, *begin("r"), Change((), (*claims, *rows, direct, PutMember("d", "direct", "member"))))
        assert await store.expired(NOW + 3) == ["early", "late"]
        assert await store.expired(NOW + 3, limit=1) == ["early"]
        await made(store, Change((), (DropMember("r", "early"), Release("good"))))
        assert await store.expired(NOW + 3) == ["good", "late"]
