"""A store in memory: the double of the real ones, held to the same conformance suite.

Several `MemoryStore`s over one `MemoryLog` are several servers over one database.

store.py     the contract
log.py       what a database holds, and appending to it
rooms.py     rooms, their logs, and all rows that hang on one room
accounts.py  accounts, devices, codes
bots.py      bots, their verdicts, and what they keep
hooks.py     webhooks, and leases
"""

from .log import MemoryLog
from .store import MemoryStore

__all__ = ["MemoryLog", "MemoryStore"]
