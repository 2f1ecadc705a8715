"""What is particular to SQLite's receipts: hashes that are the same by chance, and rows that fill up."""

from zlib import crc32

from roomful.store import Change
from roomful.store.sqlite import SqliteStore
from tests.conformance.changes import ALICE, BOB, begin, posts, said

TWINS = ("1cd2-37b840e", "14874-27b03c4c")  # nonces that, sent by Alice in room r, have the same hash


async def test_the_log_decides_between_nonces_of_one_hash(store: SqliteStore) -> None:
    one, other = (crc32(f"{ALICE.id}\0r\0{nonce}".encode()) for nonce in TWINS)
    assert one == other
    await store.append([*begin("r"), *posts("r", 1, 1, nonce=TWINS[0])])
    assert await store.receipt(ALICE.id, "r", TWINS[1]) is None
    await store.append(posts("r", 2, 2, nonce=TWINS[1]))
    assert [await store.receipt(ALICE.id, "r", nonce) for nonce in TWINS] == [1, 2]


async def test_single_commits_share_rows_and_all_are_found(store: SqliteStore) -> None:
    await store.append(begin("r", "s"))
    for seq in range(1, 401):  # 4,800 bytes: more than a row
        event, silent = said("r", seq, nonce=f"n{seq}", sender=BOB), said("s", seq)
        await store.append([Change((event,)), Change((silent,))])
        assert await store.receipt(BOB.id, "r", f"n{seq}") == seq
    assert [await store.receipt(BOB.id, "r", f"n{seq}") for seq in range(1, 402)] == [*range(1, 401), None]
