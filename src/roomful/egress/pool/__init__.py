"""The pool: proxies that were checked, the better ones chosen more often, those that fail left alone for a while.

record.py    one proxy as the pool knows it, and what becomes of it: pure
choice.py    who is next
table.py     the rows: one SQLite file
pool.py      all of it together
fresh.py     checks anew what is old, or was sent off
serving.py   a local proxy that passes each connection on through one of the pool
"""

from .fresh import keep_fresh
from .pool import Pick, Pool
from .record import Record, Standing
from .serving import Rotator

__all__ = ["Pick", "Pool", "Record", "Rotator", "Standing", "keep_fresh"]
