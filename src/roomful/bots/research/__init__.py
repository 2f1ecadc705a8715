"""Conversations for research: bots that talk on a server in memory, and a record of every line, so that it can be done again.

What talks is what talks in a room: the bot host, its turn engine, its prompts, the server's guard. What differs is told here:

casting.py       who talks: bots of the configuration, offline ones, models by name
leaping.py       time, which stands still while anybody works, and leaps where all would wait
recording.py     models that note what they were asked, with which parameters
conversation.py  one conversation, from its first line to its end
files.py         what is written of it
"""

from .casting import cast
from .conversation import Ended, Line, Run, Wanted, converse
from .leaping import LeapingClock
from .recording import RecordingDesk

__all__ = ["Ended", "LeapingClock", "Line", "RecordingDesk", "Run", "Wanted", "cast", "converse"]
