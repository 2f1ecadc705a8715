"""Tools of bots: what a model may ask for while it answers.

rights.py     who lets a bot do what, purely       approvals.py  a person's word for one call, purely
settings.py   what can be set                      toolbox.py    all tools of a host, handed out turn by turn
hands.py      the tools of one turn                asking.py     calls that wait for a person's word
results.py    what comes back is data              telling.py    what is done is told in the room
room.py       search, read, remember               web.py        web_fetch
addresses.py  where web_fetch may go               servers.py    MCP servers
"""
