"""What every store must do with accounts, their devices and codes."""

from roomful.domain.names import skeleton
from roomful.store import (
    FOREVER,
    AccountRecord,
    Change,
    Claim,
    CodeRecord,
    DropAccount,
    DropTokens,
    Extend,
    Late,
    NewAccount,
    PutCode,
    PutToken,
    Release,
    Row,
    SetAccount,
    Store,
    TokenRecord,
    TouchToken,
    UseCode,
)

from .changes import ALICE, BOB, NOW, WEEK, OpenStore, claim, made

DAY = 24 * 3_600_000  # ms


def new_account(id: str, name: str, *, hash: str = "$argon2id$…", owner: bool = False) -> NewAccount:  # noqa: A002
    return NewAccount(id, name, name.lower(), skeleton(name), "person", NOW, hash, owner)


def for_ever(id: str, nick: str) -> Claim:
    return Claim(id, nick, nick.lower(), "person", NOW, FOREVER, skeleton(nick))


def account(id: str, name: str, *, owner: bool = False) -> Change:
    """An account with its claim to the nick of the same name."""
    return Change((), (new_account(id, name, owner=owner), for_ever(id, name)))


def device(id: str, account: str, *, secret: str = "", lasts: int = DAY) -> PutToken:
    return PutToken(id, account, f"of {id}", secret.encode(), NOW, NOW + lasts, lasts, "192.0.2.1")


async def taken(store: Store, *rows: Row) -> list[str]:
    """What is taken of a change for each of these rows."""
    late = {item.index: item.taken for item in (await store.append([Change((), (row,)) for row in rows])).late}
    return [late.get(index, "made") for index in range(len(rows))]


class AccountSuite:
    """Part of `StoreSuite`."""

    async def test_an_account_is_known_by_its_id_and_its_name(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice", owner=True), account("p-bob", "bob"))
        alice = AccountRecord("p-alice", "Alice", "person", "$argon2id$…", True, False, NOW, "Alice")
        bob = AccountRecord("p-bob", "bob", "person", "$argon2id$…", False, False, NOW, "bob")
        assert await store.account("p-alice") == alice
        assert await store.account_named("alice") == alice
        assert await store.accounts() == [alice, bob]
        assert await store.account("alice") is None
        assert await store.account_named("Alice") is None

    async def test_a_name_and_what_looks_like_it_belong_to_one_account(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice"))
        assert await taken(store, new_account("p-1", "aLICE"), new_account("p-2", "AIice")) == ["account", "account"]
        assert await taken(store, new_account("p-3", "аlice"), new_account("p-4", "alicia")) == ["account", "made"]
        assert [one.id for one in await store.accounts()] == ["p-alice", "p-4"]

    async def test_nobody_else_takes_the_nick_of_an_account_or_one_that_looks_like_it(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice"))
        later = NOW + 100 * WEEK
        guests = [
            Claim("p-1", nick, nick.lower(), "guest", later, later + 1, skeleton(nick)) for nick in ("ALICE", "a1ice")
        ]
        assert await taken(store, *guests) == ["nick", "nick"]
        await made(store, Change((), (for_ever("p-alice", "Wonder"),)))  # it is called something else: both are its own
        wonders = [
            Claim("p-1", nick, nick.lower(), "guest", later, later + 1, skeleton(nick)) for nick in ("wonder", "w0nder")
        ]
        assert await taken(store, *guests, *wonders) == ["nick"] * 4
        assert (found := await store.account("p-alice")) is not None
        assert (found.name, found.nick) == ("Alice", "Wonder")
        await made(store, Change((), (for_ever("p-alice", "AIice"),)))  # its own name is no obstacle to it

    async def test_guests_may_look_like_each_other_and_an_account_must_wait_for_a_nick(self, store: Store) -> None:
        await made(store, Change((), (claim(BOB),)))
        looks = Claim("p-1", "B0b", "b0b", "guest", NOW, NOW + 1000, skeleton("B0b"))
        assert await taken(store, looks) == ["made"]
        assert [late.taken for late in (await store.append([account("p-2", "Bob")])).late] == ["nick"]
        assert await store.accounts() == [], "the account's other row was made nevertheless"

    async def test_the_claim_of_an_account_has_no_end(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice"), Change((), (claim(BOB),)))
        await made(store, Change((), (Extend(("p-alice", BOB.id), NOW + 5, NOW + 1),)))
        assert (alice := await store.participant("p-alice")) is not None
        assert (bob := await store.participant(BOB.id)) is not None
        assert (alice.until, alice.seen) == (FOREVER, NOW + 1)
        assert (bob.until, bob.seen) == (NOW + 5, NOW + 1)
        await store.prune(NOW + 100 * WEEK)
        assert await store.participant("p-alice") == alice
        assert await store.participant(BOB.id) is None

    async def test_what_is_set_of_an_account_is_set_and_the_rest_stays(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice"))
        for row, expected in (
            (SetAccount("p-alice", hash="new"), ("new", False, False)),
            (SetAccount("p-alice", owner=True), ("new", True, False)),
            (SetAccount("p-alice", disabled=True), ("new", True, True)),
            (SetAccount("p-alice", hash="", owner=False), ("", False, True)),
            (SetAccount("p-alice", disabled=False), ("", False, False)),
        ):
            await made(store, Change((), (row,)))
            assert (found := await store.account("p-alice")) is not None
            assert (found.hash, found.owner, found.disabled) == expected

    async def test_a_device_is_found_by_its_secret_and_with_its_account(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice"), account("p-bob", "Bob"))
        one, two = device("d-1", "p-alice", secret="one"), device("d-2", "p-alice")
        await made(store, Change((), (one, two, device("d-3", "p-bob", secret="three"))))
        first = TokenRecord("d-1", "p-alice", "of d-1", NOW, NOW, NOW + DAY, "192.0.2.1")
        assert await store.token(b"one") == first
        assert await store.token(b"") is None, "a device without a secret was found by it"
        assert await store.token(b"two") is None
        assert [found.id for found in await store.tokens("p-alice")] == ["d-1", "d-2"]
        await made(
            store, Change((), (TouchToken("d-2", NOW + 7, "192.0.2.2"), TouchToken("d-2", NOW + 3, "192.0.2.3")))
        )
        second = TokenRecord("d-2", "p-alice", "of d-2", NOW, NOW + 7, NOW + 7 + DAY, "192.0.2.2")
        assert await store.tokens("p-alice") == [second, first], (
            "the one last seen comes first, and time does not go back"
        )

    async def test_devices_are_logged_out_one_by_one_or_all_but_one(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice"), account("p-bob", "Bob"))
        await made(store, Change((), tuple(device(f"d-{n}", "p-alice") for n in range(4))))
        await made(store, Change((), (device("d-bob", "p-bob"),)))
        await made(store, Change((), (DropTokens("p-alice", "d-0"), DropTokens("p-alice", "d-bob"))))
        assert [one.id for one in await store.tokens("p-alice")] == ["d-1", "d-2", "d-3"]
        await made(store, Change((), (DropTokens("p-alice", keep="d-2"),)))
        assert [one.id for one in await store.tokens("p-alice")] == ["d-2"]
        await made(store, Change((), (DropTokens("p-alice"),)))
        assert await store.tokens("p-alice") == []
        assert [one.id for one in await store.tokens("p-bob")] == ["d-bob"]

    async def test_which_devices_are_good_still(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice", owner=True), account("p-bob", "Bob"), account("p-eve", "Eve"))
        rows = (
            device("d-1", "p-alice"),
            device("d-2", "p-bob"),
            device("d-3", "p-bob", lasts=5),
            device("d-4", "p-eve"),
        )
        await made(store, Change((), rows))
        await made(store, Change((), (SetAccount("p-eve", disabled=True),)))
        asked = ["d-1", "d-2", "d-3", "d-4", "none"]
        assert await store.devices(asked, NOW) == {"d-1": True, "d-2": False, "d-3": False}
        assert await store.devices(asked, NOW + 5) == {"d-1": True, "d-2": False}
        assert await store.devices([], NOW) == {}

    async def test_a_code_may_be_used_so_often_and_so_long(self, store: Store) -> None:
        await made(
            store, Change((), (PutCode(b"twice", NOW, NOW + 100, 2), PutCode(b"own", NOW, FOREVER, 1, "p-1", True)))
        )
        assert await store.code(b"twice") == CodeRecord(NOW + 100, 2, "", False)
        assert await store.code(b"own") == CodeRecord(FOREVER, 1, "p-1", True)
        assert await taken(store, UseCode(b"none", NOW), UseCode(b"twice", NOW + 100)) == ["code", "code"]
        assert await taken(store, *[UseCode(b"twice", NOW)] * 3) == ["made", "made", "code"]
        assert await store.code(b"twice") == CodeRecord(NOW + 100, 0, "", False)

    async def test_a_code_is_not_used_by_what_comes_to_nothing(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice"), Change((), (PutCode(b"once", NOW, FOREVER, 1),)))
        rows = (UseCode(b"once", NOW), new_account("p-1", "alice"))
        assert (await store.append([Change((), rows)])).late == [Late(0, "account")]
        assert (code := await store.code(b"once")) is not None
        assert code.uses == 1

    async def test_a_deleted_account_leaves_its_nick_to_others_and_nothing_else(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice"), account("p-bob", "Bob"))
        await made(store, Change((), (device("d-1", "p-alice", secret="one"), device("d-2", "p-bob"))))
        await made(store, Change((), (PutCode(b"hers", NOW, FOREVER, 1, "p-alice"), PutCode(b"any", NOW, FOREVER, 1))))
        await made(store, Change((), (DropAccount("p-alice"),)))
        assert await store.account("p-alice") is None
        assert await store.account_named("alice") is None
        assert await store.tokens("p-alice") == []
        assert await store.token(b"one") is None
        assert await store.code(b"hers") is None
        assert await store.holder("alice") is None
        assert [one.id for one in await store.accounts()] == ["p-bob"]
        assert await store.code(b"any") is not None
        assert [one.id for one in await store.tokens("p-bob")] == ["d-2"]
        assert await taken(store, claim(ALICE)) == ["made"]
        await made(store, Change((), (Release(ALICE.id),)), account("p-2", "aIice"))

    async def test_devices_and_codes_that_have_ended_are_forgotten(self, store: Store) -> None:
        await made(store, account("p-alice", "Alice"))
        rows = (device("d-1", "p-alice", lasts=5), device("d-2", "p-alice", lasts=50))
        codes = (PutCode(b"short", NOW, NOW + 5, 1), PutCode(b"long", NOW, NOW + 50, 1))
        await made(store, Change((), (*rows, *codes)))
        await store.prune(NOW + 10)
        assert [one.id for one in await store.tokens("p-alice")] == ["d-2"]
        assert await store.code(b"short") is None
        assert await store.code(b"long") is not None

    async def test_another_store_over_the_same_data_sees_accounts_at_once(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, account("p-alice", "Alice"))
        assert [late.taken for late in (await there.append([account("p-2", "alice")])).late] == ["account"]
        await made(there, Change((), (DropAccount("p-alice"),)))
        assert await here.accounts() == []
