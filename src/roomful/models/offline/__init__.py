"""Models that need no key and no network: ELIZA, PARRY, and a librarian that answers from search. docs/offline-bots.md."""

from .catalogue import NAMES, greeting, model
from .conversation import LAST_TURN
from .librarian import FIRST_WORDS, Hit, answer, queries_of, query_of
from .model import Offline, Pace, at_once, by_hand

__all__ = [
    "FIRST_WORDS",
    "LAST_TURN",
    "NAMES",
    "Hit",
    "Offline",
    "Pace",
    "answer",
    "at_once",
    "by_hand",
    "greeting",
    "model",
    "queries_of",
    "query_of",
]
