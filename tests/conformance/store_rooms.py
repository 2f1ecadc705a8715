"""What every store must do with rooms that people run: settings, names, endings, sanctions, invitations."""

from msgspec.structs import replace

from roomful.domain.members import Member
from roomful.domain.sanctions import Sanction
from roomful.domain.settings import RoomSettings
from roomful.store import (
    FOREVER,
    Change,
    DeleteRoom,
    DropInvite,
    DropMember,
    DropSanction,
    Extend,
    Late,
    LogAct,
    Mark,
    Mention,
    NewRoom,
    PutInvite,
    PutMember,
    PutSanction,
    Relate,
    RenameRoom,
    Row,
    SetRoom,
    SetTopic,
    Store,
)

from .changes import ALICE, BOB, NOW, WEEK, OpenStore, begin, claim, enter, made, new_room, posts, seqs

BAN = Sanction(1, "ban", BOB, NOW, "noise", participant=ALICE.id, nick="Alice", covers=("192.0.2.1", "2001:db8::1"))


def rows(*rows: Row) -> Change:
    """A change of rows only."""
    return Change((), rows)


class RoomSuite:
    """Part of `StoreSuite`."""

    # -- settings and memberships -------------------------------------------------------------------------------

    async def test_what_is_set_of_a_room_is_known(self, store: Store) -> None:
        settings = RoomSettings("for cats", "joined", 30, 7)
        await made(store, rows(NewRoom("r", "#r", "#r", "private", NOW, settings)))
        (room,) = await store.rooms_by_id(["r"])
        assert (room.kind, room.settings) == ("private", settings)
        await made(store, rows(SetRoom("r", "public", RoomSettings(archived=True))))
        (room,) = await store.rooms_by_key(["#r"])
        assert (room.kind, room.settings, room.name) == ("public", RoomSettings(archived=True), "#r")

    async def test_a_list_shows_public_rooms_and_ones_own_and_which_are_archived(self, store: Store) -> None:
        direct = rows(new_room("d", "p-alice p-bob", "direct"), PutMember("d", ALICE.id, "member"))
        await made(store, *begin("a", "b", "c"), *enter("b", ALICE), direct)
        await made(store, rows(SetRoom("b", "private", RoomSettings())))
        await made(store, rows(SetRoom("c", "public", RoomSettings(archived=True))))
        assert [(one.id, one.archived) for one in await store.list_rooms()] == [("a", False), ("c", True)]
        assert [(one.id, one.kind) for one in await store.list_rooms(participant=ALICE.id)] == [
            ("b", "private"),
            ("d", "direct"),
        ]

    async def test_a_membership_keeps_its_beginning_when_its_role_changes(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 3), rows(claim(ALICE), PutMember("r", ALICE.id, "guest", 3)))
        await made(store, rows(PutMember("r", ALICE.id, "owner")))
        assert (await store.rooms_by_id(["r"]))[0].members == {ALICE.id: Member(ALICE, "owner", 3)}
        await made(store, rows(DropMember("r", ALICE.id)), rows(PutMember("r", ALICE.id, "guest", 8)))
        assert (await store.rooms_by_id(["r"]))[0].members == {ALICE.id: Member(ALICE, "guest", 8)}

    async def test_all_heads(self, store: Store) -> None:
        assert await store.all_heads() == {}
        await made(store, *begin("a", "b", "c"), *posts("c", 1, 3), *posts("a", 1, 1))
        assert await store.all_heads() == {"a": 1, "b": 0, "c": 3}

    async def test_when_somebody_was_seen_last(self, store: Store) -> None:
        await made(store, rows(claim(ALICE)), rows(Extend((ALICE.id,), NOW + 10, NOW + 5)))
        for later in (Extend((ALICE.id,), NOW + 20), Extend((ALICE.id,), NOW + 20, NOW + 4)):
            await made(store, rows(later))
            found = await store.participant(ALICE.id)
            assert found is not None
            assert (found.until, found.seen) == (NOW + 20, NOW + 5)

    # -- names -------------------------------------------------------------------------------------------------

    async def test_a_room_has_another_name_and_the_old_one_says_so(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 2))
        assert await store.moved("#r") is None
        await made(store, rows(RenameRoom("r", "#s", "#S")))
        assert await store.rooms_by_key(["#r"]) == []
        assert [(one.id, one.name, one.head) for one in await store.rooms_by_key(["#s"])] == [("r", "#S", 2)]
        assert await store.moved("#r") == "#S"
        await made(store, rows(RenameRoom("r", "#t", "#T")))
        assert [await store.moved(key) for key in ("#r", "#s", "#t", "#none")] == ["#T", "#T", None, None]
        await made(store, *posts("r", 3, 3))

    async def test_only_the_case_of_a_name_changes(self, store: Store) -> None:
        await made(store, *begin("r"), rows(RenameRoom("r", "#r", "#r")))
        assert [room.name for room in await store.rooms_by_key(["#r"])] == ["#r"]
        assert await store.moved("#r") is None

    async def test_an_old_name_may_be_taken(self, store: Store) -> None:
        await made(store, *begin("a", "b"))
        await made(store, rows(RenameRoom("a", "#one", "#one")), rows(RenameRoom("b", "#two", "#two")))
        await made(store, rows(new_room("c", "#a")), rows(RenameRoom("b", "#b", "#b")))
        assert [room.id for room in await store.rooms_by_key(["#a", "#b"])] == ["c", "b"]
        assert [await store.moved(key) for key in ("#a", "#b", "#two")] == [None, None, "#b"]
        await made(store, rows(DeleteRoom("c")))
        assert await store.moved("#a") is None, "whoever took the name ended what it said"

    async def test_a_name_that_another_room_bears_is_refused(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("a", "b"))
        renamed = Change(posts("a", 1, 1)[0].events, (SetTopic("a", "new"), RenameRoom("a", "#b", "#b")))
        assert (await there.append([renamed, *posts("a", 2, 2)])).late == [Late(0, "room"), Late(1)]
        (room,) = await here.rooms_by_id(["a"])
        assert (room.key, room.topic, room.head) == ("#a", "", 0)
        assert await here.moved("#a") is None

    # -- endings ----------------------------------------------------------------------------------------------

    async def test_a_deleted_room_leaves_nothing(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("r", "s"), *enter("r", ALICE, BOB), *enter("s", ALICE), *posts("r", 1, 5, nonce="n"))
        for room in ("r", "s"):
            await made(here, rows(PutInvite(room, BOB.id), PutSanction(room, BAN), LogAct(room, 2)))
        await made(here, rows(Relate("r", 1, 5, "pin"), Mention("r", 2, (BOB.id,)), Mark(BOB.id, "r", 1)))
        await made(here, rows(RenameRoom("r", "#new", "#New")), *posts("s", 1, 2))
        await made(there, *posts("r", 6, 6))  # it knows the room's head
        await made(here, rows(DeleteRoom("r")))
        for store in (here, there):
            assert await store.rooms_by_id(["r"]) == await store.rooms_by_key(["#new"]) == []
            assert await store.read("r") == await store.events("r", [1, 2]) == await store.acts("r") == []
            assert await store.related("r", 1, ["pin"]) == []
            assert (await store.pins("r"), await store.sanctions("r")) == ([], [])
            assert await store.heads(["r", "s"]) == await store.all_heads() == {"s": 2}
            assert await store.unread(BOB.id, ["r"]) == []
            assert await store.rooms_of(BOB.id) == []
            assert await store.rooms_of(ALICE.id) == await store.invitations(BOB.id) == ["s"]
            assert await store.moved("#r") is None
            assert await store.receipt(ALICE.id, "r", "n") is None
            assert [room.id for room in await store.list_rooms()] == ["s"]
            (other,) = await store.rooms_by_id(["s"])
            assert (len(other.members), list(other.sanctions), set(other.invited)) == (1, [BAN], {BOB.id})
            assert [event.seq for event in await store.acts("s")] == [2]

    async def test_nothing_follows_in_a_room_that_was_deleted(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("r"), *enter("r", ALICE))
        await made(there, *posts("r", 1, 2))
        changes = [rows(DeleteRoom("r")), *posts("r", 3, 3), rows(SetTopic("r", "t")), *posts("r", 1, 1)]
        assert (await here.append(changes)).late == [Late(1), Late(2), Late(3)]
        for late in (*posts("r", 3, 3), *posts("r", 1, 1), rows(Mark(ALICE.id, "r", 1)), rows(DeleteRoom("r"))):
            assert (await there.append([late])).late == [Late(0)]
        assert await there.heads(["r"]) == {}

    async def test_the_name_of_a_deleted_room_is_free(self, store: Store) -> None:
        await made(
            store, *begin("r"), *posts("r", 1, 3, nonce="n"), rows(Relate("r", 1, 3, "pin"), Mark(BOB.id, "r", 3))
        )
        await made(store, rows(DeleteRoom("r")), rows(new_room("again", "#r")), *posts("again", 1, 1))
        for _ in range(2):
            assert [(room.id, room.head, room.pins) for room in await store.rooms_by_key(["#r"])] == [("again", 1, 0)]
            assert await seqs(store, "again") == [1]
            assert [one.unread for one in await store.unread(BOB.id, ["again"])] == [1]
            assert await store.receipt(ALICE.id, "again", "n") is None
            await store.purge()

    async def test_a_room_is_not_deleted_by_a_change_that_is_late(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *posts("r", 1, 2))
        late = Change(posts("s", 2, 2)[0].events, (DeleteRoom("r"),))
        assert (await store.append([late])).late == [Late(0)]
        await made(store, *posts("r", 3, 3))

    # -- sanctions and invitations -----------------------------------------------------------------------------

    async def test_sanctions_begin_end_and_take_each_others_place(self, store: Store) -> None:
        mute = Sanction(2, "mute", BOB, FOREVER, participant=ALICE.id, nick="Alice")
        mask = Sanction(3, "ban", BOB, FOREVER, mask="*troll*")
        net = Sanction(4, "ban", BOB, FOREVER, address="192.0.2.0/24")
        await made(store, *begin("r", "s"), *(rows(PutSanction("r", one)) for one in (net, BAN, mask, mute)))
        assert await store.sanctions("r") == [BAN, mute, mask, net]
        assert await store.sanctions("s") == await store.sanctions("none") == []
        assert (await store.rooms_by_id(["r"]))[0].sanctions == (BAN, mute, mask, net)
        longer = replace(BAN, seq=5, until=FOREVER, covers=())
        others = replace(mask, seq=6, mask="*bot*")
        await made(store, rows(PutSanction("r", longer), PutSanction("r", others), DropSanction("r", 4)))
        assert await store.sanctions("r") == [mute, mask, longer, others]
        await made(store, rows(DropSanction("r", 2), DropSanction("r", 99), DropSanction("s", 3)))
        assert await store.sanctions("r") == [mask, longer, others]

    async def test_sanctions_are_forgotten_some_time_after_they_ended(self, store: Store) -> None:
        ends = [replace(BAN, seq=n, participant=f"p{n}", until=NOW + n) for n in (1, 2, 3)]
        await made(store, *begin("r"), *(rows(PutSanction("r", one)) for one in ends))
        await store.prune(NOW + 2)
        assert await store.sanctions("r") == ends[1:]

    async def test_invitations_stand_until_they_are_dropped(self, store: Store) -> None:
        await made(store, *begin("r", "s"))
        await made(store, *(rows(PutInvite(room, BOB.id)) for room in ("r", "s", "r")), rows(PutInvite("r", ALICE.id)))
        assert sorted(await store.invitations(BOB.id)) == ["r", "s"]
        assert (await store.rooms_by_id(["r"]))[0].invited == {ALICE.id, BOB.id}
        await made(store, rows(DropInvite("r", BOB.id)), rows(DropInvite("r", BOB.id)))
        assert await store.invitations(BOB.id) == ["s"]
        assert (await store.rooms_by_id(["r"]))[0].invited == {ALICE.id}

    async def test_of_a_participant_that_is_forgotten_nothing_is_kept_but_what_it_said(self, store: Store) -> None:
        await made(
            store, *begin("r"), *posts("r", 1, 3), rows(claim(BOB), Mark(BOB.id, "r", 2), PutInvite("r", BOB.id))
        )
        await made(store, *posts("r", 4, 4, sender=BOB), rows(Mention("r", 3, (BOB.id,))))
        assert [(one.read, one.unread, one.mentions) for one in await store.unread(BOB.id, ["r"])] == [(2, 1, 1)]
        await store.prune(NOW + WEEK)
        assert await store.participant(BOB.id) is None
        assert await store.invitations(BOB.id) == []
        assert [(one.read, one.unread, one.mentions) for one in await store.unread(BOB.id, ["r"])] == [(0, 3, 0)]
        assert await seqs(store, "r") == [1, 2, 3, 4]

    async def test_a_row_of_a_room_that_is_not_there_is_late(self, store: Store) -> None:
        await made(store, *begin("r"))
        about: tuple[Row, ...] = (
            SetTopic("no", "t"),
            SetRoom("no", "public", RoomSettings()),
            RenameRoom("no", "#no", "#no"),
            DeleteRoom("no"),
            PutMember("no", ALICE.id, "member"),
            DropMember("no", ALICE.id),
            PutInvite("no", ALICE.id),
            DropInvite("no", ALICE.id),
            PutSanction("no", BAN),
            DropSanction("no", 1),
            Relate("no", 1, 2, "pin"),
            Mention("no", 1, ("*",)),
            Mark(ALICE.id, "no", 1),
            LogAct("no", 1),
        )
        for row in about:
            assert (await store.append([rows(SetTopic("r", "half"), row)])).late == [Late(0)], row
        assert (await store.rooms_by_id(["r"]))[0].topic == "", "all or nothing"
