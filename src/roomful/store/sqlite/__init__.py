"""The store on SQLite.

store.py        the contract, on threads
writer.py       appending: the one connection that writes
batch.py        a list of changes under the write lock: which are late, and how the rest is written at once
heads.py        the rooms' newest numbers, as the writer keeps them
rows.py         rows, those of rooms (room_rows.py), of accounts (accounts.py) and of bots (bots.py): which are free, how each is
                written
erasing.py      texts that are to be gone
dropping.py     rooms that are deleted
reader.py       the questions; those about rooms (room_reader.py), and what somebody has not read (unread.py)
receipts.py     which nonce was recorded under which number
checkpoints.py  the write-ahead log goes into the database, beside the commits
database.py     opening, pragmas, migrations
copies.py       copies that are consistent while others write, and one that takes a place
examining.py    is the database sound?
"""

from .store import SqliteStore

__all__ = ["SqliteStore"]
