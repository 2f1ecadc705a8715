"""The booth: listens and speaks for a server, in a process of its own, so that nobody who types waits for anybody who talks.

booth.py    the server's side: asks, and waits; starts the process when it is first needed
worker.py   the process: as many jobs at a time as there is work for
jobs.py     what the two say to each other, a line of JSON each
"""

from .booth import Booth
from .jobs import Setup, Spoken

__all__ = ["Booth", "Setup", "Spoken"]
