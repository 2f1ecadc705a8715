"""What a bot is given to think with: a room's log, turned into a conversation for a model. Pure; the log is the only source."""

from .cutting import Cutter
from .lines import ContextLine, tokens
from .memory import for_turn
from .prompt import Situation, build
from .recall import choose, queries
from .summary import Job, Summary, after_redaction, next_job
from .window import window

__all__ = [
    "ContextLine",
    "Cutter",
    "Job",
    "Situation",
    "Summary",
    "after_redaction",
    "build",
    "choose",
    "for_turn",
    "next_job",
    "queries",
    "tokens",
    "window",
]
