"""What every store must do with webhooks, and with the leases of those who serve them."""

from msgspec.structs import replace

from roomful.domain.webhooks import Hook, InHook, OutHook
from roomful.store import FOREVER, Change, DeleteRoom, DropHook, Late, Lease, MoveHook, PutHook, PutMember, Row, Store

from .changes import ALICE, BOB, NOW, OpenStore, begin, claim, made
from .store_bots import rows

DEPLOYS = InHook("w-deploys", "r", "deploys", ALICE, NOW, b"d" * 32)
RECEIVER = OutHook(
    "w-out", "r", "https://example.org/hook?key=ü", BOB, NOW + 1, "whsec_c2VjcmV0", ("message", "edit"), cursor=7
)


def put(*hooks: Hook) -> list[Change]:
    return [rows(PutHook(hook.room, hook)) for hook in hooks]


def lease(owner: str, now: int, until: int, name: str = "webhooks") -> Lease:
    return Lease(name, owner, now, until)


class HookSuite:
    """Part of `StoreSuite`."""

    async def test_webhooks_are_found_by_their_room(self, store: Store) -> None:
        other = replace(RECEIVER, id="w-x", room="s", created=NOW + 2, events=(), off=True, reason="it answers 500")
        await made(store, *begin("r", "s"), *put(RECEIVER, DEPLOYS, other))
        assert await store.hooks("r") == [DEPLOYS, RECEIVER]
        assert await store.hooks("s") == [other]
        assert await store.hooks() == [DEPLOYS, RECEIVER, other]
        assert await store.hooks("none") == []

    async def test_a_webhook_that_is_put_again_is_otherwise(self, store: Store) -> None:
        renewed = replace(DEPLOYS, digest=b"e" * 32)
        stopped = replace(RECEIVER, off=True, reason="switched off", secret="whsec_bmV3", cursor=9)
        await made(store, *begin("r"), *put(DEPLOYS, RECEIVER), *put(renewed, stopped))
        assert await store.hooks("r") == [renewed, stopped]

    async def test_how_far_a_webhook_has_come_is_kept_unless_it_is_off(self, store: Store) -> None:
        await made(store, *begin("r"), *put(DEPLOYS, RECEIVER))
        move = MoveHook("r", RECEIVER.id, 12, NOW, 3, NOW + 5, "it answers 500")
        await made(store, rows(move, MoveHook("r", "w-nobody", 5), MoveHook("r", DEPLOYS.id, 5)))
        moved = replace(RECEIVER, cursor=12, failing=NOW, tries=3, due=NOW + 5, reason="it answers 500")
        assert await store.hooks("r") == [DEPLOYS, moved]
        off = replace(moved, off=True)
        await made(store, *put(off), rows(MoveHook("r", RECEIVER.id, 15)))
        assert await store.hooks("r") == [DEPLOYS, off]

    async def test_a_webhook_that_is_dropped_is_gone(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *put(DEPLOYS, RECEIVER))
        await made(store, rows(DropHook("s", RECEIVER.id), DropHook("r", DEPLOYS.id)))
        assert await store.hooks() == [RECEIVER]
        await made(store, rows(DropHook("r", RECEIVER.id)))
        assert await store.hooks() == []

    async def test_webhooks_go_with_their_room_and_their_nicks_are_free(self, store: Store) -> None:
        sender = replace(ALICE, id=DEPLOYS.id, nick="deploys", kind="webhook")
        named = replace(claim(sender, until=FOREVER), skeleton="deploys")
        await made(store, *begin("r"), rows(named, PutMember("r", sender.id, "bot")), *put(DEPLOYS, RECEIVER))
        stranger = replace(named, participant="p-stranger")
        assert (await store.append([rows(stranger)])).late == [Late(0, "nick")]
        await made(store, rows(DeleteRoom("r")))
        assert await store.hooks() == []
        await made(store, rows(stranger))
        late: list[Row] = [MoveHook("r", RECEIVER.id, 9), PutHook("r", RECEIVER), DropHook("r", RECEIVER.id)]
        assert len((await store.append([rows(row) for row in late])).late) == 3, "the room is not there any more"

    # -- leases --------------------------------------------------------------------------------------------

    async def test_one_owner_at_a_time_has_a_lease(self, open_store: OpenStore) -> None:
        one, other = await open_store(), await open_store()
        await made(one, rows(lease("one", NOW, NOW + 10)))
        assert (await other.append([rows(lease("other", NOW + 9, NOW + 19))])).late == [Late(0, "lease")]
        await made(one, rows(lease("one", NOW + 9, NOW + 19)))
        await made(other, rows(lease("other", NOW + 9, NOW + 19, name="something else")))
        assert (await other.append([rows(lease("other", NOW + 18, NOW + 30))])).late == [Late(0, "lease")]
        await made(other, rows(lease("other", NOW + 19, NOW + 30)))
        assert (await one.append([rows(lease("one", NOW + 20, NOW + 40))])).late == [Late(0, "lease")]

    async def test_what_goes_with_a_lost_lease_is_not_written(self, open_store: OpenStore) -> None:
        one, other = await open_store(), await open_store()
        await made(one, *begin("r"), *put(RECEIVER), rows(lease("one", NOW, NOW + 10)))
        await made(other, rows(lease("other", NOW + 10, NOW + 20), MoveHook("r", RECEIVER.id, 20)))
        late = rows(lease("one", NOW + 11, NOW + 30), MoveHook("r", RECEIVER.id, 11))
        assert (await one.append([late])).late == [Late(0, "lease")]
        assert await one.hooks() == [replace(RECEIVER, cursor=20)]

    async def test_a_lease_that_is_given_back_is_free(self, store: Store) -> None:
        await made(store, rows(lease("one", NOW, NOW + 10)), rows(lease("one", NOW + 1, 0)))
        await made(store, rows(lease("other", NOW + 2, NOW + 12)))
