"""The booth: listens and speaks for a server, in a process of its own, so that nobody who types waits for anybody who talks.

booth.py     the server's side: who listens and speaks, where, and what it costs
process.py   a process, as the server sees it: started when it is first needed, asked, ended
worker.py    the process itself: one processor is left to others          lanes.py     whose turn it is
yielding.py  giving way to those who type                             jobs.py      what the two say to each other
"""

from .booth import Booth
from .jobs import Setup, Spoken

__all__ = ["Booth", "Setup", "Spoken"]
