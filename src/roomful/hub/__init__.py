"""The hub: the only writer. It decides, records, tells; sessions hold on to it, gateways bring them.

session.py    what a participant holds over one connection
committer.py  the loop: take, decide, record, tell
batch.py      deciding: commands become changes and results, on forks
work.py       what goes into a batch and comes out of it
telling.py    what was recorded goes to live readers
readers.py    readers that are not live catch up from the log
rooms.py      rooms in memory, with their tails
presence.py   who is here; what ends by time
questions.py  history, rooms, members
hearing.py    clips become lines
speaking.py   lines are read out
limits.py     rates
hub.py        puts these together
"""
