"""The store on SQLite.

store.py        the contract, on threads
writer.py       appending: the one connection that writes
reader.py       the questions
receipts.py     which nonce was recorded under which number
checkpoints.py  the write-ahead log goes into the database, beside the commits
database.py     opening, pragmas, migrations
copies.py       copies that are consistent while others write, and one that takes a place
erasing.py      texts that are to be gone
examining.py    is the database sound?
"""

from .store import SqliteStore

__all__ = ["SqliteStore"]
