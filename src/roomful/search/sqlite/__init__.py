"""The index on SQLite: FTS5 in a file of its own, so that its writing never waits for the messages', nor they for it.

index.py        the contract, on threads
writer.py       taking in and taking out: the one connection that writes
finder.py       searching: scope, expression, rank
expression.py   FTS5's language, of which nothing that a user typed is ever part
database.py     opening, tables

A line's id is its time (s) and a counter, so that going through ids backwards is going through time backwards, whatever order
the rooms were taken in. The text is kept beside the index made of it: to take words out, FTS5 must be told which they were, and
by the time that a redaction is read the log has them no more.
"""

from .index import SqliteIndex

__all__ = ["SqliteIndex"]
